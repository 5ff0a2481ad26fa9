import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import { socialsModule } from "../../credentials/modules"
import { rejectedMedia } from "../../http/remote-file"
import type { SocialMediaRow } from "../../modules/socials/rows"
import type { MediaKind } from "../../shared/post-rules/limits"
import { type DetectedType, requireType } from "./content-type"
import {
  type FilePlace,
  type FileSource,
  findSource,
  openParts,
} from "./source"
import { copyToDisk, measure, tooLarge } from "./streams"

/** What is found in a file when it is attached. */
export type ProbedMedia = Pick<
  SocialMediaRow,
  | "kind"
  | "content_type"
  | "bytes"
  | "sha256"
  | "etag"
  | "width"
  | "height"
  | "duration_ms"
  | "frame_rate"
  | "video_codec"
  | "audio_codec"
>

type Facts = Omit<ProbedMedia, "content_type" | "bytes" | "sha256" | "etag">

const NO_FACTS = {
  width: null,
  height: null,
  duration_ms: null,
  frame_rate: null,
  video_codec: null,
  audio_codec: null,
}

/** The first bytes that are asked for: enough to tell what it is. */
const HEAD_END = 511

/**
 * Looks into a file: what it is by its bytes, how large, how long. Of a video
 * only the parts that say it are read, where its server gives parts.
 *
 * @throws {ServiceError} `content_rejected` with what was measured, when it is
 * empty, damaged, too large, none of the types that networks take, or of another
 * kind than it is said to be
 */
export const probeMedia = async (
  container: MedusaContainer,
  place: FilePlace
): Promise<ProbedMedia> => {
  const limitOf = await mediaLimits(container)
  const source = await findSource(container, place)
  const head = await source.part(0, HEAD_END)
  if (!head) {
    return probeWhole(source, place, limitOf)
  }
  const { head: bytes, chunks } = await measure(head.stream)
  await chunks.return(undefined)
  const detected = requireType(bytes, head.claimed_type)
  const limit = limitOf(detected.kind)
  if (head.bytes > limit) {
    throw tooLarge(limit)
  }
  if (detected.kind !== "video") {
    return probeWhole(source, place, limitOf)
  }
  const known = {
    content_type: detected.content_type,
    bytes: head.bytes,
    sha256: null,
    etag: head.etag,
  }
  const file = openParts(source, { ...known, name: place.name })
  try {
    return {
      ...known,
      ...(await videoFacts(place.name, known.bytes, file.part)),
    }
  } catch (error) {
    throw unreadable(place.name, error)
  } finally {
    await file.close()
  }
}

/** Throws for the one who attaches a file: what is wrong with it is theirs to put right. */
export const refuseFile = (error: unknown): never => {
  throw isServiceError(error)
    ? new MedusaError(MedusaError.Types.INVALID_DATA, error.message, error.code)
    : error
}

/** How large a file of each kind may be, in bytes. */
export const mediaLimits = async (
  container: MedusaContainer
): Promise<(kind: MediaKind) => number> => {
  const { max_image_bytes, max_video_bytes } =
    await socialsModule(container).getOptions()
  return (kind) =>
    kind === "image" || kind === "gif" ? max_image_bytes : max_video_bytes
}

const probeWhole = async (
  source: FileSource,
  { name }: FilePlace,
  limitOf: (kind: MediaKind) => number
): Promise<ProbedMedia> => {
  const { stream, etag, bytes, claimed_type } = await source.whole()
  const measured = await measure(stream)
  const detected = await Promise.resolve()
    .then(() => {
      const type = requireType(measured.head, claimed_type)
      if (bytes !== null && bytes > limitOf(type.kind)) {
        throw tooLarge(limitOf(type.kind))
      }
      return type
    })
    .catch(async (error) => {
      await measured.chunks.return(undefined)
      throw error
    })
  const file = await copyToDisk(measured, limitOf(detected.kind))
  try {
    return {
      content_type: detected.content_type,
      bytes: file.bytes,
      sha256: file.sha256,
      etag,
      ...(await factsOf(
        detected,
        name,
        file.path,
        file.bytes,
        async (from, to) => file.range(from, to)
      )),
    }
  } catch (error) {
    throw unreadable(name, error)
  } finally {
    await file.remove()
  }
}

