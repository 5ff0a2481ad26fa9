import { createHmac } from "node:crypto"
import { type Answer, type FakeService, startFakeService } from "./fake-service"

type Json = Record<string, unknown>

/** Its `url` is what a platform has as its base address. */
export interface MetaGraph extends FakeService {
  /** What the Graph API knows; tests change it. */
  state: MetaGraphState
  /** One of the Graph API's own failures, for `answer`. */
  error: (code: number, subcode?: number, message?: string) => Json
}

export interface MetaGraphState {
  token: string
  app_id: string
  app_secret: string
  /** Whether the app demands a proof of its secret. */
  requires_proof: boolean
  /** In s since the epoch; 0 for a token that does not end. */
  expires_at: number
  /** In s since the epoch; 0 for an access to data that does not end. */
  data_access_expires_at: number
  /** Whether the token was revoked. */
  revoked: boolean
  user: { id: string; name: string }
  business: { id: string; name: string }
  /** Lists by `<holder>/<edge>`. */
  edges: Record<string, Json[]>
}

/** Entries of one page of a list: few, so that lists have several pages. */
const PAGE_SIZE = 2

const initialState = (): MetaGraphState => ({
  token: "EAAsystemUserToken0123456789",
  app_id: "700100",
  app_secret: "meta-app-secret-5f1c",
  requires_proof: false,
  expires_at: 0,
  data_access_expires_at: 0,
  revoked: false,
  user: { id: "9001", name: "Store robot" },
  business: { id: "5001", name: "Example Trading" },
  edges: {
    "me/adaccounts": [{ id: "act_11", name: "Spring" }],
    "me/accounts": [
      {
        id: "21",
        name: "Example Store",
        username: "examplestore",
        link: "https://www.facebook.com/examplestore",
        picture: { data: { url: "https://scontent.example/21.png" } },
      },
    ],
    "5001/owned_ad_accounts": [
      { id: "act_11", name: "Spring" },
      { id: "act_12", name: "Summer" },
      { id: "act_13", name: "Autumn" },
    ],
    "5001/client_ad_accounts": [{ id: "act_14", name: "A client's" }],
    "5001/owned_pages": [{ id: "21", name: "Example Store" }],
    "5001/client_pages": [
      { id: "21", name: "Example Store" },
      { id: "22", name: "A client's page" },
    ],
  },
})

const graphError = (
  code: number,
  subcode?: number,
  message?: string
): Json => ({
  error: {
    message: message ?? `Error ${code}.`,
    type: "OAuthException",
    code,
    ...(subcode && { error_subcode: subcode }),
    fbtrace_id: "AbCdEf123",
  },
})

const failure = (
  status: number,
  code: number,
  subcode?: number,
  message?: string
): Answer => ({ status, body: graphError(code, subcode, message) })

const proofOf = ({ token, app_secret }: MetaGraphState): string =>
  createHmac("sha256", app_secret).update(token).digest("hex")

/** What Meta refuses about a request of the system user. */
const refusal = (
  state: MetaGraphState,
  token: string,
  proof: string | null
): Answer | undefined => {
  if (token !== state.token) {
    return failure(400, 190, undefined, "Invalid OAuth access token.")
  }
  if (state.revoked) {
    return failure(400, 190, 460, "The session has been invalidated.")
  }
  if (state.expires_at && state.expires_at * 1000 <= Date.now()) {
    return failure(400, 190, 463, "Session has expired.")
  }
  if (proof !== null && proof !== proofOf(state)) {
    return failure(
      400,
      100,
      undefined,
      "Invalid appsecret_proof provided in the API argument"
    )
  }
  if (proof === null && state.requires_proof) {
    return failure(
      400,
      100,
      undefined,
      "API calls from the server require an appsecret_proof argument"
    )
  }
  return undefined
}

const debugToken = (
  state: MetaGraphState,
  appToken: string,
  inputToken: string | null
): Answer => {
  if (appToken !== `${state.app_id}|${state.app_secret}`) {
    return failure(400, 190, undefined, "Invalid OAuth access token signature.")
  }
  const refused = refusal(state, inputToken ?? "", proofOf(state))
  const { code, error_subcode } = ((
    refused?.body as { error?: Json } | undefined
  )?.error ?? {}) as Json
  return {
    status: 200,
    body: {
      data: {
        app_id: state.app_id,
        type: "SYSTEM_USER",
        is_valid: !refused,
        expires_at: state.expires_at,
        data_access_expires_at: state.data_access_expires_at,
        scopes: ["ads_read", "business_management", "pages_show_list"],
        user_id: state.user.id,
        ...(refused && {
          error: { code, subcode: error_subcode, message: "It is not valid." },
        }),
      },
    },
  }
}

/** A page of a list; its `next` carries the token, as Meta's does. */
const listPage = (state: MetaGraphState, url: URL, entries: Json[]): Answer => {
  const start = Number(url.searchParams.get("after") ?? 0)
  const end = start + PAGE_SIZE
  const next = new URL(url)
  next.searchParams.set("after", String(end))
  next.searchParams.set("access_token", state.token)
  return {
    status: 200,
    body: {
      data: entries.slice(start, end),
      paging: {
        cursors: { before: String(start), after: String(end) },
        ...(end < entries.length && { next: next.href }),
      },
    },
  }
}

const route = (state: MetaGraphState, url: URL, token: string): Answer => {
  const [, version, ...rest] = url.pathname.split("/")
  if (!/^v\d+\.\d+$/.test(version ?? "")) {
    return failure(400, 2635, undefined, "This version is not available.")
  }
  const path = rest.join("/")
  if (path === "debug_token") {
    return debugToken(state, token, url.searchParams.get("input_token"))
  }
  const refused = refusal(state, token, url.searchParams.get("appsecret_proof"))
  if (refused) {
    return refused
  }
  const node = { me: state.user, [state.business.id]: state.business }[path]
  if (node) {
    return { status: 200, body: node }
  }
  const entries = state.edges[path]
  return entries
    ? listPage(state, url, entries)
    : failure(400, 100, 33, "Unsupported get request.")
}

/** Stands in for Meta's Graph API, as far as a system user sees it. */
export const startMetaGraph = async (): Promise<MetaGraph> => {
  const state = initialState()
  const service = await startFakeService(({ url, headers }) =>
    route(state, url, (headers.authorization ?? "").replace(/^Bearer /, ""))
  )
  return {
    ...service,
    state,
    error: graphError,
    reset: () => {
      service.reset()
      Object.assign(state, initialState())
    },
  }
}
