import {
  type Callback,
  type CallbackEvent,
  type Callbacks,
  isHmacSha256,
  readId,
  readObject,
  type ReadCallback,
  readTime,
} from "../callbacks"

/*
 * What Meta sends by itself: notifications of what happens on pages and
 * accounts (developers.facebook.com/docs/graph-api/webhooks/getting-started),
 * and the requests of people who remove the app or want their data deleted
 * (developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback).
 */

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i

/** What Meta says has become of a post, by its verb. */
const REMOVED: Readonly<Record<string, string>> = {
  remove: "It was deleted on the page.",
  delete: "It was deleted on the page.",
  hide: "It was hidden on the page.",
  block: "Facebook has blocked it.",
}
const RESTORED = ["unhide", "unblock"]

interface FeedChange {
  item?: unknown
  verb?: unknown
  post_id?: unknown
  comment_id?: unknown
  video_id?: unknown
  photo_id?: unknown
}

const idsOf = (change: FeedChange): string[] => {
  const named =
    change.item === "comment"
      ? [change.comment_id]
      : [change.post_id, change.video_id]
  return named.flatMap((id) => readId(id) ?? [])
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? value.filter((entry) => typeof entry === "object" && entry !== null)
    : []

/** What a change of a page's feed means for what was published there. */
const toEvents = (account_id: string, change: FeedChange): CallbackEvent[] => {
  const external_ids = idsOf(change)
  const verb = String(change.verb)
  if (!external_ids.length) {
    return []
  }
  if (Object.hasOwn(REMOVED, verb)) {
    const reason = REMOVED[verb]
    return [{ type: "post_removed", account_id, external_ids, reason }]
  }
  return RESTORED.includes(verb)
    ? [{ type: "post_restored", account_id, external_ids }]
    : []
}

/** Entries of pages and accounts, each with its changes; what concerns no post tells nothing here. */
const readNotification = (
  body: Buffer
): Pick<ReadCallback, "at" | "events"> => {
  const entries = listOf(readObject(body.toString())?.entry)
  const times = entries.flatMap(({ time }) => readTime(time)?.getTime() ?? [])
  return {
    at: times.length ? new Date(Math.max(...times)) : null,
    events: entries.flatMap(({ id, changes }) => {
      const account = readId(id)
      return account
        ? listOf(changes)
            .filter(({ field }) => field === "feed")
            .flatMap(({ value }) => toEvents(account, (value ?? {}) as object))
        : []
    }),
  }
}

/** `X-Hub-Signature-256`: HMAC-SHA256 of the body with the app's secret. */
const readSigned: Callback["read"] = ({ header, body }) => {
  const [, hex] = SIGNATURE.exec(header("x-hub-signature-256") ?? "") ?? []
  return hex
    ? {
        content: body,
        ...readNotification(body),
        isSignedWith: (secret) =>
          isHmacSha256(secret, body, Buffer.from(hex, "hex")),
      }
    : null
}

const SIGNED_REQUEST = /^([\w-]{43})=?\.([\w-]+)=*$/

/**
 * A form with `signed_request`: the signature, in base64url, over the payload as
 * it is encoded (developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow).
 */
const readSignedRequest =
  (type: "access_withdrawn" | "data_deletion"): Callback["read"] =>
  ({ body }) => {
    const form = new URLSearchParams(body.toString())
    const [, signature, payload] =
      SIGNED_REQUEST.exec(form.get("signed_request") ?? "") ?? []
    const told =
      payload && readObject(Buffer.from(payload, "base64url").toString())
    if (!told || !/^hmac-sha256$/i.test(String(told.algorithm))) {
      return null
    }
    const user_id = readId(told.user_id)
    return {
      content: Buffer.from(payload),
      at: readTime(told.issued_at),
      events: user_id ? [{ type, user_id }] : [],
      isSignedWith: (secret) =>
        isHmacSha256(secret, payload, Buffer.from(signature, "base64url")),
    }
  }

const readHandshake: Callback["handshake"] = (query) => {
  const token = query["hub.verify_token"]
  const challenge = query["hub.challenge"]
  return query["hub.mode"] === "subscribe" &&
    typeof token === "string" &&
    typeof challenge === "string" &&
    // It is repeated to whoever asks: nothing but what Meta sends.
    /^[\w-]{1,200}$/.test(challenge)
    ? { token, response: challenge }
    : null
}

/** Of all that is connected through an app at Meta. */
export const META_CALLBACKS: Callbacks = {
  events: {
    label: "Webhooks: callback URL",
    read: readSigned,
    handshake: readHandshake,
  },
  deauthorization: {
    label: "Deauthorize callback URL",
    read: readSignedRequest("access_withdrawn"),
  },
  "data-deletion": {
    label: "Data deletion request URL",
    read: readSignedRequest("data_deletion"),
    receipt: (confirmation_code, url) => ({ url, confirmation_code }),
  },
}
