import { ServiceError } from "../../errors/service-error"
import type {
  LostCall,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import type { ProviderContext } from "../types"
import { type SandboxSettings, sandboxSettings } from "./settings"

interface SandboxPost {
  id: string
  url: string
}

interface SandboxMedia {
  id: string
  status: "processing" | "ready" | "failed"
  /** In per cent. */
  progress: number
  error: string
}

/**
 * What to make of a successful response that lacks what it must have.
 *
 * @param missing - what it lacks, for the message
 */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `Sandbox answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** How long the network may take to fetch a file, in s. */
const FETCH_SECONDS = 3600

/** How long a video may be processed, in ms, and how often the network is asked. */
const MAX_PROCESSING_MS = 30 * 60_000
const ASK_AGAIN_MS = 500

/** Sends a file, or has the network fetch it. */
const addMedia = async (
  { request }: ProviderContext,
  media: Media,
  placement: string
): Promise<string> => {
  const { id } = await request<Partial<SandboxMedia>>("/api/media", {
    method: "POST",
    ...(placement === "story"
      ? { json: { media_url: await media.publicUrl(FETCH_SECONDS) } }
      : { body: await media.open() }),
  })
  if (!id) {
    throw malformedResponse("the id of the image")
  }
  return id
}

/**
 * Brings a part's files to the network.
 *
 * @returns their ids; a wait while the network processes one of them
 */
const prepareMedia = async (
  context: ProviderContext,
  job: PublishJob,
  { index, media }: PublicationPart
): Promise<string[] | Progress> => {
  const ids: string[] = []
  for (const file of media) {
    ids.push(
      await job.step(`upload ${index}.${ids.length}`, () =>
        addMedia(context, file, job.placement)
      )
    )
  }
  for (const [place, { kind }] of media.entries()) {
    const wait = kind === "video" ? await processing(context, ids[place]) : null
    if (wait) {
      return wait
    }
  }
  return ids
}

/** @returns null once the file can be published */
const processing = async (
  { request }: ProviderContext,
  id: string
): Promise<Progress | null> => {
  const { status, progress, error } = await request<Partial<SandboxMedia>>(
    `/api/media/${encodeURIComponent(id)}`
  )
  if (status === "failed") {
    throw new ServiceError(
      "content_rejected",
      `Sandbox could not process the video: ${error ?? "it did not say why"} Use another file.`,
      { code: "processing_failed" }
    )
  }
  return status === "ready"
    ? null
    : {
        state: "wait",
        until: new Date(Date.now() + ASK_AGAIN_MS),
        giveUpAt: new Date(Date.now() + MAX_PROCESSING_MS),
        why: "Sandbox processes the video",
        done: progress,
        of: 100,
      }
}

/** What is sent of a part to `POST /api/posts`. */
const bodyOf = (
  job: PublishJob,
  { index, text, media }: PublicationPart,
  media_ids: string[],
  { board, content_warning, visibility }: SandboxSettings
) => ({
  account_id: job.account.external_id,
  text,
  link: (index === 0 && job.link?.url) || undefined,
  reply_to: job.parts[index - 1]?.published?.external_id,
  media_ids,
  alt_texts: media.map(({ alt_text }) => alt_text ?? ""),
  placement: job.placement || undefined,
  visibility,
  board,
  content_warning,
})

const createPost = async (
  { request }: ProviderContext,
  key: string,
  json: object
): Promise<SandboxPost> => {
  const { id, url } = await request<Partial<SandboxPost>>("/api/posts", {
    method: "POST",
    headers: { "idempotency-key": key },
    json,
  })
  if (!id) {
    throw malformedResponse("the id of the post")
  }
  return { id, url: url ?? "" }
}

/** Publishes part by part, or hands the post over as a draft. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = sandboxSettings.parse(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      continue
    }
    const media = await prepareMedia(context, job, part)
    if (!Array.isArray(media)) {
      return media
    }
    const body = bodyOf(job, part, media, settings)
    if (settings.draft) {
      return await handOver(context, job, body)
    }
    await job.arm(part.index)
    const { id, url } = await createPost(context, part.key, body)
    await job.done(part.index, { external_id: id, url: url || null })
  }
  return { state: "published" }
}

/** Nobody sees a draft, so that nothing is armed; the key keeps it from coming twice. */
const handOver = async (
  context: ProviderContext,
  job: PublishJob,
  body: object
): Promise<Progress> => {
  const url = await job.step("hand over", async () => {
    const draft = await createPost(context, job.key, { ...body, draft: true })
    return draft.url
  })
  return {
    state: "handed_over",
    why: "It lies in the inbox at Sandbox, where a person publishes it",
    url,
  }
}

/** The network lists what was published under a key, and has all of it. */
export const recover = async (
  { request }: ProviderContext,
  { part }: LostCall
): Promise<Recovery> => {
  const { data } = await request<{ data: SandboxPost[] }>("/api/posts", {
    query: { idempotency_key: part.key },
  })
  if (!Array.isArray(data)) {
    throw malformedResponse("a list of posts")
  }
  const [post] = data
  return post
    ? {
        outcome: "published",
        ref: { external_id: post.id, url: post.url },
      }
    : { outcome: "not_published", because: "listing" }
}
