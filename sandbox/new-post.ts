import { BOARDS, findAccount } from "./directory"
import { ApiError } from "./http"
import type { NewPost } from "./store"

const MAX_STORY_GRAPHEMES = 100
const MAX_WARNING_LENGTH = 100
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

function choice<T extends string>(
  value: unknown,
  name: string,
  choices: readonly T[]
): T {
  const [first] = choices
  const chosen = choices.find((one) => one === (value ?? first))
  if (!chosen) {
    throw invalid(`${name} is not one of ${choices.join(", ")}.`)
  }
  return chosen
}

function parseBoard(value: unknown): string | null {
  const id = optionalText(value, "board")
  if (id && !BOARDS.some((board) => board.id === id)) {
    throw new ApiError(422, "board_not_found", `There is no board ${id}.`)
  }
  return id || null
}

function parseWarning(value: unknown): string | null {
  const warning = optionalText(value, "content_warning").trim()
  if (warning.length > MAX_WARNING_LENGTH) {
    throw new ApiError(
      422,
      "content_warning_too_long",
      `A content warning has at most ${MAX_WARNING_LENGTH} characters.`
    )
  }
  return warning || null
}

/** The choices of a post, besides what it says. */
function parseChoices(body: Record<string, unknown>) {
  return {
    placement: choice(body.placement, "placement", ["feed", "story"]),
    visibility: choice(body.visibility, "visibility", ["public", "followers"]),
    board: parseBoard(body.board),
    content_warning: parseWarning(body.content_warning),
    reply_to: optionalText(body.reply_to, "reply_to") || null,
    is_draft: body.draft === true,
  } as const
}

/**
 * Checks what a client wants to publish, as far as that needs no store.
 *
 * @param body `{ account_id, text, link?, media_ids?, alt_texts?, placement?,
 * visibility?, board?, content_warning?, reply_to?, draft? }`
 * @throws ApiError 400 for a malformed body, 404 for an unknown account, 422 for
 * content that is refused
 */
export function parseNewPost(
  body: Record<string, unknown>
): Omit<NewPost, "idempotency_key"> {
  if (typeof body.account_id !== "string") {
    throw invalid("account_id is missing.")
  }
  const account = findAccount(body.account_id)
  const text = optionalText(body.text, "text")
  const media = parseMedia(body)
  const choices = parseChoices(body)
  const isStory = choices.placement === "story"
  if (!text.trim() && !media.length) {
    throw new ApiError(422, "empty_post", "A post needs a text or an image.")
  }
  if (isStory && media.length !== 1) {
    throw new ApiError(422, "story_needs_media", "A story has one file.")
  }
  const max = isStory ? MAX_STORY_GRAPHEMES : (account?.max_characters ?? 500)
  if (hasMoreGraphemesThan(text, max)) {
    throw new ApiError(
      422,
      "text_too_long",
      `A text has at most ${max} characters.`
    )
  }
  if (!account) {
    throw new ApiError(404, "account_not_found", "There is no such account.")
  }
  return {
    account_id: body.account_id,
    text,
    link: parseLink(body.link),
    media,
    ...choices,
  }
}
