import { jsonReply, type Reply } from "../../http"
import { countXWeighted } from "../../../src/providers/x-weighted"
import { attach, attachCover } from "./media"
import {
  invalidRequest,
  nextId,
  notFound,
  plainProblem,
  PRICES,
  problem,
  type State,
  type StoredPost,
} from "./state"

const FIFTEEN_MINUTES_MS = 15 * 60_000
const DAY_MS = 24 * 60 * 60_000

/** How far X looks back for the same text, in ms. */
const DUPLICATE_MS = DAY_MS

type Body = Record<string, unknown>

/** Headers of X's limits, with when they end. */
export const limitHeaders = (state: State): Record<string, string> => {
  const since = (ms: number) =>
    state.posts.filter(
      ({ created_at }) => Date.parse(created_at) > Date.now() - ms
    )
  const write = (name: string, limit: number, ms: number) => {
    const posts = since(ms)
    const end = Date.parse(posts[0]?.created_at ?? new Date().toISOString())
    return {
      [`${name}-limit`]: String(limit),
      [`${name}-remaining`]: String(Math.max(0, limit - posts.length)),
      [`${name}-reset`]: String(Math.ceil((end + ms) / 1000)),
    }
  }
  return {
    ...write("x-rate-limit", state.limit, FIFTEEN_MINUTES_MS),
    ...write("x-app-limit-24hour", state.daily_limit, DAY_MS),
  }
}

const requireRoom = (state: State): void => {
  const headers = limitHeaders(state)
  const isFull = ["x-rate-limit", "x-app-limit-24hour"].some(
    (name) => headers[`${name}-remaining`] === "0"
  )
  if (isFull) {
    throw plainProblem(429, "Too Many Requests", "Too Many Requests")
  }
}

const isLong = ({ user }: State): boolean => user.subscription_type !== "None"

/** Addresses as X finds them, each in the short form that it gives it. */
const shorten = (state: State, text: string): StoredPost["urls"] =>
  [...new Set(text.match(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g) ?? [])].map(
    (expanded_url) => ({
      url: `https://t.co/${nextId(state).slice(-10)}`,
      expanded_url,
    })
  )

const requireText = (state: State, text: string, hasMedia: boolean): void => {
  if (!text && !hasMedia) {
    throw invalidRequest(
      "Either `text` or one of the other required fields must be provided."
    )
  }
  if (countXWeighted(text) > (isLong(state) ? 25_000 : 280)) {
    throw plainProblem(403, "Forbidden", "Your Tweet text is too long.")
  }
  if ((text.match(/\$[A-Za-z]{1,6}\b/g) ?? []).length > 1) {
    throw plainProblem(
      403,
      "Forbidden",
      "Posts created via the API are limited to a maximum of 1 cashtag."
    )
  }
}

/** The same words by the same account, as an answer to the same post. */
const requireNew = (
  state: State,
  text: string,
  in_reply_to: string | null
): void => {
  const isDuplicate = state.posts.some(
    (post) =>
      post.text === text &&
      !post.media.length &&
      post.in_reply_to === in_reply_to &&
      Date.parse(post.created_at) > Date.now() - DUPLICATE_MS
  )
  if (isDuplicate) {
    throw plainProblem(
      403,
      "Forbidden",
      "You are not allowed to create a Tweet with duplicate content."
    )
  }
}

const requirePoll = (poll: unknown, hasMedia: boolean): StoredPost["poll"] => {
  if (poll === undefined) {
    return null
  }
  const { options, duration_minutes } = poll as NonNullable<StoredPost["poll"]>
  const isSound =
    options.length >= 2 &&
    options.length <= 4 &&
    options.every((option) => option.length >= 1 && option.length <= 25) &&
    duration_minutes >= 5 &&
    duration_minutes <= 10_080
  if (!isSound || hasMedia) {
    throw invalidRequest("The poll is invalid.")
  }
  return { options, duration_minutes }
}

/** `POST /2/tweets` */
export function createPost(state: State, body: Body): Reply {
  requireRoom(state)
  const text = String(body.text ?? "").normalize("NFC")
  const { media_ids = [], preview_media_id } = (body.media ?? {}) as {
    media_ids?: string[]
    preview_media_id?: string
  }
  requireText(state, text, media_ids.length > 0)
  const media = attach(state, media_ids)
  const cover = attachCover(state, media, preview_media_id)
  const poll = requirePoll(body.poll, media.length > 0)
  const in_reply_to =
    (body.reply as { in_reply_to_tweet_id?: string } | undefined)
      ?.in_reply_to_tweet_id ?? null
  const answered = state.posts.find(({ id }) => id === in_reply_to)
  if (in_reply_to && !answered) {
    throw plainProblem(
      403,
      "Forbidden",
      "You attempted to reply to a Tweet that is deleted or not visible to you."
    )
  }
  if (!media.length) {
    requireNew(state, text, in_reply_to)
  }
  const urls = shorten(state, text)
  const cost = urls.length ? PRICES.link_post : PRICES.post
  if (cost > state.credits) {
    throw problem(
      402,
      "credits",
      "CreditsDepleted",
      "Your enrolled account does not have any credits to fulfill this request."
    )
  }
  state.credits -= cost
  const id = nextId(state)
  const post: StoredPost = {
    id,
    created_at: new Date().toISOString(),
    text,
    in_reply_to,
    conversation_id: answered?.conversation_id ?? id,
    media,
    cover,
    poll,
    reply_settings: String(body.reply_settings ?? "everyone"),
    quoted: (body.quote_tweet_id as string | undefined) ?? null,
    community_id: (body.community_id as string | undefined) ?? null,
    made_with_ai: body.made_with_ai === true,
    paid_partnership: body.paid_partnership === true,
    urls,
    cost,
  }
  state.posts.push(post)
  return jsonReply(
    201,
    { data: { id, text: shownText(post), ...editHistory(state, id) } },
    limitHeaders(state)
  )
}

