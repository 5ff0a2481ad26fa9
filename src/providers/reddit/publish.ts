import { isServiceError, ServiceError } from "../../errors/service-error"
import type { Progress, PublicationPart, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import type { Community } from "../../shared/post-rules/limits"
import { readCommunity } from "./community"
import { type Evidence, TAKEN, whileProcessing } from "./recover"
import { readSettings, type RedditSettings } from "./settings"
import { requireTaken, type Submission, submissionOf } from "./submission"
import { malformedResponse, refOf, type Thing } from "./things"
import { forgetUploads, type Uploaded, uploadOnce } from "./upload"

/** How long what a community demands may be relied on, in ms. */
const RULES_TTL_MS = 60 * 60_000

/** Publishes a post in a community, and what follows it as comments. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = readSettings(job.settings)
  const [post, ...comments] = job.parts
  if (!post.published) {
    const wait = await publishPost(context, job, settings)
    if (wait) {
      return wait
    }
  }
  for (const comment of comments) {
    if (!comment.published) {
      await publishComment(context, job, comment)
    }
  }
  return { state: "published" }
}

/** What will do for the requests of one post. */
const ENOUGH_REQUESTS = 10

/** How many requests of the app Reddit still takes, as it says with each response. */
const allowance = () => {
  let wait: Progress | null = null
  return {
    read: (headers: Headers) => {
      const remaining = parseFloat(headers.get("x-ratelimit-remaining") ?? "")
      const reset = parseFloat(headers.get("x-ratelimit-reset") ?? "")
      wait =
        remaining < ENOUGH_REQUESTS && reset > 0
          ? {
              state: "wait",
              until: new Date(Date.now() + reset * 1000),
              why: "The app has used up its requests to Reddit for the moment",
            }
          : null
    },
    wait: () => wait,
  }
}

const communityStep = (name: string): string => `rules of ${name.toLowerCase()}`

/** @returns null when the post is out */
const publishPost = async (
  context: ProviderContext,
  job: PublishJob,
  settings: RedditSettings
): Promise<Progress | null> => {
  const submission = submissionOf(job, settings)
  const { subreddit } = settings
  const left = allowance()
  const files = allFiles(submission)
  try {
    const community = await job.step(
      communityStep(subreddit),
      () => readCommunity(context, subreddit, left.read),
      { validForMs: RULES_TTL_MS }
    )
    requireTaken(job, settings, community)
    const wait = left.wait()
    if (wait) {
      return wait
    }
    const uploaded: Uploaded[] = []
    for (const file of files) {
      uploaded.push(await uploadOnce(context, job, file))
    }
    return await send(context, job, settings, community, submission, uploaded)
  } catch (error) {
    if (isServiceError(error) && isForAPerson(error)) {
      // What a person mends, at Reddit or here, is looked at anew.
      await job.forget(communityStep(subreddit))
      await forgetUploads(job, files)
    }
    throw error
  }
}

const isForAPerson = ({ errorClass }: ServiceError): boolean =>
  ["content_rejected", "account_restricted"].includes(errorClass)

/** What is sent of a post's files: a video's cover goes with it. */
const allFiles = ({ kind, files }: Submission) => {
  if (kind !== "video") {
    return files
  }
  const video = files.find((file) => file.kind === "video")!
  if (!video.poster || !("media" in video.poster)) {
    throw new ServiceError(
      "content_rejected",
      "The video has no cover, and Reddit takes none without. Give it an image as its cover.",
      { code: "cover_missing" }
    )
  }
  return [video, video.poster.media]
}

/** What Reddit says of a post that it has taken: where it is, or that it is at the files. */
interface Taken {
  json?: {
    data?: {
      /** With its kind for a gallery, without it for all else. */
      id?: string
      name?: string
      url?: string
      websocket_url?: string
    }
  }
}

const send = async (
  context: ProviderContext,
  job: PublishJob,
  settings: RedditSettings,
  community: Community,
  submission: Submission,
  uploaded: readonly Uploaded[]
): Promise<Progress | null> => {
  const evidence: Evidence = {
    subreddit: settings.subreddit,
    title: submission.title,
    assets: uploaded.map(({ id }) => id),
  }
  const fields = {
    sr: settings.subreddit,
    title: submission.title,
    sendreplies: settings.send_replies,
    nsfw: settings.nsfw,
    spoiler: settings.spoiler,
    validate_on_submit: true,
    ...(settings.flair && { flair_id: settings.flair }),
    ...(settings.flair &&
      settings.flair_text && { flair_text: settings.flair_text }),
    ...(submission.body && { text: submission.body }),
  }
  const call =
    submission.kind === "gallery"
      ? galleryCall(fields, community, submission, uploaded)
      : postCall(fields, settings, submission, uploaded)
  if (job.kept(TAKEN)) {
    // Of an earlier attempt, which a person has decided about.
    await job.forget(TAKEN)
  }
  await job.arm(0, evidence)
  const taken = await context.request<Taken>(call.address, {
    method: "POST",
    query: { raw_json: 1 },
    ...call.init,
  })
  const { name, id, url, websocket_url } = taken.json?.data ?? {}
  const known = name ?? id
  if (known) {
    await job.done(0, {
      external_id: known.startsWith("t3_") ? known : `t3_${known}`,
      url: url ?? null,
    })
    return null
  }
  if (!websocket_url) {
    throw malformedResponse("the id of the post")
  }
  // Of a post with files Reddit tells the id by that web socket alone, or by
  // listing the post: "recover" looks for it.
  const takenAt = Date.now()
  await job.save(TAKEN, takenAt)
  return whileProcessing(takenAt)
}

type Fields = Record<string, string | boolean>

const postCall = (
  fields: Fields,
  { resubmit, loop }: RedditSettings,
  { kind, url }: Submission,
  [file, cover]: readonly Uploaded[]
) => {
  const address = file?.url ?? (kind === "link" ? url : null)
  return {
    address: "/api/submit",
    init: {
      body: new URLSearchParams(
        Object.entries({
          ...fields,
          api_type: "json",
          kind: kind === "video" && loop ? "videogif" : kind,
          resubmit,
          ...(address && { url: address }),
          ...(cover && { video_poster_url: cover.url }),
        }).map(([name, value]) => [name, String(value)])
      ),
    },
  }
}

const galleryCall = (
  fields: Fields,
  { demands }: Community,
  { captions, url }: Submission,
  uploaded: readonly Uploaded[]
) => ({
  address: "/api/submit_gallery_post.json",
  init: {
    json: {
      ...fields,
      api_type: "json",
      show_error_list: true,
      items: uploaded.map(({ id }, index) => ({
        media_id: id,
        caption: captions[index],
        outbound_url:
          demands.gallery_urls_requirement === "required" && url ? url : "",
      })),
    },
  },
})

const publishComment = async (
  { request, settings }: ProviderContext,
  job: PublishJob,
  { index, text }: PublicationPart
): Promise<void> => {
  const post = job.parts[0].published?.external_id
  if (!post) {
    throw new ServiceError(
      "content_rejected",
      "A comment needs the post that it belongs to, and nothing is known of where that is.",
      { code: "no_post" }
    )
  }
  const evidence: Evidence = { parent: post, text }
  await job.arm(index, evidence)
  const { json } = await request<{
    json?: { data?: { things?: { data?: Thing }[] } }
  }>("/api/comment", {
    method: "POST",
    query: { raw_json: 1 },
    body: new URLSearchParams({ api_type: "json", thing_id: post, text }),
  })
  await job.done(index, refOf(settings, json?.data?.things?.[0]?.data ?? {}))
}
