import { ServiceError } from "../../errors/service-error"
import type { RemoteRef } from "../publication"

/** A post of Mastodon's, as far as it is read. */
export interface Status {
  id: string
  url?: string | null
  uri?: string
  /** HTML. */
  content?: string
  spoiler_text?: string
  created_at?: string
  in_reply_to_id?: string | null
  media_attachments?: { id: string }[]
  favourites_count?: number
  reblogs_count?: number
  replies_count?: number
  quotes_count?: number
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `Mastodon answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

export const refOf = ({ id, url, uri }: Status): RemoteRef => {
  if (!id) {
    throw malformedResponse("the id of the post")
  }
  return { external_id: id, url: url ?? uri ?? null }
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
}

const decoded = (text: string): string =>
  text.replace(/&(#x?[\da-f]+|[a-z]+);/gi, (entity, name: string) => {
    if (!name.startsWith("#")) {
      return ENTITIES[name.toLowerCase()] ?? entity
    }
    const code = /^#x/i.test(name)
      ? parseInt(name.slice(2), 16)
      : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })

/**
 * The characters of a text without those that an instance changes: spaces and
 * line breaks, and the domain of a mention.
 */
const essenceOf = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/(@\w+)@[\w.-]*\w/g, "$1")
    .replace(/[\s\u200b\ufeff]+/g, "")

/** Whether the HTML of a post shows just this text. */
export const showsText = (html: string, text: string): boolean =>
  essenceOf(decoded(html.replace(/<[^>]*>/g, ""))) === essenceOf(text)
