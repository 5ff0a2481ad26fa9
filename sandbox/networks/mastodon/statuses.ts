import { setTimeout as delay } from "node:timers/promises"
import { jsonReply, type Reply } from "../../http"
import { presentAccount } from "./instance"
import { isReady, presentMedia } from "./media"
import {
  nextId,
  Refusal,
  type State,
  type StoredMedia,
  type StoredPoll,
  type StoredStatus,
} from "./state"

const KEY_TTL_MS = 3_600_000

const VISIBILITIES = ["public", "unlisted", "private", "direct"] as const

const LINK_OR_MENTION =
  /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|(?<![\w/@])@(\w+)(?:@[\w.-]*\w)?/g

const escaped = (text: string): string =>
  text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;")

/** An address as Mastodon shows it: shortened for the eye, whole for who reads the text. */
function linked(address: string): string {
  const [, scheme, rest] = /^(https?:\/\/(?:www\.)?)(.*)$/.exec(address) ?? []
  const shown = escaped(rest.slice(0, 30))
  const hidden = escaped(rest.slice(30))
  return `<a href="${escaped(address)}" target="_blank" rel="nofollow noopener"><span class="invisible">${scheme}</span><span class="${hidden ? "ellipsis" : ""}">${shown}</span><span class="invisible">${hidden}</span></a>`
}

const mentioned = (name: string): string =>
  `<span class="h-card" translate="no"><a href="https://elsewhere.example/@${name}" class="u-url mention">@<span>${name}</span></a></span>`

/** A text as HTML, in paragraphs. */
export function contentOf(text: string): string {
  let end = 0
  let body = ""
  for (const match of text.matchAll(LINK_OR_MENTION)) {
    body += escaped(text.slice(end, match.index))
    body += match[1] ? mentioned(match[1]) : linked(match[0])
    end = match.index + match[0].length
  }
  body += escaped(text.slice(end))
  return body
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replace(/\n/g, "<br />")}</p>`)
    .join("")
}

function lengthOf(state: State, text: string): number {
  const { characters_reserved_per_url: weight } = state.configuration.statuses
  const counted = text.replace(LINK_OR_MENTION, (_, name?: string) =>
    name ? `@${name}` : "x".repeat(weight)
  )
  return [...new Intl.Segmenter().segment(counted)].length
}

/**
 * `POST /api/v1/statuses` (docs.joinmastodon.org/methods/statuses/#create).
 *
 * @param key - the request's idempotency key: the same one gives the same post
 * for an hour, once it is stored; of two requests at the same time neither
 * knows of the other
 */
export async function createStatus(
  state: State,
  body: Record<string, unknown>,
  key: string | undefined,
  application: string | null,
  url: string
): Promise<Reply> {
  const known = key === undefined ? undefined : state.keys.get(key)
  const earlier =
    known && Date.now() - known.at < KEY_TTL_MS
      ? state.statuses.find(({ id }) => id === known.id)
      : undefined
  if (!earlier && state.storing_ms) {
    await delay(state.storing_ms)
  }
  const status = earlier ?? store(state, body, application)
  if (key !== undefined && !earlier) {
    state.keys.set(key, { id: status.id, at: Date.now() })
  }
  return jsonReply(200, presentStatus(state, status, url))
}

function store(
  state: State,
  body: Record<string, unknown>,
  application: string | null
): StoredStatus {
  const text = String(body.status ?? "").trim()
  const spoiler_text = String(body.spoiler_text ?? "").trim()
  const visibility = VISIBILITIES.find(
    (one) => one === (body.visibility ?? "public")
  )
  const media = mediaOf(state, body)
  const poll = pollOf(state, body.poll, media)
  const { max_characters } = state.configuration.statuses
  if (!text && !media.length) {
    throw new Refusal(422, "Validation failed: Text can't be blank")
  }
  if (lengthOf(state, text) + lengthOf(state, spoiler_text) > max_characters) {
    throw new Refusal(
      422,
      `Validation failed: Text character limit of ${max_characters} exceeded`
    )
  }
  if (!visibility) {
    throw new Refusal(422, `'${body.visibility}' is not a valid visibility`)
  }
  const parent = body.in_reply_to_id ? String(body.in_reply_to_id) : null
  if (parent && !state.statuses.some(({ id }) => id === parent)) {
    throw new Refusal(
      404,
      "The post you are trying to reply to does not appear to exist."
    )
  }
  const status: StoredStatus = {
    id: nextId(state),
    created_at: new Date().toISOString(),
    text,
    spoiler_text,
    sensitive: Boolean(body.sensitive) || spoiler_text !== "",
    visibility,
    language: body.language ? String(body.language) : "en",
    in_reply_to_id: parent,
    media,
    poll,
    favourites: 0,
    application,
  }
  media.forEach((one) => (one.status_id = status.id))
  state.statuses.push(status)
  return status
}

function mediaOf(
  state: State,
  { media_ids = [] }: Record<string, unknown>
): StoredMedia[] {
  const ids = (media_ids as unknown[]).map(String)
  const { max_media_attachments } = state.configuration.statuses
  if (ids.length > max_media_attachments) {
    throw new Refusal(
      422,
      `Validation failed: Cannot attach more than ${max_media_attachments} files`
    )
  }
  const media = state.media.filter(
    ({ id, status_id }) => ids.includes(id) && !status_id
  )
  if (media.length !== ids.length) {
    throw new Refusal(
      422,
      "Validation failed: Media not found or already attached to another post"
    )
  }
  const isVideo = ({ content_type }: StoredMedia) =>
    content_type.startsWith("video/")
  if (media.length > 1 && media.some(isVideo)) {
    throw new Refusal(
      422,
      "Validation failed: Cannot attach a video to a post that already contains images"
    )
  }
  if (!media.every(isReady)) {
    throw new Refusal(
      422,
      "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!"
    )
  }
  return ids.map((id) => media.find((one) => one.id === id) as StoredMedia)
}

function pollOf(
  state: State,
  given: unknown,
  media: StoredMedia[]
): StoredPoll | null {
  if (!given) {
    return null
  }
  const { options, expires_in, multiple, hide_totals } = given as {
    options: string[]
    expires_in: number
    multiple?: boolean
    hide_totals?: boolean
  }
  const limits = state.configuration.polls
  if (media.length) {
    throw new Refusal(422, "Validation failed: Cannot attach files to a poll")
  }
  if (options.length < 2 || options.length > limits.max_options) {
    throw new Refusal(
      422,
      `Validation failed: Poll options can't contain more than ${limits.max_options} items`
    )
  }
  if (expires_in < limits.min_expiration) {
    throw new Refusal(422, "Validation failed: Expires at is too soon")
  }
  return {
    id: nextId(state),
    options,
    expires_at: new Date(Date.now() + expires_in * 1000).toISOString(),
    multiple: Boolean(multiple),
    hide_totals: Boolean(hide_totals),
  }
}

