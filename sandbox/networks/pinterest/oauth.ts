import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { APP_ID, APP_SECRET, type Grant, Refusal, type State } from "./state"

const secret = (): string => randomBytes(32).toString("base64url")

const KNOWN: Record<string, string> = {
  "boards:read": "See your public boards, including group boards you join",
  "boards:read_secret": "See your secret boards",
  "boards:write": "Create, update, or delete your public boards",
  "boards:write_secret": "Create, update, or delete your secret boards",
  "pins:read": "See your public Pins",
  "pins:read_secret": "See your secret Pins",
  "pins:write": "Create, update, or delete your public Pins",
  "pins:write_secret": "Create, update, or delete your secret Pins",
  "user_accounts:read": "See your user accounts and followers",
}

const refuse = (code: string, advice: string): Reply =>
  messageReply(400, "Something went wrong", advice, code)

/** `GET /oauth/`: the consent page, or why there is none. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  const scopes = (asked.scope ?? "").split(",").filter(Boolean)
  if (asked.client_id !== APP_ID) {
    return refuse("invalid_client", "The app is not known.")
  }
  if (!URL.canParse(asked.redirect_uri ?? "")) {
    return refuse("invalid_redirect_uri", "The redirect URI is not the app's.")
  }
  if (!scopes.length || !scopes.every((scope) => KNOWN[scope])) {
    return refuse("invalid_scope", "The app asks for what there is not.")
  }
  if (asked.response_type !== "code") {
    return refuse("unsupported_response_type", "Ask for a code.")
  }
  const id = secret()
  state.requests.set(id, {
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state ?? null,
  })
  return consentPage({
    title: "Sign in with a simulated Pinterest account",
    letter: "P",
    heading: "Your shop would like access to your Pinterest account",
    account: "@adasshop",
    scopes: scopes.map((scope) => KNOWN[scope]),
    action: `/oauth/consent/${id}`,
    allow: "Give access",
  })
}

/** What the person has pressed on the consent page. */
export const decide = (
  state: State,
  id: string,
  body: URLSearchParams
): Reply =>
  decideOn(state.requests, id, body.get("decision"), (grant) => {
    const code = secret()
    state.codes.set(code, grant)
    return { code }
  })

const LOGIN = `Basic ${Buffer.from(`${APP_ID}:${APP_SECRET}`).toString("base64")}`

const INVALID_GRANT = new Refusal(
  401,
  283,
  "The authorization grant is invalid"
)

/** `POST /v5/oauth/token`: the app proves itself by HTTP Basic alone. */
export function giveToken(
  state: State,
  { headers, body }: SimulatorRequest
): Reply {
  const asked = new URLSearchParams(body.toString())
  if (headers.authorization !== LOGIN) {
    throw new Refusal(401, 2, "Authentication failed.")
  }
  switch (asked.get("grant_type")) {
    case "authorization_code":
      return exchange(state, asked)
    case "refresh_token":
      return refresh(state, asked.get("refresh_token") ?? "")
    default:
      throw new Refusal(400, 1, "Invalid request: grant_type")
  }
}

function exchange(state: State, asked: URLSearchParams): Reply {
  const code = asked.get("code") ?? ""
  const grant: Grant | undefined = state.codes.get(code)
  state.codes.delete(code)
  if (!grant || grant.redirect_uri !== asked.get("redirect_uri")) {
    throw INVALID_GRANT
  }
  return tokenReply(
    state,
    "authorization_code",
    grant.scopes,
    asked.get("continuous_refresh") === "true"
  )
}

/** A continuous refresh token is replaced by each refresh. */
function refresh(state: State, token: string): Reply {
  const known = state.refresh_tokens.get(token)
  state.refresh_tokens.delete(token)
  if (!known || known.ends_at <= Date.now()) {
    throw INVALID_GRANT
  }
  return tokenReply(state, "refresh_token", known.scopes, true)
}

const REFRESH_TTL = 5_184_000

function tokenReply(
  state: State,
  response_type: string,
  scopes: string[],
  isContinuous: boolean
): Reply {
  const access_token = `pina_${secret()}`
  const refresh_token = `pinr.${secret()}`
  state.tokens.set(access_token, {
    scopes,
    ends_at: Date.now() + state.token_ttl * 1000,
  })
  const ends_at = Date.now() + REFRESH_TTL * 1000
  if (isContinuous) {
    state.refresh_tokens.set(refresh_token, { scopes, ends_at })
  }
  return jsonReply(200, {
    response_type,
    access_token,
    token_type: "bearer",
    expires_in: state.token_ttl,
    scope: scopes.join(" "),
    ...(isContinuous && {
      refresh_token,
      refresh_token_expires_in: REFRESH_TTL,
      refresh_token_expires_at: Math.floor(ends_at / 1000),
    }),
  })
}

/**
 * Refuses a request without a token for these scopes.
 *
 * @throws {Refusal} 401
 */
export function requireScopes(
  state: State,
  { headers }: SimulatorRequest,
  scopes: readonly string[]
): void {
  const [, value] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? []
  const token = state.tokens.get(value ?? "")
  if (!token || token.ends_at <= Date.now()) {
    throw new Refusal(401, 2, "Authentication failed.")
  }
  if (!scopes.every((scope) => token.scopes.includes(scope))) {
    throw new Refusal(
      401,
      3,
      "Your token does not have sufficient permissions to perform this operation. Please ensure your token is authorized with the correct set of scopes."
    )
  }
}
