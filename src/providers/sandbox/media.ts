import { ServiceError } from "../../errors/service-error"
import type {
  Media,
  Progress,
  PublicationPart,
  PublishJob,
} from "../publication"
import type { ProviderContext } from "../types"

interface SandboxMedia {
  id: string
  status: "uploading" | "processing" | "ready" | "failed"
  /** How many bytes are there. */
  offset: number
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

/** A larger file than this is sent in pieces of this size, in bytes. */
const PIECE_BYTES = 4 * 1024 * 1024

const isSentInPieces = ({ bytes }: Media, placement: string): boolean =>
  bytes > PIECE_BYTES && placement !== "story"

/** Sends a file, has the network fetch it, or announces its pieces. */
const addMedia = async (
  { request }: ProviderContext,
  media: Media,
  placement: string
): Promise<string> => {
  const { bytes, content_type } = media
  const isFetched = placement === "story"
  const { id } = await request<Partial<SandboxMedia>>("/api/media", {
    method: "POST",
    ...(isFetched && {
      json: { media_url: await media.publicUrl(FETCH_SECONDS) },
    }),
    ...(isSentInPieces(media, placement)
      ? { json: { bytes, content_type } }
      : !isFetched && { body: await media.open() }),
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
export const prepareMedia = async (
  context: ProviderContext,
  job: PublishJob,
  { index, media }: PublicationPart
): Promise<string[] | Progress> => {
  const ids: string[] = []
  for (const file of media) {
    const name = `${index}.${ids.length}`
    const id = await job.step(`upload ${name}`, () =>
      addMedia(context, file, job.placement)
    )
    if (isSentInPieces(file, job.placement)) {
      await sendPieces(context, job, file, { id, name })
    }
    ids.push(id)
  }
  for (const [place, { kind }] of media.entries()) {
    const wait = kind === "video" ? await processing(context, ids[place]) : null
    if (wait) {
      return wait
    }
  }
  return ids
}

/**
 * Sends what the network does not have yet of a file: whoever goes on after a
 * crash asks where.
 */
const sendPieces = async (
  { request }: ProviderContext,
  job: PublishJob,
  file: Media,
  { id, name }: { id: string; name: string }
): Promise<void> => {
  const sent = `sent ${name}`
  if (job.kept(sent) === file.bytes) {
    return
  }
  const path = `/api/media/${encodeURIComponent(id)}`
  let { offset } = await request<Partial<SandboxMedia>>(path)
  while (offset !== file.bytes) {
    if (offset === undefined) {
      throw malformedResponse("the offset of the upload")
    }
    const end = Math.min(offset + PIECE_BYTES, file.bytes) - 1
    const taken = await request<Partial<SandboxMedia>>(path, {
      method: "PATCH",
      headers: { "upload-offset": String(offset) },
      body: await file.range(offset, end),
    })
    offset = taken.offset
    await job.save(sent, offset ?? null, {
      why: "The video is sent to Sandbox",
      done: offset && Math.floor((offset * 100) / file.bytes),
      of: 100,
    })
  }
  await job.save(sent, file.bytes)
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
