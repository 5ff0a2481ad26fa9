import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  append,
  contentsOf,
  describeMedia,
  finalize,
  initialize,
  statusOf,
} from "./media"
import {
  askConsent,
  askPerson,
  decide,
  giveToken,
  makeTokens,
  requireAccess,
  revokeToken,
} from "./oauth"
import {
  decideSigned,
  giveAccessToken,
  giveRequestToken,
  invalidateToken,
  makeSignedTokens,
} from "./oauth1"
import { postsPage } from "./page"
import {
  createPost,
  deletePost,
  limitHeaders,
  listPosts,
  showPost,
} from "./posts"
import {
  invalidRequest,
  newState,
  Refusal,
  type State,
  type StoredPost,
} from "./state"

export type XSimulator = Simulator & {
  /** What there is, and how X behaves: tests may change it. */
  state: State
  /** What was published, oldest first. */
  posts(): StoredPost[]
  /** Tokens of OAuth 2, as a consent brings them. */
  makeTokens(scopes?: string): { access_token: string; refresh_token: string }
  /** Tokens of OAuth 1.0a, as the Developer Console makes them. */
  makeSignedTokens(): { access_token: string; access_token_secret: string }
  /** Makes everything new. */
  reset(): void
}

type Handler = (call: {
  state: State
  request: SimulatorRequest
  url: string
  body: Record<string, unknown>
  id: string
}) => Reply

/** By either login; with OAuth 2, it needs these scopes. */
const withAccess =
  (scopes: readonly string[], handler: Handler): Handler =>
  (call) => {
    requireAccess(call.state, call.request, scopes)
    return handler(call)
  }

const READ = ["tweet.read", "users.read"]
const WRITE = [...READ, "tweet.write"]
const MEDIA = ["media.write"]

const presentUser = (
  { user }: State,
  url: string,
  fields: readonly string[]
): object => {
  const all: Record<string, unknown> = {
    subscription_type: user.subscription_type,
    verified_type: user.verified_type,
    profile_image_url: `${url}/avatar.svg`,
    public_metrics: {
      followers_count: 128,
      following_count: 12,
      post_count: 34,
      listed_count: 2,
    },
  }
  const { id, name, username } = user
  return {
    ...{ id, name, username },
    ...Object.fromEntries(
      Object.entries(all).filter(([field]) => fields.includes(field))
    ),
  }
}

const AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'

