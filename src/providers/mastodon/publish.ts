import { createHash } from "node:crypto"
import { isServiceError, ServiceError } from "../../errors/service-error"
import { multipart } from "../../http/body"
import { publishedText } from "../../shared/post-rules/link"
import type {
  Media,
  Progress,
  PublicationPart,
  PublishJob,
} from "../publication"
import type { ProviderContext } from "../types"
import { limits } from "./limits"
import { type MastodonSettings, readSettings } from "./settings"
import { malformedResponse, refOf, type Status } from "./statuses"

/** How long an instance takes the same key for the same post, in ms: an hour, less what a request may take. */
export const KEY_WINDOW_MS = 55 * 60_000

/** How long a file that stands in no post may be relied on, in ms: instances clear them away after a day. */
const MEDIA_TTL_MS = 12 * 60 * 60_000

/** Longest time that an instance may process a file, in ms. */
const PROCESSING_MS = 15 * 60_000

/** What `recover` needs of an armed part. */
export type Evidence = {
  /** When the part was sent with its key for the first time, in ISO 8601. */
  first_sent_at: string
  media_ids: string[]
  text: string
  in_reply_to_id: string | null
}

type Upload = { id: string; is_ready: boolean; at: number }

type FocalPoint = { x: number; y: number } | null

/** Publishes a post and what follows it as a thread. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = readSettings(job.settings, job.account.facts)
  for (const part of job.parts) {
    const wait = part.published
      ? null
      : await publishPart(context, job, settings, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

/** @returns null when the part is out */
const publishPart = async (
  context: ProviderContext,
  job: PublishJob,
  settings: MastodonSettings,
  part: PublicationPart
): Promise<Progress | null> => {
  const files = part.media.map((media, index) => {
    const focus = (part.index === 0 && settings.focus?.[index]) || null
    return { media, focus, step: stepOf(part, media, focus) }
  })
  const uploads: Upload[] = []
  for (const { media, focus, step } of files) {
    uploads.push(
      await job.step(step, () => upload(context, media, focus), {
        validForMs: MEDIA_TTL_MS,
      })
    )
  }
  try {
    for (const one of uploads) {
      const wait = await waitFor(context, job, one)
      if (wait) {
        return wait
      }
    }
    const ids = uploads.map(({ id }) => id)
    await send(context, job, settings, part, ids)
    return null
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "content_rejected") {
      // What the instance did not take is sent anew when a person has mended it.
      for (const { step } of files) {
        await job.forget(step)
      }
    }
    throw error
  }
}

/** Another file, description or focal point is another upload. */
const stepOf = (
  { index }: PublicationPart,
  { id, alt_text }: Media,
  focus: FocalPoint
): string =>
  `upload ${index} ${createHash("sha256")
    .update(JSON.stringify([id, alt_text, focus]))
    .digest("base64url")}`

const upload = async (
  { request }: ProviderContext,
  file: Media,
  focus: FocalPoint
): Promise<Upload> => {
  const media = await request<{ id?: string; url?: string | null }>(
    "/api/v2/media",
    { method: "POST", body: await formOf(file, focus) }
  )
  if (!media.id) {
    throw malformedResponse("the id of the file")
  }
  // What is still processed has no address (docs.joinmastodon.org/methods/media/#v2).
  return { id: media.id, is_ready: !!media.url, at: Date.now() }
}

const formOf = async (media: Media, focus: { x: number; y: number } | null) => {
  const { poster } = media
  const files = [{ name: "file", media }]
  if (media.kind === "video" && poster && "media" in poster) {
    files.push({ name: "thumbnail", media: poster.media })
  }
  return multipart(
    [
      ...(media.alt_text ? [["description", media.alt_text] as const] : []),
      ...(focus ? [["focus", `${focus.x},${focus.y}`] as const] : []),
    ],
    await Promise.all(
      files.map(async ({ name, media: file }) => ({
        content_type: file.content_type,
        ...(await file.open()),
        name,
        filename: file.name,
      }))
    )
  )
}

/** @returns null as soon as the instance has processed a file */
const waitFor = async (
  { request }: ProviderContext,
  job: PublishJob,
  { id, is_ready, at }: Upload
): Promise<Progress | null> => {
  const name = `processed ${id}`
  if (is_ready || job.kept(name)) {
    return null
  }
  const media = await request<object | undefined>(
    `/api/v1/media/${encodeURIComponent(id)}`,
    { accept_status: [206] }
  )
  if (!media) {
    const isNew = Date.now() - at < 15_000
    return {
      state: "wait",
      until: new Date(Date.now() + (isNew ? 2_000 : 10_000)),
      giveUpAt: new Date(at + PROCESSING_MS),
      why: "Mastodon processes the file",
    }
  }
  await job.save(name, true)
  return null
}

const send = async (
  { request }: ProviderContext,
  job: PublishJob,
  settings: MastodonSettings,
  part: PublicationPart,
  mediaIds: string[]
): Promise<void> => {
  const text = textOf(job, part)
  const replyTo = job.parts[part.index - 1]?.published?.external_id ?? null
  const name = `first sent ${part.index}`
  const earlier = job.kept<string>(name)
  const evidence: Evidence = {
    first_sent_at: earlier ?? new Date().toISOString(),
    media_ids: mediaIds,
    text,
    in_reply_to_id: replyTo,
  }
  await job.arm(part.index, evidence)
  if (Date.now() - Date.parse(evidence.first_sent_at) > KEY_WINDOW_MS) {
    // When nobody finds it, a person decides; what that one has sent again is new.
    await job.forget(name)
    throw new ServiceError(
      "transient",
      "An earlier attempt may have gone out, and Mastodon no longer knows its key. Nothing was sent again.",
      { code: "key_expired", outcomeUnknown: true }
    )
  }
  if (!earlier) {
    await job.save(name, evidence.first_sent_at)
  }
  try {
    const status = await request<Status>("/api/v1/statuses", {
      method: "POST",
      headers: { "idempotency-key": part.key },
      json: bodyOf(job, settings, part, evidence),
    })
    await job.done(part.index, refOf(status))
  } catch (error) {
    // Refused for sure, and never sent before: the next sending is the first one.
    if (!earlier && isServiceError(error) && !error.outcomeUnknown) {
      await job.forget(name)
    }
    throw error
  }
}

const textOf = (job: PublishJob, part: PublicationPart): string =>
  publishedText(
    {
      link: job.link?.url ?? null,
      parts: job.parts,
    },
    part.index,
    limits(job.account, job)
  )

const bodyOf = (
  job: PublishJob,
  settings: MastodonSettings,
  { index }: PublicationPart,
  { text, media_ids, in_reply_to_id }: Evidence
) => ({
  status: text,
  ...(media_ids.length && { media_ids }),
  ...(in_reply_to_id && { in_reply_to_id }),
  ...(settings.visibility && { visibility: settings.visibility }),
  ...(settings.spoiler_text && { spoiler_text: settings.spoiler_text }),
  ...(settings.sensitive !== undefined && { sensitive: settings.sensitive }),
  // The instance takes ISO 639 alone: no country.
  language: (settings.language ?? job.language)?.split("-")[0],
  ...(index === 0 && settings.poll && { poll: settings.poll }),
})
