import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import {
  type DiscordChannel,
  type DiscordFile,
  type DiscordPost,
  type DiscordState,
  newId,
} from "./state"

/** A refusal as Discord words it. */
export class DiscordError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly more: Record<string, unknown> = {}
  ) {
    super(message)
  }
}

/** "Invalid Form Body", with the field that is wrong. */
const invalid = (field: string, code: string, message: string) =>
  new DiscordError(400, 50035, "Invalid Form Body", {
    errors: { [field]: { _errors: [{ code, message }] } },
  })

export type Payload = {
  json: Record<string, unknown>
  files: Map<string, { filename: string; content_type: string; bytes: number }>
}

const MAX_FILE_BYTES = 10 * 1024 * 1024
const NONCE_WINDOW_MS = 180_000

/** JSON, or a form with it in `payload_json` ("Uploading Files"). */
export const readPayload = ({ headers, body }: SimulatorRequest): Payload => {
  const type = headers["content-type"] ?? ""
  const files: Payload["files"] = new Map()
  if (!type.startsWith("multipart/form-data")) {
    return { json: body.length ? JSON.parse(String(body)) : {}, files }
  }
  let json: Payload["json"] = {}
  for (const part of readForm(body, type)) {
    if (part.name === "payload_json") {
      json = JSON.parse(String(part.body))
    } else {
      files.set(part.name, {
        filename: part.filename ?? part.name,
        content_type: part.content_type,
        bytes: part.body.length,
      })
    }
  }
  return { json, files }
}

export const channelOf = (
  { channels, threads }: DiscordState,
  id: string
): DiscordChannel => {
  const thread = threads.find((one) => one.id === id)
  const found = channels.find((one) => one.id === (thread?.parent_id ?? id))
  if (!found) {
    throw new DiscordError(404, 10003, "Unknown Channel")
  }
  return found
}

const attachmentsOf = ({ json, files }: Payload): DiscordFile[] =>
  ((json.attachments as Record<string, unknown>[] | undefined) ?? []).map(
    ({ id, filename, description }) => {
      const file = files.get(`files[${String(id)}]`)
      if (!file) {
        throw invalid("attachments", "ATTACHMENT_NOT_FOUND", "No such file.")
      }
      if (file.bytes > MAX_FILE_BYTES) {
        throw new DiscordError(413, 40005, "Request entity too large")
      }
      if (typeof description === "string" && description.length > 1024) {
        throw invalid(
          "attachments",
          "BASE_TYPE_MAX_LENGTH",
          "Must be 1024 or fewer in length."
        )
      }
      return {
        ...file,
        ...(typeof filename === "string" && { filename }),
        ...(typeof description === "string" && { description }),
      }
    }
  )

const repeated = (
  { messages }: DiscordState,
  author: string,
  { nonce, enforce_nonce }: Payload["json"]
): DiscordPost | undefined => {
  const since = BigInt(Date.now() - NONCE_WINDOW_MS - 1_420_070_400_000) << 22n
  return enforce_nonce === true
    ? messages.find(
        (post) =>
          post.nonce === nonce &&
          post.author.id === author &&
          BigInt(post.id) > since
      )
    : undefined
}

/** Creates a message, or returns the one that had its nonce ("Create Message"). */
export const createMessage = (
  state: DiscordState,
  channel_id: string,
  payload: Payload,
  author: DiscordPost["author"],
  webhook_id?: string
): DiscordPost => {
  const { json } = payload
  if (!channelOf(state, channel_id).is_writable) {
    throw new DiscordError(403, 50013, "Missing Permissions")
  }
  const before = repeated(state, author.id, json)
  if (before) {
    return before
  }
  const content = typeof json.content === "string" ? json.content : ""
  if (Array.from(content).length > 2000) {
    throw invalid(
      "content",
      "BASE_TYPE_MAX_LENGTH",
      "Must be 2000 or fewer in length."
    )
  }
  if (typeof json.nonce === "string" && json.nonce.length > 25) {
    throw invalid("nonce", "NONCE_TYPE_TOO_LONG", "Nonce is too long.")
  }
  const attachments = attachmentsOf(payload)
  const embeds = (json.embeds as DiscordPost["embeds"] | undefined) ?? []
  if (!content.trim() && !attachments.length && !embeds.length) {
    throw new DiscordError(400, 50006, "Cannot send an empty message")
  }
  const { message_id: reply_to } = Object(json.message_reference) as {
    message_id?: string
  }
  const post: DiscordPost = {
    id: newId(state),
    channel_id,
    content,
    author,
    ...(webhook_id && { webhook_id }),
    embeds,
    flags: Number(json.flags) || 0,
    ...(typeof json.nonce === "string" && { nonce: json.nonce }),
    attachments,
    allowed_mentions:
      (json.allowed_mentions as DiscordPost["allowed_mentions"]) ?? null,
    reply_to: reply_to ?? null,
    crossposted: false,
    reactions: [],
  }
  state.messages.push(post)
  return post
}

/** Begins a forum's thread with its first message. */
export const createThread = (
  state: DiscordState,
  parent_id: string,
  payload: Payload,
  author: DiscordPost["author"],
  webhook_id?: string
) => {
  const { name, thread_name, applied_tags, message } = payload.json
  const title = name ?? thread_name
  if (typeof title !== "string" || !title) {
    throw webhook_id
      ? new DiscordError(
          400,
          220001,
          "Webhooks posted to forum channels must have a thread_name or thread_id"
        )
      : invalid("name", "BASE_TYPE_REQUIRED", "This field is required")
  }
  const id = newId(state)
  const thread = {
    id,
    name: title,
    parent_id,
    owner_id: author.id,
    applied_tags: (applied_tags as string[] | undefined) ?? [],
  }
  state.threads.push(thread)
  const json = (message as Payload["json"] | undefined) ?? payload.json
  const attachments = message ? payload.json.attachments : undefined
  const post = createMessage(
    state,
    id,
    {
      files: payload.files,
      json: { ...(attachments ? { attachments } : {}), ...json },
    },
    author,
    webhook_id
  )
  // The first message has its thread's id.
  post.id = id
  return { ...thread, type: 11, guild_id: state.guild.id, message: post }
}
