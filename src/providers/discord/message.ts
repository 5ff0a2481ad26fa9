import { createHash } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import { type FormFile, multipart } from "../../http/body"
import { publishedText } from "../../shared/post-rules/link"
import { filenameOf, type FormMedia } from "../armed-files"
import type {
  Destination,
  LinkCard,
  PublicationPart,
  PublishJob,
  RemoteRef,
} from "../publication"
import type { ProviderContext } from "../types"
import { DISCORD } from "./description"
import {
  type DiscordSettings,
  EMBED_DESCRIPTION,
  EMBED_TITLE,
  limits,
} from "./settings"

/** As much of a publication as its messages are made of, also once a call is lost. */
export type Post = Pick<PublishJob, "account" | "parts" | "link">

export interface Message {
  id: string
  channel_id: string
  content?: string
  nonce?: string | number
  author?: { id: string }
  attachments?: unknown[]
  reactions?: { count?: number }[]
}

/** A new thread of a forum comes with its first message. */
export type Created = Message & { message?: Message }

/** A call that publishes one part. */
export interface Call {
  path: string
  body: Record<string, unknown>
  query?: Record<string, string | undefined>
}

const SUPPRESS_EMBEDS = 1 << 2
const SUPPRESS_NOTIFICATIONS = 1 << 12

const UPLOAD_TIMEOUT_MS = 120_000

/**
 * A key of a part, in the 25 characters that Discord takes: the same over all
 * attempts.
 */
export const nonceOf = ({ key }: PublicationPart): string =>
  createHash("sha256").update(key).digest("base64url").slice(0, 25)

/** Where an account is: Discord's own address of a channel names both. */
export const placeOf = ({
  url,
  external_id,
}: Pick<Destination, "url" | "external_id">): {
  guild: string
  channel: string
} => {
  const [, guild, channel] = /\/channels\/(\d+)\/(\d+)$/.exec(url ?? "") ?? []
  return { guild: guild ?? "@me", channel: channel ?? external_id }
}

/** A message's place, with the channel where that is not the account's own. */
export const refOf = (account: Destination, created: Created): RemoteRef => {
  const { id, channel_id } = created.message ?? created
  if (!id) {
    throw new ServiceError(
      "transient",
      `${DISCORD} answered without the id of the message.`,
      { code: "malformed_response", outcomeUnknown: true }
    )
  }
  const { guild, channel } = placeOf(account)
  const place = channel_id ?? channel
  return {
    external_id: place === channel ? id : `${place}/${id}`,
    url: `https://discord.com/channels/${guild}/${place}/${id}`,
  }
}

/** The reference of a message by the address that Discord shows for it. */
export const readPermalink = (
  account: Destination,
  url: string
): string | null => {
  const [, channel, message] =
    /^https:\/\/discord\.com\/channels\/(?:@me|\d+)\/(\d+)\/(\d+)$/.exec(url) ??
    []
  const isOwn = channel === placeOf(account).channel
  return message ? (isOwn ? message : `${channel}/${message}`) : null
}

/** The channel and the message that a reference names. */
export const readRef = (
  account: Destination,
  { external_id }: Pick<RemoteRef, "external_id">
): { channel: string; message: string } => {
  const [message, channel] = external_id.split("/").reverse()
  return { channel: channel ?? placeOf(account).channel, message }
}

const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
}

/** What a part says, and its files; `allowed_mentions` keeps a product's text from calling everyone. */
export const messageOf = (
  post: Post,
  { index, media }: PublicationPart,
  settings: DiscordSettings
): { body: Record<string, unknown>; form: FormMedia[] } => {
  const content = publishedText(
    { link: post.link?.url ?? null, parts: post.parts },
    index,
    limits(post.account, { settings })
  )
  const card =
    index === 0 && settings.link_as === "card" && post.link ? post.link : null
  const files = media.map((file, position) => ({
    media: file,
    field: `files[${position}]`,
    filename: `${settings.spoiler ? "SPOILER_" : ""}${filenameOf(file)}`,
    description: file.alt_text || undefined,
  }))
  const picture = card?.image && {
    media: card.image,
    field: `files[${files.length}]`,
    filename: `link.${EXTENSIONS[card.image.content_type] ?? "png"}`,
    description: card.image.alt_text || undefined,
  }
  const form = picture ? [...files, picture] : files
  const flags =
    (settings.hide_preview && !card ? SUPPRESS_EMBEDS : 0) |
    (settings.silent ? SUPPRESS_NOTIFICATIONS : 0)
  return {
    form,
    body: {
      content,
      allowed_mentions: { parse: [] },
      ...(flags && { flags }),
      ...(card && { embeds: [embedOf(card, picture?.filename)] }),
      ...(form.length && {
        attachments: form.map(({ filename, description }, id) => ({
          id: String(id),
          filename,
          description,
        })),
      }),
    },
  }
}

/** The beginning of a text, in code points. */
const upTo = (max: number, text: string): string =>
  Array.from(text).slice(0, max).join("")

const embedOf = (
  { url, title, description }: LinkCard,
  filename: string | undefined
) => ({
  url,
  title: upTo(EMBED_TITLE.max, title || new URL(url).hostname),
  description: upTo(EMBED_DESCRIPTION.max, description ?? "") || undefined,
  ...(filename && { image: { url: `attachment://${filename}` } }),
})

/** Sends a call, with its files in a form as Discord wants them ("Uploading Files"). */
export const send = async (
  { request }: ProviderContext,
  { path, body, query }: Call,
  files: readonly FormFile[]
): Promise<Created> =>
  request<Created>(path, {
    method: "POST",
    query,
    ...(files.length
      ? {
          body: multipart([["payload_json", JSON.stringify(body)]], files),
          timeout_ms: UPLOAD_TIMEOUT_MS,
        }
      : { json: body }),
  })
