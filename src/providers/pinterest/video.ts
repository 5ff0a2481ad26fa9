import { isServiceError, ServiceError } from "../../errors/service-error"
import { multipart } from "../../http/body"
import { filenameOf } from "../armed-files"
import type { Media, Progress, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { malformedResponse } from "./description"

/** A place for a file (`media/create`): whoever has its parameters can send one. */
interface Registered {
  media_id: string
  upload_url: string
  upload_parameters: Readonly<Record<string, string>>
}

/** A file that lies at Pinterest, and no pin has it yet. */
export interface Uploaded {
  readonly [name: string]: string | number
  media_id: string
  /** In ms since the epoch. */
  at: number
}

/** How long the storage may take without a byte, and to respond, in ms. */
const SEND_TIMEOUT_MS = 120_000

/** How long a file that no pin has may be relied on, in ms. */
const UPLOAD_TTL_MS = 12 * 60 * 60_000

/** What is soon ready is asked for often, in ms. */
const QUICK_MS = 5_000
const SLOW_MS = 30_000
const QUICK_PHASE_MS = 60_000

/** How long a video may be processed, in ms. */
const PATIENCE_MS = 30 * 60_000

/** Another file is another upload. */
const stepFor = ({ id, bytes }: Media): string => `video ${id} ${bytes}`

/** Sends a video: a place is registered for it, and the file sent there as a form. */
export const uploadVideo = (
  context: ProviderContext,
  job: PublishJob,
  file: Media
): Promise<Uploaded> =>
  job.step(
    stepFor(file),
    async () => {
      const place = await register(context)
      await send(context, place, file)
      return { media_id: place.media_id, at: Date.now() }
    },
    { validForMs: UPLOAD_TTL_MS }
  )

/** Forgets an upload that has come to nothing: the next attempt sends the file anew. */
const forgetUpload = (job: PublishJob, file: Media): Promise<void> =>
  job.forget(stepFor(file))

const register = async ({ request }: ProviderContext): Promise<Registered> => {
  const { media_id, upload_url, upload_parameters } = await request<
    Partial<Registered>
  >("/media", { method: "POST", json: { media_type: "video" } })
  if (!media_id || !upload_url || !URL.canParse(upload_url)) {
    throw malformedResponse("an address for the video")
  }
  return { media_id, upload_url, upload_parameters: upload_parameters ?? {} }
}

const send = async (
  { fetch }: ProviderContext,
  { upload_url, upload_parameters }: Registered,
  file: Media
): Promise<void> => {
  const response = await fetch(upload_url, {
    method: "POST",
    body: multipart(Object.entries(upload_parameters), [
      {
        content_type: file.content_type,
        ...(await file.open()),
        name: "file",
        filename: filenameOf(file),
      },
    ]),
    timeout_ms: SEND_TIMEOUT_MS,
    // The parameters are a key of their own; the token goes to the API alone.
    credentials: "omit",
  })
  if (!response.ok) {
    throw refusedUpload(response.status, await response.text())
  }
}

/** The storage's refusals are XML with a `Code` (Amazon S3, "Error responses"). */
const refusedUpload = (status: number, text: string): ServiceError => {
  const code = /<Code>(\w{1,60})<\/Code>/.exec(text)?.[1] ?? `http_${status}`
  return code === "EntityTooLarge"
    ? new ServiceError(
        "content_rejected",
        "Pinterest's storage does not take a video of this size. Use a smaller one.",
        { code, status }
      )
    : new ServiceError(
        "transient",
        `Pinterest's storage answered ${status} (${code}). The video is sent anew.`,
        { code, status }
      )
}

/** @returns null once a pin can have the video */
export const waitForProcessing = async (
  { request }: ProviderContext,
  job: PublishJob,
  file: Media,
  { media_id, at }: Uploaded
): Promise<Progress | null> => {
  const name = `processed ${media_id}`
  if (job.kept(name)) {
    return null
  }
  const { status } = await request<{ status?: string }>(
    `/media/${encodeURIComponent(media_id)}`
  ).catch(async (error: unknown) => {
    if (isServiceError(error) && error.status === 404) {
      await forgetUpload(job, file)
      throw new ServiceError(
        "transient",
        "Pinterest no longer has the video. It is sent anew.",
        { code: "upload_gone", status: 404 }
      )
    }
    throw error
  })
  switch (status) {
    case "succeeded":
      await job.save(name, true)
      return null
    case "failed":
      await forgetUpload(job, file)
      throw new ServiceError(
        "content_rejected",
        `Pinterest could not process the video "${file.name}". Export it anew: MP4 with H.264, 4 seconds to 15 minutes, between 1:2 and 1.91:1.`,
        { code: "processing_failed" }
      )
    case "registered":
    case "processing": {
      const isNew = Date.now() - at < QUICK_PHASE_MS
      return {
        state: "wait",
        until: new Date(Date.now() + (isNew ? QUICK_MS : SLOW_MS)),
        giveUpAt: new Date(at + PATIENCE_MS),
        why: "Pinterest processes the video",
      }
    }
    default:
      throw malformedResponse("the video's state")
  }
}