export function findStatus(state: State, id: string): StoredStatus {
  const status = state.statuses.find((one) => one.id === id)
  if (!status) {
    throw new Refusal(404, "Record not found")
  }
  return status
}

/** A post as the API shows it. */
export function presentStatus(
  state: State,
  status: StoredStatus,
  url: string
): Record<string, unknown> {
  const { text: _, media, poll, favourites, application, ...shown } = status
  return {
    ...shown,
    uri: `${url}/users/ada/statuses/${status.id}`,
    url: `${url}/@ada/${status.id}`,
    content: contentOf(status.text),
    in_reply_to_account_id: status.in_reply_to_id && "1",
    reblog: null,
    account: presentAccount(state, url),
    application: application && { name: application, website: null },
    media_attachments: media.map((one) => presentMedia(one, url)),
    mentions: [],
    tags: [],
    emojis: [],
    card: null,
    poll: poll && {
      id: poll.id,
      expires_at: poll.expires_at,
      expired: Date.parse(poll.expires_at) < Date.now(),
      multiple: poll.multiple,
      votes_count: 0,
      voters_count: 0,
      options: poll.options.map((title) => ({ title, votes_count: 0 })),
      emojis: [],
      voted: false,
      own_votes: [],
    },
    favourites_count: favourites,
    reblogs_count: 0,
    quotes_count: 0,
    replies_count: state.statuses.filter(
      ({ in_reply_to_id }) => in_reply_to_id === status.id
    ).length,
    edited_at: null,
    favourited: favourites > 0,
    reblogged: false,
    muted: false,
    bookmarked: false,
    pinned: false,
    filtered: [],
  }
}

/** `GET /api/v1/accounts/:id/statuses`, newest first. */
export function listStatuses(
  state: State,
  query: URLSearchParams,
  url: string
): Reply {
  const limit = Math.min(Number(query.get("limit") ?? 20), 40)
  const max = Number(query.get("max_id") ?? Infinity)
  const min = Number(query.get("min_id") ?? query.get("since_id") ?? 0)
  const found = state.statuses
    .filter(({ id }) => Number(id) < max && Number(id) > min)
    .reverse()
    .slice(0, limit)
  return jsonReply(
    200,
    found.map((status) => presentStatus(state, status, url))
  )
}
