import { isServiceError, ServiceError } from "../../../errors/service-error"
import type {
  LostCall,
  PostState,
  Progress,
  PublishJob,
  Recovery,
  RemoteRef,
  UnpublishedProgress,
} from "../../publication"
import type { ProviderContext } from "../../types"
import { malformedResponse } from "./locations"
import { bodyOf } from "./post-body"
import { readSettings } from "./settings"

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

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 5 * 60_000

/** A post is in the list at once, or soon after: how often and how long it is looked for, in ms. */
const LOOK_AGAIN_MS = 20_000
const LOOK_FOR_MS = 2 * 60_000

/** Google looks at a post before it shows it: how often and how long that is waited for, in ms. */
const REVIEW_PACE_MS = 10_000
const REVIEW_PATIENCE_MS = 5 * 60_000

const postsOf = (location: string): string => `/v4/${location}/localPosts`

/** What Google calls a post that it has taken, and looks at. */
const TAKEN = "post"

/**
 * Publishes a post on a location, by one call. Google may look at it for a
 * while: until then the part stays armed, and `recover` asks.
 */
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
  if (job.kept(TAKEN)) {
    // An earlier attempt's, which Google has rejected.
    await job.forget(TAKEN)
  }
  const { external_id } = job.account
  const evidence: Evidence = {
    summary: body.summary,
    topic: body.topicType,
    before: (await listPosts(context, external_id)).map(({ name }) => name),
  }
  await job.arm(0, evidence)
  const post = await context.request<Partial<LocalPost>>(postsOf(external_id), {
    method: "POST",
    json: body,
  })
  const found = outcomeOf(post, Date.now())
  if ("error" in found) {
    throw found.error
  }
  if ("progress" in found) {
    await job.save(TAKEN, post.name ?? null)
    return found.progress
  }
  await job.done(0, found.ref)
  return { state: "published" }
}

const rejected = (): ServiceError =>
  new ServiceError("content_rejected", REJECTED, { code: "rejected" })

/** @param since - when it was sent, in ms since the epoch */
const outcomeOf = (
  { name, state, searchUrl }: Partial<LocalPost>,
  since: number
):
  | { ref: RemoteRef }
  | { error: ServiceError }
  | { progress: UnpublishedProgress } => {
  if (!name) {
    throw malformedResponse("the name of the post")
  }
  if (state === "REJECTED") {
    return { error: rejected() }
  }
  const end = since + REVIEW_PATIENCE_MS
  if (state === "PROCESSING" && Date.now() < end) {
    const why = "Google looks at the post before it shows it"
    const until = new Date(Date.now() + REVIEW_PACE_MS)
    return { progress: { state: "wait", why, until } }
  }
  return { ref: { external_id: name, url: searchUrl ?? null } }
}

const REJECTED =
  "Google rejected the post, because it does not keep to the content policy for posts. Change its text or photo: phone numbers in the text are a common reason."

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

/** Asks what became of the post that Google has taken, or looks for it among the latest. */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const taken = lost.kept<string>(TAKEN)
  if (taken) {
    const post = await readPost(context, taken)
    return post ? recoveryOf(post, lost) : { outcome: "unknown" }
  }
  return findPost(context, lost)
}

const recoveryOf = (post: LocalPost, { armed_at }: LostCall): Recovery => {
  const found = outcomeOf(post, armed_at.getTime())
  if ("error" in found) {
    // It is no post that anybody can see, and never becomes one.
    return { outcome: "not_published", because: "listing", error: found.error }
  }
  return "progress" in found
    ? { outcome: "taken", progress: found.progress }
    : { outcome: "published", ref: found.ref }
}

/** Looks for the post among the location's latest: new, and with the same text. */
const findPost = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const { account, armed_at, evidence } = lost
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
    return recoveryOf(found, lost)
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

/** A post by its name; undefined where Google has it no more. */
const readPost = (
  { request }: ProviderContext,
  name: string
): Promise<LocalPost | undefined> =>
  request<LocalPost>(`/v4/${name}`).catch((error: unknown) => {
    if (isServiceError(error) && error.status === 404) {
      return undefined
    }
    throw error
  })

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
  context: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<PostState> => {
  const post = await readPost(context, external_id)
  if (!post) {
    return { state: "gone" }
  }
  return post.state === "REJECTED"
    ? { state: "rejected", reason: REJECTED }
    : { state: "public", url: post.searchUrl ?? null }
}
