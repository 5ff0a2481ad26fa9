import { createHmac, randomBytes } from "node:crypto"
import { redirectReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { USER_IDS } from "./oauth"
import {
  type CallbackName,
  CALLBACKS,
  type Host,
  INSTAGRAM,
  PAGE,
  type SentCallback,
  type State,
} from "./state"

/*
 * What Meta tells an app by itself, as developers.facebook.com/docs/graph-api/webhooks
 * and the pages on deauthorization and data deletion have it.
 */

const hmac = (secret: string, content: string) =>
  createHmac("sha256", secret).update(content)

/** Who the person is to an app. */
const PERSONS: Record<Host, string> = {
  ...USER_IDS,
  instagram: INSTAGRAM.id_for_app,
}

const send = async (
  state: State,
  url: string | undefined,
  init: { headers: Record<string, string>; body: string }
): Promise<SentCallback | undefined> => {
  if (!url) {
    return undefined
  }
  const sent = await fetch(url, { method: "POST", ...init }).then(
    async (response) => ({
      url,
      status: response.status,
      body: await response.text(),
    }),
    (error: unknown) => ({ url, status: 0, body: String(error) })
  )
  state.sent.push(sent)
  return sent
}

/** A notification, with the signature over its bytes. */
export const signEvents = (
  { apps }: State,
  host: Host,
  value: object
): { headers: Record<string, string>; body: string } => {
  // Meta escapes what is no ASCII, and signs that.
  const body = JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
  const signature = hmac(apps[host].secret, body).digest("hex")
  return {
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": `sha256=${signature}`,
    },
    body,
  }
}

const ACCOUNTS: Record<Host, { object: string; id: string }> = {
  facebook: { object: "page", id: PAGE.id },
  instagram: { object: "instagram", id: INSTAGRAM.id },
  threads: { object: "user", id: USER_IDS.threads },
}

/** What happened on an account, as a notification tells it. */
export const eventsOf = (host: Host, field: string, value: object): object => ({
  object: ACCOUNTS[host].object,
  entry: [
    {
      id: ACCOUNTS[host].id,
      time: Math.floor(Date.now() / 1000),
      changes: [{ field, value }],
    },
  ],
})

/** Tells what happened in a page's feed, where the app has subscribed to that. */
export const tellFeed = (
  state: State,
  value: object
): Promise<SentCallback | undefined> =>
  send(
    state,
    state.subscribed_fields.includes("feed")
      ? state.callbacks.facebook.events
      : undefined,
    signEvents(state, "facebook", eventsOf("facebook", "feed", value))
  )

/** Deletes a post; on a page, the app is told of it. */
export const deletePost = async (state: State, id: string): Promise<void> => {
  const post = state.posts.find((one) => one.id === id)
  state.posts = state.posts.filter((one) => one !== post)
  if (post?.network !== "facebook") {
    return
  }
  const isComment = post.kind === "comment"
  await tellFeed(state, {
    item: isComment ? "comment" : post.files.length ? "photo" : "status",
    verb: "remove",
    from: { id: PAGE.id, name: PAGE.name },
    post_id: isComment ? post.reply_to : id,
    ...(isComment && { comment_id: id }),
    created_time: Math.floor(Date.now() / 1000),
  })
}

/** Who somebody is to the app, signed with its secret. */
export const signedRequest = (
  { apps }: State,
  host: Host,
  issued_at = Math.floor(Date.now() / 1000)
): string => {
  const payload = Buffer.from(
    JSON.stringify({
      user_id: PERSONS[host],
      algorithm: "HMAC-SHA256",
      issued_at,
      expires: issued_at + 3600,
    })
  ).toString("base64url")
  return `${hmac(apps[host].secret, payload).digest("base64url")}.${payload}`
}

const sendSigned = (
  state: State,
  host: Host,
  name: CallbackName
): Promise<SentCallback | undefined> =>
  send(state, state.callbacks[host][name], {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      signed_request: signedRequest(state, host),
    }).toString(),
  })

/** Ada removes the app: its tokens end, and it is told. */
export const removeApp = async (
  state: State,
  host: Host
): Promise<SentCallback | undefined> => {
  for (const token of state.tokens.values()) {
    token.is_revoked ||= token.host === host
  }
  return sendSigned(state, host, "deauthorization")
}

/** Ada asks the app to delete what it keeps of her. */
export const requestDeletion = (
  state: State,
  host: Host
): Promise<SentCallback | undefined> => sendSigned(state, host, "data-deletion")

/** The developer enters an address; that of events is asked whether it is theirs. */
export const enterCallback = async (
  state: State,
  host: Host,
  { name, url = "", verify_token = "" }: Record<string, string | undefined>
): Promise<Reply> => {
  const callback = CALLBACKS.find((one) => one === name)
  if (!callback || !URL.canParse(url)) {
    return messageReply(400, "This is no address", "Enter another one.")
  }
  if (callback === "events" && !(await isConfirmed(url, verify_token))) {
    return messageReply(
      400,
      "The URL couldn't be validated",
      "Callback verification failed: compare the verify token."
    )
  }
  state.callbacks[host][callback] = url
  return redirectReply(303, "/")
}

const isConfirmed = async (url: string, token: string): Promise<boolean> => {
  const challenge = String(randomBytes(4).readUInt32BE())
  const asked = new URL(url)
  asked.searchParams.set("hub.mode", "subscribe")
  asked.searchParams.set("hub.verify_token", token)
  asked.searchParams.set("hub.challenge", challenge)
  const response = await fetch(asked)
  return response.ok && (await response.text()) === challenge
}