const editHistory = ({ names }: State, id: string): object => ({
  [`edit_history_${names}_ids`]: [id],
})

/** With short addresses, escaped as X does, and with the address of its files. */
const shownText = ({ text, urls, media, id }: StoredPost): string => {
  const short = urls.reduce(
    (whole, { url, expanded_url }) => whole.replaceAll(expanded_url, () => url),
    text
  )
  const escaped = short
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
  return media.length ? `${escaped} https://t.co/m${id.slice(-9)}` : escaped
}

/** How many characters of a long post stand in its `text`. */
const CUT = 270

/** A post with the fields that were asked for. */
function presentPost(
  state: State,
  post: StoredPost,
  fields: readonly string[]
): object {
  const { id, created_at, conversation_id, media, urls } = post
  const whole = shownText(post)
  const isCut = countXWeighted(post.text) > 280
  const entities = {
    urls: [
      ...urls,
      ...(media.length
        ? [
            {
              url: `https://t.co/m${id.slice(-9)}`,
              expanded_url: `https://x.com/${state.user.username}/status/${id}/photo/1`,
              media_key: media[0].media_key,
            },
          ]
        : []),
    ].map((one) => ({ start: 0, end: 0, ...one })),
  }
  const note = `note_${state.names}`
  const all: Record<string, unknown> = {
    created_at,
    conversation_id,
    ...(entities.urls.length && { entities }),
    ...(media.length && {
      attachments: { media_keys: media.map(({ media_key }) => media_key) },
    }),
    ...(isCut && { [note]: { text: whole, entities } }),
    public_metrics: {
      [state.names === "post" ? "repost_count" : "retweet_count"]: 2,
      reply_count: 1,
      like_count: 7,
      quote_count: 0,
      bookmark_count: 3,
      impression_count: 410,
    },
    non_public_metrics: {
      impression_count: 410,
      url_link_clicks: 12,
      user_profile_clicks: 4,
    },
  }
  return {
    id,
    text: isCut ? `${whole.slice(0, CUT)}…` : whole,
    ...editHistory(state, id),
    ...Object.fromEntries(
      Object.entries(all).filter(([name]) => fields.includes(name))
    ),
  }
}

/** @throws {Refusal} for a parameter that X does not know */
const fieldsIn = (state: State, query: URLSearchParams): string[] => {
  const other = state.names === "post" ? "tweet.fields" : "post.fields"
  if (query.has(other) && state.other_names === "refused") {
    throw invalidRequest(
      `The query parameter [${other}] is not one of [${state.names}.fields,expansions,user.fields]`,
      { [other]: [query.get(other) ?? ""] }
    )
  }
  return (query.get(`${state.names}.fields`) ?? "").split(",")
}

/** `GET /2/tweets/{id}`: what is not there is said in a response of status 200. */
export function showPost(
  state: State,
  id: string,
  query: URLSearchParams
): Reply {
  const fields = fieldsIn(state, query)
  const post = state.posts.find((one) => one.id === id)
  return post
    ? jsonReply(200, { data: presentPost(state, post, fields) })
    : jsonReply(200, notFound(id))
}

/** `GET /2/users/{id}/tweets`, the newest first. */
export function listPosts(
  state: State,
  id: string,
  query: URLSearchParams
): Reply {
  const fields = fieldsIn(state, query)
  const count = Number(query.get("max_results") ?? 10)
  const from = query.get("start_time")
  if (!(count >= 5 && count <= 100)) {
    throw invalidRequest(
      `The \`max_results\` query parameter value [${count}] is not between 5 and 100`
    )
  }
  if (from && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(from)) {
    throw invalidRequest(
      `The \`start_time\` query parameter value [${from}] is not a valid RFC3339 timestamp.`
    )
  }
  const start = Number(query.get("pagination_token") ?? 0)
  const listed = state.posts
    .filter(
      ({ created_at }) =>
        Date.parse(created_at) <= Date.now() - state.listing_lag_ms &&
        Date.parse(created_at) >= Date.parse(from ?? "1970-01-01T00:00:00Z")
    )
    .reverse()
  const page = id === state.user.id ? listed.slice(start, start + count) : []
  const hasMore = listed.length > start + count
  return jsonReply(200, {
    ...(page.length && {
      data: page.map((post) => presentPost(state, post, fields)),
    }),
    meta: {
      result_count: page.length,
      ...(hasMore && { next_token: String(start + count) }),
    },
  })
}

/** `DELETE /2/tweets/{id}` */
export function deletePost(state: State, id: string): Reply {
  state.posts = state.posts.filter((one) => one.id !== id)
  return jsonReply(200, { data: { deleted: true } })
}
