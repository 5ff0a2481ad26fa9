import type { Json } from "../publication"
import type { Embed } from "./embed"
import { facetsOf, type Handles } from "./facets"
import type { BlueskySettings } from "./settings"

/** The collection of posts in a repository. */
export const POSTS = "app.bsky.feed.post"

/** A version of a record that another one refers to. */
export interface StrongRef {
  uri: string
  cid: string
}

export interface Write {
  collection: string
  rkey: string
  value: { readonly [name: string]: Json | undefined }
}

/** A part with everything that its record is made of. */
export interface PreparedPart {
  index: number
  rkey: string
  text: string
  handles: Handles
  embed?: Embed
}

export const uriOf = (did: string, rkey: string): string =>
  `at://${did}/${POSTS}/${rkey}`

/** The record key at the end of a record's address. */
export const rkeyOf = (uri: string): string =>
  uri.slice(uri.lastIndexOf("/") + 1)

const REPLY_RULES: Record<BlueskySettings["who_can_reply"], Json | undefined> =
  {
    everyone: undefined,
    nobody: [],
    mentioned: [{ $type: "app.bsky.feed.threadgate#mentionRule" }],
    following: [{ $type: "app.bsky.feed.threadgate#followingRule" }],
    followers: [{ $type: "app.bsky.feed.threadgate#followerRule" }],
  }

/** The records beside a post that say who may reply to it, and quote it. */
export const gatesOf = (
  post: string,
  createdAt: string,
  { who_can_reply, allow_quotes }: BlueskySettings,
  isRoot: boolean
): Write[] => {
  const gate = (type: string, rules: Write["value"]): Write => ({
    collection: type,
    rkey: rkeyOf(post),
    value: { $type: type, post, createdAt, ...rules },
  })
  const allow = REPLY_RULES[who_can_reply]
  return [
    ...(isRoot && allow ? [gate("app.bsky.feed.threadgate", { allow })] : []),
    ...(allow_quotes
      ? []
      : [
          gate("app.bsky.feed.postgate", {
            embeddingRules: [{ $type: "app.bsky.feed.postgate#disableRule" }],
          }),
        ]),
  ]
}

/** The record of a post, as it is stored. */
export const recordOf = (
  { text, handles, embed }: PreparedPart,
  createdAt: string,
  reply: { root: StrongRef; parent: StrongRef } | undefined,
  { content_warning, languages }: BlueskySettings,
  language: string | null
): Write["value"] => {
  const facets = facetsOf(text, handles)
  const langs = languages?.length ? languages : language ? [language] : []
  return JSON.parse(
    JSON.stringify({
      $type: POSTS,
      text,
      createdAt,
      ...(facets.length && { facets }),
      ...(langs.length && { langs }),
      ...(content_warning !== "none" && {
        labels: {
          $type: "com.atproto.label.defs#selfLabels",
          values: [{ val: content_warning }],
        },
      }),
      ...(reply && { reply }),
      ...(embed && { embed }),
    })
  ) as Write["value"]
}
