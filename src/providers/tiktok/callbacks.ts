import {
  type Callback,
  type CallbackEvent,
  type Callbacks,
  isHmacSha256,
  readId,
  readObject,
  readTime,
} from "../callbacks"
import { parseExactIds } from "./publish-state"

/*
 * What TikTok sends by itself (developers.tiktok.com/doc/webhooks-overview):
 * the states of publications, and who has removed the app.
 */

/** How far the time of a signature may be from now, in ms: each delivery has a new one. */
const TOLERANCE_MS = 5 * 60_000

interface Content {
  publish_id?: unknown
  post_id?: unknown
}

const GONE = "TikTok no longer shows it to the public."

/** TikTok's events, by the names that it gives them, misspelling included. */
const toEvents = (
  event: unknown,
  account_id: string,
  { publish_id, post_id }: Content
): CallbackEvent[] => {
  const external_ids = [post_id, publish_id].flatMap((id) => readId(id) ?? [])
  switch (event) {
    case "authorization.removed":
      return [{ type: "access_withdrawn", user_id: account_id }]
    case "post.publish.complete":
    case "post.publish.failed":
    case "post.publish.inbox_delivered":
    case "post.publish.publicly_available":
      return [{ type: "post_moved_on", account_id, external_ids }]
    case "post.publish.no_longer_publicaly_available":
    case "post.publish.no_longer_publicly_available":
      return external_ids.length
        ? [{ type: "post_removed", account_id, external_ids, reason: GONE }]
        : []
    default:
      return []
  }
}

/** `t=<seconds>,s=<hexadecimal>`; what else TikTok may add is not looked at. */
const readSignature = (
  header: string | undefined
): { time: string; signature: string } | null => {
  const parts = new Map(
    (header ?? "").split(",").map((part) => {
      const [name, ...value] = part.trim().split("=")
      return [name, value.join("=")]
    })
  )
  const time = parts.get("t") ?? ""
  const signature = parts.get("s") ?? ""
  const isNow =
    /^\d{1,12}$/.test(time) &&
    Math.abs(Date.now() - Number(time) * 1000) <= TOLERANCE_MS
  return isNow && /^[0-9a-f]{64}$/i.test(signature) ? { time, signature } : null
}

/** The content is JSON inside of JSON. */
const readContent = (content: string): Content => {
  try {
    return { ...(parseExactIds(content) as object | null) }
  } catch {
    return {}
  }
}

/** `TikTok-Signature`: HMAC-SHA256 of the time, a dot and the body, with the client secret. */
const read: Callback["read"] = ({ header, body }) => {
  const signed = readSignature(header("tiktok-signature"))
  const told = signed && readObject(body.toString())
  if (!signed || !told) {
    return null
  }
  const { event, user_openid, create_time, content } = told
  const account = readId(user_openid)
  const inner = typeof content === "string" ? readContent(content) : {}
  return {
    content: body,
    at: readTime(create_time),
    events: account ? toEvents(event, account, inner) : [],
    isSignedWith: (secret) =>
      isHmacSha256(
        secret,
        Buffer.concat([Buffer.from(`${signed.time}.`), body]),
        Buffer.from(signed.signature, "hex")
      ),
  }
}

export const TIKTOK_CALLBACKS: Callbacks = {
  events: { label: "Webhooks: callback URL", read },
}
