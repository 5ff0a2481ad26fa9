import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  presentAccount,
  presentFirstInstance,
  presentInstance,
  presentOwnAccount,
} from "./instance"
import { changeMedia, showMedia, upload, uploadLimitEnd } from "./media"
import {
  askConsent,
  decide,
  giveToken,
  registerApp,
  requireToken,
  revokeToken,
} from "./oauth"
import { postsPage } from "./page"
import { newState, Refusal, type State, type StoredStatus } from "./state"
import {
  createStatus,
  findStatus,
  listStatuses,
  presentStatus,
} from "./statuses"

export type MastodonSimulator = Simulator & {
  /** What there is, and how the instance behaves: tests may change it. */
  state: State
  /** What was published, oldest first. */
  posts(): StoredStatus[]
  /** A token as a person makes it in the preferences of the account. */
  makeToken(scopes?: string): string
  /** Makes everything new. */
  reset(): void
}

type Handler = (call: {
  state: State
  request: SimulatorRequest
  url: string
  body: Record<string, unknown>
  id: string
}) => Reply | Promise<Reply>

const AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#6364ff"/></svg>'

const ROUTES: [string, RegExp, Handler][] = [
  ["GET", /^\/(?:posts|@ada(?:\/\d+)?)?$/, ({ state }) => postsPage(state)],
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
            headers: { "content-type": media.content_type },
            body: media.body,
          }
        : jsonReply(404, { error: "Record not found" })
    },
  ],
  ["POST", /^\/api\/v1\/apps$/, ({ state, body }) => registerApp(state, body)],
  [
    "GET",
    /^\/oauth\/authorize$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/oauth\/authorize\/([\w-]+)$/,
    ({ state, id, body }) => decide(state, id, body),
  ],
  [
    "POST",
    /^\/oauth\/token$/,
    ({ state, request, body }) => giveToken(state, request, body),
  ],
  [
    "POST",
    /^\/oauth\/revoke$/,
    ({ state, request, body }) => revokeToken(state, request, body),
  ],
  [
    "GET",
    /^\/api\/v2\/instance$/,
    ({ state, url }) =>
      state.has_v2
        ? jsonReply(200, presentInstance(state, url))
        : jsonReply(404, { error: "Not found" }),
  ],
  [
    "GET",
    /^\/api\/v1\/instance$/,
    ({ state, url }) => jsonReply(200, presentFirstInstance(state, url)),
  ],
  [
    "GET",
    /^\/api\/v1\/accounts\/verify_credentials$/,
    ({ state, request, url }) => {
      requireToken(state, request, "read:accounts")
      return jsonReply(200, presentOwnAccount(state, url))
    },
  ],
  [
    "GET",
    /^\/api\/v1\/accounts\/1$/,
    ({ state, url }) => jsonReply(200, presentAccount(state, url)),
  ],
  [
    "GET",
    /^\/api\/v1\/accounts\/1\/statuses$/,
    ({ state, request, url }) => {
      requireToken(state, request, "read:statuses")
      return listStatuses(state, request.url.searchParams, url)
    },
  ],
  [
    "POST",
    /^\/api\/v2\/media$/,
    ({ state, request, url }) => {
      requireToken(state, request, "write:media")
      return upload(state, request, url)
    },
  ],
  [
    "GET",
    /^\/api\/v1\/media\/(\d+)$/,
    ({ state, request, url, id }) => {
      requireToken(state, request, "write:media")
      return showMedia(state, id, url)
    },
  ],
  [
    "PUT",
    /^\/api\/v1\/media\/(\d+)$/,
    ({ state, request, url, id }) => {
      requireToken(state, request, "write:media")
      return changeMedia(state, id, request, url)
    },
  ],
  [
    "POST",
    /^\/api\/v1\/statuses$/,
    ({ state, request, body, url }) => {
      const { client_id } = requireToken(state, request, "write:statuses")
      const app = state.apps.find((one) => one.client_id === client_id)
      const key = request.headers["idempotency-key"]
      return createStatus(
        state,
        body,
        typeof key === "string" ? key : undefined,
        app?.name ?? null,
        url
      )
    },
  ],
  [
    "GET",
    /^\/api\/v1\/statuses\/(\d+)$/,
    ({ state, request, url, id }) => {
      requireToken(state, request, "read:statuses")
      return jsonReply(200, presentStatus(state, findStatus(state, id), url))
    },
  ],
  [
    "DELETE",
    /^\/api\/v1\/statuses\/(\d+)$/,
    ({ state, request, url, id }) => {
      requireToken(state, request, "write:statuses")
      const status = findStatus(state, id)
      state.statuses = state.statuses.filter((one) => one !== status)
      return jsonReply(200, {
        ...presentStatus(state, status, url),
        text: status.text,
      })
    },
  ],
  [
    "POST",
    /^\/api\/v1\/statuses\/(\d+)\/favourite$/,
    ({ state, request, url, id }) => {
      requireToken(state, request, "write:favourites")
      const status = findStatus(state, id)
      status.favourites += 1
      return jsonReply(200, presentStatus(state, status, url))
    },
  ],
]

/** A body in JSON or as a form of text fields; files are read by who takes them. */
function readBody({ headers, body }: SimulatorRequest) {
  const type = headers["content-type"] ?? ""
  if (type.includes("json")) {
    try {
      return JSON.parse(body.toString() || "{}") as Record<string, unknown>
    } catch {
      throw new Refusal(400, "The body is not valid JSON")
    }
  }
  return type.includes("multipart")
    ? {}
    : Object.fromEntries(new URLSearchParams(body.toString()))
}

const USUAL_LIMIT = 300

async function respond(
  state: State,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  const { method, url: asked } = request
  const isUpload = method === "POST" && asked.pathname === "/api/v2/media"
  const full = isUpload ? uploadLimitEnd(state) : null
  const limits = {
    "x-ratelimit-limit": String(isUpload ? state.media_limit : USUAL_LIMIT),
    "x-ratelimit-remaining": full ? "0" : "1",
    "x-ratelimit-reset": (
      full ?? new Date(Date.now() + 5 * 60_000)
    ).toISOString(),
  }
  if (full) {
    return jsonReply(429, { error: "Too many requests" }, limits)
  }
  try {
    for (const [verb, path, handler] of ROUTES) {
      const found = verb === method && path.exec(asked.pathname)
      if (found) {
        const id = found[1] ?? ""
        const body = readBody(request)
        const reply = await handler({ state, request, url, body, id })
        return { ...reply, headers: { ...limits, ...reply.headers } }
      }
    }
    return jsonReply(404, { error: "Not found" }, limits)
  } catch (error) {
    if (error instanceof Refusal) {
      const { status, message, more } = error
      return jsonReply(status, { error: message, ...more }, limits)
    }
    throw error
  }
}

/**
 * Starts an instance of Mastodon with one account, `@ada`: registration of
 * applications, consent page, tokens, files, posts and limits, as
 * docs.joinmastodon.org describes them.
 *
 * @param port - 0 takes a free one
 */
export async function startMastodon(port: number): Promise<MastodonSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.statuses,
    makeToken: (scopes = "read write") => {
      const token = `simulated-token-${state.tokens.size + 1}`
      state.tokens.set(token, {
        client_id: "preferences",
        scopes: scopes.split(" "),
      })
      return token
    },
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
