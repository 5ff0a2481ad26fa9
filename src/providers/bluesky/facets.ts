import { findEntities } from "../../shared/post-rules/entities"
import { countGraphemes } from "../../shared/post-rules/text"

/** A feature of a stretch of text (lexicon `app.bsky.richtext.facet`). */
export interface Facet {
  /** In bytes of UTF-8; the end is not included. */
  index: { byteStart: number; byteEnd: number }
  features: Record<string, string>[]
}

/** DIDs by handle; null for a handle that belongs to nobody. */
export type Handles = Readonly<Record<string, string | null>>

/** A handle is a domain name (atproto.com/specs/handle). */
const HANDLE = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/

const MAX_TAG = { graphemes: 64, bytes: 640 }

const handleOf = (mention: string): string => mention.slice(1).toLowerCase()

/** The handles that a text mentions, once each. */
export const findHandles = (text: string): string[] => [
  ...new Set(
    findEntities(text)
      .filter(({ kind }) => kind === "mention")
      .map(({ value }) => handleOf(value))
      .filter((handle) => HANDLE.test(handle))
  ),
]

const featureOf = (
  kind: "link" | "hashtag" | "mention",
  value: string,
  handles: Handles
): Record<string, string> | undefined => {
  if (kind === "link") {
    return { $type: "app.bsky.richtext.facet#link", uri: value }
  }
  if (kind === "mention") {
    const did = handles[handleOf(value)]
    return did ? { $type: "app.bsky.richtext.facet#mention", did } : undefined
  }
  const tag = value.slice(1)
  return countGraphemes(tag) <= MAX_TAG.graphemes &&
    Buffer.byteLength(tag) <= MAX_TAG.bytes
    ? { $type: "app.bsky.richtext.facet#tag", tag }
    : undefined
}

/**
 * What is clickable in a text: addresses, hashtags, and mentions of accounts
 * that exist.
 *
 * @param handles - who the mentioned handles belong to
 */
export const facetsOf = (text: string, handles: Handles): Facet[] =>
  findEntities(text).flatMap(({ kind, value, start, end }) => {
    const feature = featureOf(kind, value, handles)
    const byteStart = Buffer.byteLength(text.slice(0, start))
    const byteEnd = byteStart + Buffer.byteLength(text.slice(start, end))
    return feature
      ? [{ index: { byteStart, byteEnd }, features: [feature] }]
      : []
  })