const ROUTES: [string, RegExp, Handler][] = [
  [
    "GET",
    /^\/(?:posts|adasshop(?:\/status\/\d+)?)?$/,
    ({ state }) => postsPage(state),
  ],
  [
    "GET",
    /^\/avatar\.svg$/,
    () => ({
      status: 200,
      headers: { "content-type": "image/svg+xml" },
      body: AVATAR,
    }),
  ],
  [
    "GET",
    /^\/media\/(\d+)$/,
    ({ state, id }) => {
      const media = state.media.find((one) => one.id === id)
      return media
        ? {
            status: 200,
            headers: { "content-type": media.media_type },
            body: contentsOf(media),
          }
        : jsonReply(404, {})
    },
  ],
  [
    "GET",
    /^\/i\/oauth2\/authorize$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/i\/oauth2\/authorize\/([\w-]+)$/,
    ({ state, id, body }) => decide(state, id, body),
  ],
  [
    "POST",
    /^\/2\/oauth2\/token$/,
    ({ state, request, body }) => giveToken(state, request, body),
  ],
  [
    "POST",
    /^\/2\/oauth2\/revoke$/,
    ({ state, request, body }) => revokeToken(state, request, body),
  ],
  [
    "POST",
    /^\/oauth\/request_token$/,
    ({ state, request }) => giveRequestToken(state, request),
  ],
  [
    "GET",
    /^\/oauth\/authorize$/,
    ({ state, request }) =>
      askPerson(
        state,
        `/oauth/authorize/${request.url.searchParams.get("oauth_token")}`,
        ["tweet.read", "tweet.write", "users.read"]
      ),
  ],
  [
    "POST",
    /^\/oauth\/authorize\/([\w-]+)$/,
    ({ state, id, body }) => decideSigned(state, id, body),
  ],
  [
    "POST",
    /^\/oauth\/access_token$/,
    ({ state, request }) => giveAccessToken(state, request),
  ],
  [
    "POST",
    /^\/1\.1\/oauth\/invalidate_token(?:\.json)?$/,
    ({ state, request }) => invalidateToken(state, request),
  ],
  [
    "GET",
    /^\/2\/users\/me$/,
    withAccess(READ, ({ state, request, url }) => {
      const fields = request.url.searchParams.get("user.fields") ?? ""
      return jsonReply(200, {
        data: presentUser(state, url, fields.split(",")),
      })
    }),
  ],
  [
    "GET",
    /^\/2\/users\/(\d+)\/tweets$/,
    withAccess(READ, ({ state, request, id }) =>
      listPosts(state, id, request.url.searchParams)
    ),
  ],
  [
    "POST",
    /^\/2\/tweets$/,
    withAccess(WRITE, ({ state, body }) => createPost(state, body)),
  ],
  [
    "GET",
    /^\/2\/tweets\/(\d+)$/,
    withAccess(READ, ({ state, request, id }) =>
      showPost(state, id, request.url.searchParams)
    ),
  ],
  [
    "DELETE",
    /^\/2\/tweets\/(\d+)$/,
    withAccess(WRITE, ({ state, id }) => deletePost(state, id)),
  ],
  [
    "POST",
    /^\/2\/media\/upload\/initialize$/,
    withAccess(MEDIA, ({ state, body }) => initialize(state, body)),
  ],
  [
    "POST",
    /^\/2\/media\/upload\/(\d+)\/append$/,
    withAccess(MEDIA, ({ state, request, id }) => append(state, id, request)),
  ],
  [
    "POST",
    /^\/2\/media\/upload\/(\d+)\/finalize$/,
    withAccess(MEDIA, ({ state, id }) => finalize(state, id)),
  ],
  [
    "GET",
    /^\/2\/media\/upload$/,
    withAccess(MEDIA, ({ state, request }) =>
      statusOf(state, request.url.searchParams)
    ),
  ],
  [
    "POST",
    /^\/2\/media\/metadata$/,
    withAccess(MEDIA, ({ state, body }) => describeMedia(state, body)),
  ],
]

/** A body in JSON or as a form of text fields; files are read by who takes them. */
function readBody({ headers, body }: SimulatorRequest) {
  const type = headers["content-type"] ?? ""
  if (type.includes("json")) {
    try {
      return JSON.parse(body.toString() || "{}") as Record<string, unknown>
    } catch {
      throw invalidRequest("The request body is not valid JSON.")
    }
  }
  return type.includes("multipart")
    ? {}
    : Object.fromEntries(new URLSearchParams(body.toString()))
}

function respond(state: State, request: SimulatorRequest, url: string): Reply {
  const { method, url: asked } = request
  try {
    for (const [verb, path, handler] of ROUTES) {
      const found = verb === method && path.exec(asked.pathname)
      if (found) {
        const id = found[1] ?? ""
        return handler({ state, request, url, body: readBody(request), id })
      }
    }
    return jsonReply(404, {
      title: "Not Found",
      detail: "Not Found",
      type: "about:blank",
      status: 404,
    })
  } catch (error) {
    if (error instanceof Refusal) {
      const limits = error.status === 429 ? limitHeaders(state) : {}
      return jsonReply(error.status, error.body, {
        ...limits,
      })
    }
    throw error
  }
}

/**
 * Starts X with one account, `@adasshop`, and one app with both of X's logins:
 * consent pages, tokens, files in pieces, posts, lists, prices and limits, as
 * docs.x.com describes them.
 *
 * @param port - 0 takes a free one
 */
export async function startX(port: number): Promise<XSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.posts,
    makeTokens: (
      scopes = "tweet.read tweet.write users.read media.write offline.access"
    ) => makeTokens(state, scopes.split(" ")),
    makeSignedTokens: () => makeSignedTokens(state),
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
