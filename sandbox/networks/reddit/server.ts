import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import { leaseUpload, showFile, storeFile } from "./media"
import {
  askConsent,
  decide,
  giveToken,
  requireScope,
  revokeToken,
} from "./oauth"
import { overview } from "./page"
import {
  type Community,
  findCommunity,
  newState,
  Refusal,
  type State,
  type StoredPost,
  USER,
} from "./state"
import { addComment, fieldsOf, submitGallery, submitPost } from "./submit"
import { aboutThing, commentThing, postThing } from "./things"

export type RedditSimulator = Simulator & {
  /** What there is, and how Reddit behaves: tests may change it. */
  state: State
  /** What people see, oldest first. */
  posts(): StoredPost[]
  /** Tokens as a person's consent brings them. */
  makeTokens(scopes?: string): { access_token: string; refresh_token: string }
  /** Makes everything new. */
  reset(): void
}

type Call = { state: State; request: SimulatorRequest; url: string; id: string }

type Route = [
  method: string,
  path: RegExp,
  handler: (call: Call) => Reply,
  /** Which is needed, for what is part of the API. */
  scope?: string,
]

const form = ({ body }: SimulatorRequest): URLSearchParams =>
  new URLSearchParams(body.toString())

const fieldsIn = (request: SimulatorRequest) =>
  fieldsOf(Object.fromEntries(form(request)))

const json = ({ body }: SimulatorRequest): Record<string, unknown> => {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>
  } catch {
    throw new Refusal(500, "Internal Server Error", { error: 500 })
  }
}

const listing = (children: object[], request: SimulatorRequest): Reply => {
  const limit = Number(request.url.searchParams.get("limit") ?? 25)
  const shown = children.slice(0, Math.min(limit, 100))
  return jsonReply(200, {
    kind: "Listing",
    data: { after: null, dist: shown.length, children: shown, before: null },
  })
}

/** The account's own see all of its posts, also what was removed. */
const ownPosts = ({ state, request, url }: Call): Reply =>
  listing(
    [...state.posts]
      .reverse()
      .filter(
        ({ listed_at, is_deleted }) => listed_at <= Date.now() && !is_deleted
      )
      .map((post) => postThing(state, post, url)),
    request
  )

const info = ({ state, request, url }: Call): Reply => {
  const ids = (request.url.searchParams.get("id") ?? "").split(",")
  return listing(
    [
      ...state.posts
        .filter(({ listed_at }) => listed_at <= Date.now())
        .map((post) => postThing(state, post, url)),
      ...state.comments.map((comment) => commentThing(state, comment)),
    ].filter(({ data }) => ids.includes(data.name)),
    request
  )
}

const remove = ({ state, request }: Call): Reply => {
  const id = form(request).get("id") ?? ""
  for (const thing of [
    ...state.posts.filter((post) => `t3_${post.id}` === id),
    ...state.comments.filter((comment) => `t1_${comment.id}` === id),
  ]) {
    thing.is_deleted = true
  }
  return jsonReply(200, {})
}

const communities =
  (choose: (community: Community, words: string) => boolean) =>
  ({ state, request }: Call): Reply => {
    const words = (request.url.searchParams.get("q") ?? "").toLowerCase()
    return listing(
      state.communities
        .filter((community) => choose(community, words))
        .map(aboutThing),
      request
    )
  }

const ROUTES: Route[] = [
  ["GET", /^\/(?:posts)?$/, ({ state }) => overview(state)],
  ["GET", /^\/r\/\w+\/comments\/.*$/, ({ state }) => overview(state)],
  [
    "GET",
    /^\/[iv]\.redd\.it\/(\w+)(?:\.\w+)?$/,
    ({ state, id }) => showFile(state, id),
  ],
  [
    "POST",
    /^\/storage$/,
    ({ state, request, url }) => storeFile(state, request, url),
  ],
  [
    "GET",
    /^\/api\/v1\/authorize$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/api\/v1\/authorize\/([\w-]+)$/,
    ({ state, id, request }) => decide(state, id, form(request)),
  ],
  [
    "POST",
    /^\/api\/v1\/access_token$/,
    ({ state, request }) => giveToken(state, request, form(request)),
  ],
  [
    "POST",
    /^\/api\/v1\/revoke_token$/,
    ({ state, request }) => revokeToken(state, request, form(request)),
  ],
  ["GET", /^\/api\/v1\/me$/, showMe, "identity"],
  [
    "GET",
    /^\/api\/v1\/(\w+)\/post_requirements$/,
    ({ state, id }) => jsonReply(200, findCommunity(state, id).requirements),
    "submit",
  ],
  [
    "GET",
    /^\/r\/([\w-]+)\/about$/,
    ({ state, id }) => jsonReply(200, aboutThing(findCommunity(state, id))),
    "read",
  ],
  ["GET", /^\/r\/([\w-]+)\/api\/link_flair_v2$/, showFlairs, "flair"],
  [
    "GET",
    /^\/subreddits\/mine\/moderator$/,
    communities(({ is_moderator }) => is_moderator),
    "mysubreddits",
  ],
  [
    "GET",
    /^\/subreddits\/mine\/subscriber$/,
    communities(({ is_member }) => is_member),
    "mysubreddits",
  ],
  [
    "GET",
    /^\/subreddits\/search$/,
    communities(({ name, title }, words) =>
      `${name} ${title}`.toLowerCase().includes(words)
    ),
    "read",
  ],
  ["GET", /^\/user\/[\w-]+\/submitted$/, ownPosts, "history"],
  [
    "GET",
    /^\/user\/[\w-]+\/comments$/,
    ({ state, request }) =>
      listing(
        [...state.comments]
          .reverse()
          .map((comment) => commentThing(state, comment)),
        request
      ),
    "history",
  ],
  ["GET", /^\/api\/info$/, info, "read"],
  [
    "POST",
    /^\/api\/media\/asset$/,
    ({ state, request, url }) => leaseUpload(state, form(request), url),
    "submit",
  ],
  [
    "POST",
    /^\/api\/submit$/,
    ({ state, request, url }) => submitPost(state, fieldsIn(request), url),
    "submit",
  ],
  [
    "POST",
    /^\/api\/submit_gallery_post$/,
    ({ state, request, url }) => submitGallery(state, json(request), url),
    "submit",
  ],
  [
    "POST",
    /^\/api\/comment$/,
    ({ state, request }) => addComment(state, fieldsIn(request)),
    "submit",
  ],
  ["POST", /^\/api\/del$/, remove, "edit"],
]