const damaged = (name: string, why: string): Error =>
  rejectedMedia(
    "media_damaged",
    `The file "${name}" is damaged: it cannot be read to its end (${why}).`
  )

/** What a library failed with, for people; refusals of our own stay as they are. */
const unreadable = (name: string, error: unknown): unknown =>
  isServiceError(error)
    ? error
    : damaged(
        name,
        error instanceof Error ? firstLine(error.message) : "no reason given"
      )

/** Libraries tell on further lines where in their code they were. */
const firstLine = (message: string): string =>
  message.split("\n")[0].trim().slice(0, 100)

type ReadPart = (
  start: number,
  end: number
) => Promise<AsyncIterable<Uint8Array>>

const factsOf = async (
  { kind }: DetectedType,
  name: string,
  path: string,
  bytes: number,
  part: ReadPart
): Promise<Facts> => {
  if (kind === "video") {
    return videoFacts(name, bytes, part)
  }
  if (kind === "document") {
    return documentFacts(name, bytes, part)
  }
  return imageFacts(path)
}

/** Decodes the whole image: one that ends too early has a good header too. */
const imageFacts = async (path: string): Promise<Facts> => {
  const { default: sharp } = await import("sharp")
  const image = sharp(path, { failOn: "error" })
  const { autoOrient, pages = 1, delay = [], format } = await image.metadata()
  await image.stats()
  const isMoving = format === "gif" && pages > 1
  const duration = delay.reduce((sum, ms) => sum + ms, 0)
  return {
    ...NO_FACTS,
    kind: isMoving ? "gif" : "image",
    width: autoOrient.width,
    height: autoOrient.height,
    ...(isMoving && {
      duration_ms: duration,
      // By both a rule knows how many frames there are.
      frame_rate: duration ? (pages * 1000) / duration : null,
    }),
  }
}

/** A PDF ends with its marker (ISO 32000-1, section 7.5.5), in its last KiB. */
const documentFacts = async (
  name: string,
  bytes: number,
  part: ReadPart
): Promise<Facts> => {
  const end = await collect(await part(Math.max(0, bytes - 1024), bytes - 1))
  if (!end.includes("%%EOF")) {
    throw damaged(name, "its end is missing")
  }
  return { ...NO_FACTS, kind: "document" }
}

const collect = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const videoFacts = async (
  name: string,
  bytes: number,
  part: ReadPart
): Promise<Facts> => {
  const { CustomSource, EncodedPacketSink, Input, MATROSKA, MP4, QTFF, WEBM } =
    await import("mediabunny")
  const input = new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA],
    source: new CustomSource({
      getSize: () => bytes,
      read: async (start, end) => collect(await part(start, end - 1)),
      prefetchProfile: "network",
    }),
  })
  try {
    const track = await input.getPrimaryVideoTrack()
    const sound = await input.getPrimaryAudioTrack()
    if (!track) {
      throw sound
        ? rejectedMedia("media_type", "The file has sound but no picture.")
        : damaged(name, "it has no picture")
    }
    const [duration, { averagePacketRate }, last] = await Promise.all([
      input.computeDuration(),
      track.computePacketStats(FRAMES_FOR_RATE),
      new EncodedPacketSink(track).getPacket(Infinity),
    ])
    if (!last?.data.byteLength) {
      throw damaged(name, "its last picture is missing")
    }
    return {
      kind: "video",
      width: track.displayWidth,
      height: track.displayHeight,
      duration_ms: Math.round(duration * 1000),
      frame_rate: Math.round(averagePacketRate * 100) / 100,
      video_codec: track.codec,
      audio_codec: sound?.codec ?? null,
    }
  } finally {
    input.dispose()
  }
}

/** As many as give the rate, without reading the whole index. */
const FRAMES_FOR_RATE = 100
