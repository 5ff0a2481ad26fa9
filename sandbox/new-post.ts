import { ApiError } from "./http"
import type { NewPost } from "./store"

const MAX_GRAPHEMES = 500
const MAX_MEDIA = 4
const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" })

function hasMoreGraphemesThan(text: string, limit: number): boolean {
  let count = 0
  for (const _grapheme of SEGMENTER.segment(text)) {
    count += 1
    if (count > limit) {
      return true
    }
  }
  return false
}

function invalid(message: string): ApiError {
  return new ApiError(400, "invalid_request", message)
}

function optionalText(value: unknown, name: string): string {
  if (value === undefined || value === null) {
    return ""
  }
  if (typeof value !== "string") {
    throw invalid(`${name} is not a string.`)
  }
  return value
}

function optionalList(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) {
    return []
  }
  if (!Array.isArray(value)) {
    throw invalid(`${name} is not a list.`)
  }
  return value
}

function parseLink(value: unknown): string | null {
  const link = optionalText(value, "link")
  if (!link) {
    return null
  }
  if (!URL.canParse(link) || !/^https?:$/.test(new URL(link).protocol)) {
    throw new ApiError(422, "invalid_link", "link is not an http(s) URL.")
  }
  return link
}

function parseMedia(body: Record<string, unknown>): NewPost["media"] {
  const altTexts = optionalList(body.alt_texts, "alt_texts")
  const media = optionalList(body.media_ids, "media_ids").map((id, index) => {
    if (typeof id !== "string") {
      throw invalid("media_ids holds something that is not a string.")
    }
    return { id, alt_text: optionalText(altTexts[index], "alt_texts") || null }
  })
  if (media.length > MAX_MEDIA) {
    throw new ApiError(
      422,
      "too_many_media",
      `A post has at most ${MAX_MEDIA} images.`
    )
  }
  return media
}

/**
 * Checks what a client wants to publish, as far as that needs no store.
 *
 * @param body `{ account_id, text, link?, media_ids?, alt_texts? }`
 * @throws ApiError 400 for a malformed body, 422 for content that is refused
 */
export function parseNewPost(
  body: Record<string, unknown>
): Omit<NewPost, "idempotency_key"> {
  if (typeof body.account_id !== "string") {
    throw invalid("account_id is missing.")
  }
  const text = optionalText(body.text, "text")
  const media = parseMedia(body)
  if (!text.trim() && !media.length) {
    throw new ApiError(422, "empty_post", "A post needs a text or an image.")
  }
  if (hasMoreGraphemesThan(text, MAX_GRAPHEMES)) {
    throw new ApiError(
      422,
      "text_too_long",
      `A text has at most ${MAX_GRAPHEMES} characters.`
    )
  }
  return {
    account_id: body.account_id,
    text,
    link: parseLink(body.link),
    media,
  }
}
