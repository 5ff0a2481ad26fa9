import { rejectedMedia } from "../../http/remote-file"
import type { MediaKind } from "../../shared/post-rules/limits"

export interface DetectedType {
  content_type: string
  /** Of a GIF only its frames tell whether it is one that moves. */
  kind: MediaKind
}

const image = (content_type: string): DetectedType => ({
  content_type,
  kind: "image",
})
const video = (content_type: string): DetectedType => ({
  content_type,
  kind: "video",
})

/** Major brands of files of the form of ISO/IEC 14496-12 that are no videos. */
const BRANDS: Record<string, DetectedType | null> = {
  avif: image("image/avif"),
  avis: image("image/avif"),
  "qt  ": video("video/quicktime"),
  "M4A ": null,
  "M4B ": null,
  heic: null,
  heix: null,
  hevc: null,
  mif1: null,
  msf1: null,
}

/** First boxes of QuickTime files from before there were brands. */
const OLD_QUICKTIME = ["moov", "mdat", "wide", "free", "skip"]

/**
 * What a file is by its first bytes.
 *
 * @returns null for what networks do not take
 */
export const detectType = (head: Uint8Array): DetectedType | null => {
  const bytes = Buffer.from(head)
  const text = (from: number, to: number): string =>
    bytes.toString("latin1", from, to)
  if (bytes.length < 12) {
    return null
  }
  if (bytes.readUIntBE(0, 3) === 0xffd8ff) {
    return image("image/jpeg")
  }
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") {
    return image("image/png")
  }
  if (/^GIF8[79]a/.test(text(0, 6))) {
    return image("image/gif")
  }
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") {
    return image("image/webp")
  }
  if (text(0, 5) === "%PDF-") {
    return { content_type: "application/pdf", kind: "document" }
  }
  if (text(4, 8) === "ftyp") {
    const brand = text(8, 12)
    return brand in BRANDS ? BRANDS[brand] : video("video/mp4")
  }
  if (OLD_QUICKTIME.includes(text(4, 8))) {
    return video("video/quicktime")
  }
  if (bytes.readUInt32BE(0) === 0x1a45dfa3) {
    return video(
      text(0, 64).includes("webm") ? "video/webm" : "video/x-matroska"
    )
  }
  return null
}

/** What a server or a name claims, in words; empty where it says nothing of use. */
const CLAIMS = /^(image|video|application\/pdf)/

/**
 * What a file is by its first bytes, unless it was said to be of another kind:
 * a picture under another picture's type is common, a page in its place is not.
 *
 * @param claimed - the content type that its server or its sender names
 * @throws {ServiceError} `content_rejected`, code `media_empty` or `media_type`
 */
export const requireType = (
  head: Uint8Array,
  claimed: string
): DetectedType => {
  if (!head.byteLength) {
    throw rejectedMedia("media_empty", "The file is empty.")
  }
  const detected = detectType(head)
  const said = claimed ? `The file is said to be ${claimed}, but` : "The file:"
  if (!detected) {
    throw rejectedMedia(
      "media_type",
      `${said} its bytes are no image (JPEG, PNG, GIF, WebP, AVIF), video (MP4, MOV, WebM, MKV) or PDF.`
    )
  }
  const [claim] = CLAIMS.exec(claimed) ?? []
  if (claim && !detected.content_type.startsWith(claim)) {
    throw rejectedMedia(
      "media_type",
      `${said} its bytes are ${detected.content_type}.`
    )
  }
  return detected
}
