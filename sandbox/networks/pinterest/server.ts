import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import { registerMedia, showMedia, store } from "./media"
import { askConsent, decide, giveToken, requireScopes } from "./oauth"
import { overview } from "./page"
import {
  createPin,
  deletePin,
  listBoards,
  listPins,
  listSections,
  showPin,
} from "./pins"
import {
  newState,
  Refusal,
  type State,
  type StoredFile,
  type StoredPin,
  USER,
} from "./state"

export type PinterestSimulator = Simulator & {
  /** What there is, and how Pinterest behaves: tests may change it. */
  state: State
  /** All pins, oldest first. */
  posts(): StoredPin[]
  /** Tokens as a person's consent brings them. */
  makeTokens(scopes?: readonly string[]): {
    access_token: string
    refresh_token: string
  }
  /** Makes everything new. */
  reset(): void
}

type Call = {
  state: State
  request: SimulatorRequest
  url: string
  ids: string[]
}

type Route = [
  method: string,
  path: RegExp,
  handler: (call: Call) => Reply | Promise<Reply>,
  /** All of which are needed. */
  scopes?: readonly string[],
]

const READ_BOARDS = ["boards:read"]
const READ = ["boards:read", "pins:read"]
const WRITE = ["boards:read", "boards:write", "pins:read", "pins:write"]
const USERS = ["user_accounts:read"]

const fileReply = (file: StoredFile | undefined): Reply =>
  file
    ? {
        status: 200,
        headers: { "content-type": file.content_type },
        body: file.file,
      }
    : { status: 404, headers: {}, body: "" }

const ROUTES: Route[] = [
  ["GET", /^\/(?:posts|pin\/\d+\/)?$/, ({ state }) => overview(state)],
  [
    "GET",
    /^\/files\/(\d+)\/(\d)$/,
    ({ state, ids: [id, index] }) =>
      fileReply(state.pins.find((pin) => pin.id === id)?.files[Number(index)]),
  ],
  [
    "GET",
    /^\/covers\/(\d+)$/,
    ({ state, ids: [id] }) => {
      const cover = state.pins.find((pin) => pin.id === id)?.cover
      return fileReply(typeof cover === "object" && cover ? cover : undefined)
    },
  ],
  ["GET", /^\/oauth\/$/, ({ state, request }) => askConsent(state, request)],
  [
    "POST",
    /^\/oauth\/consent\/([\w-]+)$/,
    ({ state, ids: [id], request }) =>
      decide(state, id, new URLSearchParams(request.body.toString())),
  ],
  [
    "POST",
    /^\/v5\/oauth\/token$/,
    ({ state, request }) => giveToken(state, request),
  ],
  ["POST", /^\/storage\/$/, ({ state, request }) => store(state, request)],
  ["GET", /^\/v5\/user_account$/, showUser, USERS],
  ["GET", /^\/v5\/user_account\/analytics$/, showReport, USERS],
  [
    "GET",
    /^\/v5\/boards$/,
    ({ state, request }) => listBoards(state, request),
    READ_BOARDS,
  ],
  [
    "GET",
    /^\/v5\/boards\/(\d+)\/sections$/,
    ({ state, request, ids: [id] }) => listSections(state, request, id),
    READ_BOARDS,
  ],
  [
    "GET",
    /^\/v5\/boards\/(\d+)\/(?:sections\/(\d+)\/)?pins$/,
    ({ state, request, ids: [id, section] }) =>
      listPins(state, request, id, section),
    READ,
  ],
  [
    "POST",
    /^\/v5\/media$/,
    ({ state, request, url }) => registerMedia(state, request, url),
    ["pins:read", "pins:write"],
  ],
  [
    "GET",
    /^\/v5\/media\/(\d+)$/,
    ({ state, ids: [id] }) => showMedia(state, id),
    ["pins:read"],
  ],
  [
    "POST",
    /^\/v5\/pins$/,
    ({ state, request }) => createPin(state, request),
    WRITE,
  ],
  [
    "GET",
    /^\/v5\/pins\/(\d+)$/,
    ({ state, request, ids: [id] }) => showPin(state, request, id),
    READ,
  ],
  [
    "DELETE",
    /^\/v5\/pins\/(\d+)$/,
    ({ state, ids: [id] }) => deletePin(state, id),
    WRITE,
  ],
]

function showUser({ state }: Call): Reply {
  const { boards, pins, is_business } = state
  return jsonReply(200, {
    ...USER,
    ...(!is_business && { account_type: "PINNER", business_name: null }),
    board_count: boards.length,
    pin_count: pins.length,
  })
}

function showReport({ state, request }: Call): Reply {
  if (!state.is_business) {
    throw new Refusal(
      403,
      403,
      "Not authorized to access the user account analytics."
    )
  }
  const { searchParams } = request.url
  const start = Date.parse(searchParams.get("start_date") ?? "")
  const end = Date.parse(searchParams.get("end_date") ?? "")
  if (!(end - start <= 90 * 86_400_000)) {
    throw new Refusal(400, 400, "Invalid user accounts analytics parameters.")
  }
  return jsonReply(200, {
    all: {
      daily_metrics: [],
      summary_metrics: {
        IMPRESSION: 240,
        PIN_CLICK: 37,
        OUTBOUND_CLICK: 20,
        SAVE: 12,
      },
    },
  })
}

/** @throws {Refusal} 429 once the minute's requests are used up */
function count({ calls }: State): void {
  if (calls.used >= calls.limit) {
    throw new Refusal(
      429,
      8,
      "This request exceeded a rate limit. This can happen if the client exceeds one of the published rate limits within a short time window.",
      {
        "x-ratelimit-limit": `${calls.limit}, ${calls.limit};w=60;name="org_write_app_id_user_id"`,
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(calls.reset_s),
      }
    )
  }
  calls.used += 1
}

async function respond(
  state: State,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  try {
    for (const [method, path, handler, scopes] of ROUTES) {
      const found = method === request.method && path.exec(request.url.pathname)
      if (found) {
        if (scopes) {
          requireScopes(state, request, scopes)
          count(state)
        }
        return await handler({ state, request, url, ids: found.slice(1) })
      }
    }
    return jsonReply(404, { code: 0, message: "API method not found." })
  } catch (error) {
    if (error instanceof Refusal) {
      return jsonReply(error.status, error.body, error.headers)
    }
    throw error
  }
}

const ALL = [...new Set([...WRITE, ...USERS])]

/**
 * Starts a simulated Pinterest: consent page, tokens with continuous refresh, and
 * the API v5 of one account with boards, sections, pins, uploads by a storage
 * and their processing, figures, rate limits and Trial access.
 *
 * @param port - 0 takes a free one
 */
export async function startPinterest(
  port: number
): Promise<PinterestSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.pins,
    makeTokens: (scopes = ALL) => {
      state.last_id += 1
      const access_token = `pina_simulated${state.last_id}`
      const refresh_token = `pinr.simulated${state.last_id}`
      const ends_at = Date.now() + state.token_ttl * 1000
      state.tokens.set(access_token, { scopes: [...scopes], ends_at })
      state.refresh_tokens.set(refresh_token, { scopes: [...scopes], ends_at })
      return { access_token, refresh_token }
    },
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
