import { isServiceError, ServiceError } from "../../../errors/service-error"
import type {
  LostCall,
  Media,
  PostState,
  Progress,
  PublishJob,
  Recovery,
  RemoteRef,
} from "../../publication"
import type { ProviderContext } from "../../types"
import { stateOf } from "../../post-state"
import { PHOTO } from "./limits"
import { malformedResponse } from "./locations"
import {
  type BusinessProfileSettings,
  dateAndTime,
  readSettings,
} from "./settings"

/** A post of a location, as far as it is read (`accounts.locations.localPosts`). */
export interface LocalPost {
  /** `accounts/1/locations/2/localPosts/3` */
  name: string
  summary?: string
  topicType?: string
  state?: string
  searchUrl?: string
  createTime?: string
}

/** What tells the post from those that were there before it. */
interface Evidence {
  readonly [name: string]: string | readonly string[]
  summary: string
  topic: string
  /** Names of the location's latest posts. */
  before: readonly string[]
}

/** Google may take a while to fetch the photo, in s. */
const PHOTO_SECONDS = 3600

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 5 * 60_000

/** A post is in the list at once, or soon after: how often and how long it is looked for, in ms. */
const LOOK_AGAIN_MS = 20_000
const LOOK_FOR_MS = 2 * 60_000

const TOPICS = { update: "STANDARD", event: "EVENT", offer: "OFFER" } as const

const postsOf = (location: string): string => `/v4/${location}/localPosts`

/** Publishes a post on a location, by one call. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const [part] = job.parts
  if (part.published) {
    return { state: "published" }
  }
  const settings = readSettings(job.settings)
  const body = await bodyOf(job, settings)
  const before = await job.step("posts before", async () =>
    (await listPosts(context, job.account.external_id)).map(({ name }) => name)
  )
  const evidence: Evidence = {
    summary: body.summary,
    topic: body.topicType,
    before,
  }
  await job.arm(0, evidence)
  const post = await context.request<Partial<LocalPost>>(
    postsOf(job.account.external_id),
    { method: "POST", json: body }
  )
  await job.done(0, refOf(post))
  return { state: "published" }
}

/** @throws {ServiceError} for a post that Google does not show */
const refOf = ({ name, state, searchUrl }: Partial<LocalPost>): RemoteRef => {
  if (!name) {
    throw malformedResponse("the name of the post")
  }
  if (state === "REJECTED") {
    throw new ServiceError("content_rejected", REJECTED, { code: "rejected" })
  }
  return { external_id: name, url: searchUrl ?? null }
}

const REJECTED =
  "Google rejected the post, because it does not keep to the content policy for posts. Change its text or photo: phone numbers in the text are a common reason."

const bodyOf = async (job: PublishJob, settings: BusinessProfileSettings) => {
  const [{ text, media }] = job.parts
  const photo = media.find(({ kind }) => kind === "image")
  return {
    languageCode:
      settings.language ??
      job.language ??
      (typeof job.account.facts.language === "string"
        ? job.account.facts.language
        : "en"),
    summary: text.trim(),
    topicType: TOPICS[settings.topic],
    ...(photo && {
      media: [{ mediaFormat: "PHOTO", sourceUrl: await addressOf(photo) }],
    }),
    ...(settings.topic !== "update" && { event: eventOf(settings) }),
    ...(settings.topic === "offer"
      ? { offer: offerOf(job, settings) }
      : buttonOf(job, settings)),
  }
}

const addressOf = async (photo: Media): Promise<string> => {
  const taken = await photo.as({
    max_bytes: PHOTO.max_bytes,
    ...(photo.content_type !== "image/png" && { format: "jpeg" }),
  })
  return taken.publicUrl(PHOTO_SECONDS)
}

const eventOf = ({
  title,
  starts = "",
  ends = "",
}: BusinessProfileSettings) => {
  const [start, end] = [dateAndTime(starts), dateAndTime(ends)]
  return {
    title,
    schedule: {
      startDate: start.date,
      ...(start.time && { startTime: start.time }),
      endDate: end.date,
      ...(end.time && { endTime: end.time }),
    },
  }
}

const offerOf = (
  { link }: PublishJob,
  { coupon_code, terms }: BusinessProfileSettings
) => ({
  ...(coupon_code && { couponCode: coupon_code }),
  ...(link && { redeemOnlineUrl: link.url }),
  ...(terms && { termsConditions: terms }),
})

/** A button leads to the post's link; the one that calls the shop takes none. */
const buttonOf = (
  { link }: PublishJob,
  { button }: BusinessProfileSettings
) => {
  if (button === "call") {
    return { callToAction: { actionType: "CALL" } }
  }
  return link && button !== "none"
    ? { callToAction: { actionType: button.toUpperCase(), url: link.url } }
    : {}
}

/** The location's latest posts, the newest first. */
const listPosts = async (
  { request }: ProviderContext,
  location: string
): Promise<LocalPost[]> => {
  const body = await request<{ localPosts?: LocalPost[] }>(postsOf(location), {
    query: { pageSize: 20 },
  })
  // Google leaves an empty list out.
  const posts = body.localPosts ?? []
  if (!Array.isArray(posts)) {
    throw malformedResponse("a list of posts")
  }
  return posts
}

/** Looks for the post among the location's latest: new, and with the same text. */
export const recover = async (
  context: ProviderContext,
  { account, armed_at, evidence }: LostCall
): Promise<Recovery> => {
  const { summary, topic, before = [] } = evidence as Partial<Evidence>
  const posts = await listPosts(context, account.external_id)
  const found = posts.find(
    (post) =>
      !before.includes(post.name) &&
      post.summary?.trim() === summary &&
      post.topicType === topic &&
      Date.parse(post.createTime ?? "") > armed_at.getTime() - CLOCK_SKEW_MS
  )
  if (found) {
    return {
      outcome: "published",
      ref: { external_id: found.name, url: found.searchUrl ?? null },
    }
  }
  // A list without what was there before is no list of this location's.
  const isWhole = before.length === 0 || posts.length > 0
  if (!isWhole) {
    return { outcome: "unknown" }
  }
  return Date.now() - armed_at.getTime() < LOOK_FOR_MS
    ? { outcome: "ask_again", at: new Date(Date.now() + LOOK_AGAIN_MS) }
    : { outcome: "not_published", because: "listing" }
}

/** Deletes a post; one that is gone is gone. */
export const remove = async (
  { request }: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<void> => {
  await request(`/v4/${external_id}`, { method: "DELETE" }).catch(
    (error: unknown) => {
      if (!isServiceError(error) || error.status !== 404) {
        throw error
      }
    }
  )
}

/** What has become of a post: Google looks at it for a while after it went out. */
export const fetchPostState = async (
  { request }: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<PostState> => {
  let rejected = false
  const found = request<LocalPost>(`/v4/${external_id}`).then((post) => {
    rejected = post.state === "REJECTED"
    return post.searchUrl ?? null
  })
  const state = await stateOf(found)
  return rejected ? { state: "rejected", reason: REJECTED } : state
}