function showMe({ state, url }: Call): Reply {
  const profile = findCommunity(state, `u_${USER.name}`)
  return jsonReply(200, {
    ...USER,
    icon_img: `${url}/i.redd.it/avatar.png?s=1`,
    is_suspended: state.is_suspended,
    has_verified_email: true,
    total_karma: 4200,
    link_karma: 4000,
    comment_karma: 200,
    subreddit: {
      display_name: profile.name,
      title: profile.title,
      subscribers: profile.subscribers,
    },
  })
}

function showFlairs({ state, id }: Call): Reply {
  const { flairs } = findCommunity(state, id)
  if (!flairs.length) {
    throw new Refusal(403, "Forbidden", { error: 403 })
  }
  return jsonReply(
    200,
    flairs.map((flair) => ({
      ...flair,
      type: "text",
      mod_only: false,
      allowable_content: "all",
      background_color: "",
      text_color: "dark",
    }))
  )
}

const isLetIn = /^[\w.]+:[\w.-]+:[\w.]+ \(by \/u\/[\w-]+\)$/

/** What Reddit says of the app's requests with each response. */
const allowanceOf = ({ allowance }: State): Record<string, string> => ({
  "x-ratelimit-used": String(allowance.used),
  "x-ratelimit-remaining": `${Math.max(allowance.limit - allowance.used, 0)}.0`,
  "x-ratelimit-reset": String(allowance.reset),
})

/** @throws {Refusal} 429, 401, 403 */
const admit = (
  state: State,
  request: SimulatorRequest,
  scope: string
): void => {
  if (!isLetIn.test(request.headers["user-agent"] ?? "")) {
    throw new Refusal(429, "Too Many Requests", { error: 429 })
  }
  state.allowance.used += 1
  if (state.allowance.used > state.allowance.limit) {
    throw new Refusal(429, "Too Many Requests", { error: 429 })
  }
  requireScope(state, request, scope)
}

const respond = (
  state: State,
  request: SimulatorRequest,
  url: string
): Reply => {
  const path = request.url.pathname.replace(/(?<=.)(?:\.json)?\/?$/, "")
  try {
    for (const [method, pattern, handler, scope] of ROUTES) {
      const found = method === request.method && pattern.exec(path)
      if (found) {
        if (scope) {
          admit(state, request, scope)
        }
        const reply = handler({ state, request, url, id: found[1] ?? "" })
        return scope
          ? { ...reply, headers: { ...reply.headers, ...allowanceOf(state) } }
          : reply
      }
    }
    throw new Refusal(404, "Not Found", { error: 404 })
  } catch (error) {
    if (error instanceof Refusal) {
      return jsonReply(
        error.status,
        { message: error.message, error: error.status, ...error.more },
        { ...allowanceOf(state), ...error.headers }
      )
    }
    throw error
  }
}

const ALL_SCOPES = "identity read submit flair mysubreddits history edit"

/**
 * Starts a simulated Reddit: consent page and tokens, communities with their
 * rules and flairs, the storage for files, posts and comments.
 *
 * @param port - 0 takes a free one
 */
export const startReddit = async (port: number): Promise<RedditSimulator> => {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () =>
      state.posts.filter(
        ({ listed_at, is_deleted }) => listed_at <= Date.now() && !is_deleted
      ),
    makeTokens: (scopes = ALL_SCOPES) => {
      state.last_id += 1
      const access_token = `simulated-access-${state.last_id}`
      const refresh_token = `simulated-refresh-${state.last_id}`
      state.tokens.set(access_token, {
        scopes: scopes.split(" "),
        refresh_token,
        ends_at: Date.now() + state.token_ttl * 1000,
      })
      state.refresh_tokens.set(refresh_token, { scopes: scopes.split(" ") })
      return { access_token, refresh_token }
    },
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
