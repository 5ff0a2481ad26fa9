import { createHash } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { requireSignature } from "./oauth1"
import {
  APP,
  type Access,
  type Grant,
  plainProblem,
  Refusal,
  secret,
  type State,
} from "./state"

/** How long a code and an access token live, in ms. */
const CODE_MS = 30_000
const ACCESS_MS = 7_200_000

const KNOWN: Record<string, string> = {
  "tweet.read": "All the posts you can view",
  "tweet.write": "Post and repost for you",
  "users.read": "Any account you can view",
  "media.write": "Upload media for you",
  "offline.access": "Stay connected to your account until you revoke access",
}

const refuse = (detail: string): Reply =>
  messageReply(
    400,
    "Something went wrong",
    "You weren't able to give access to the App. Go back and try logging in again.",
    detail
  )

/** A page that asks for consent, by either login. */
export const askPerson = (
  state: State,
  action: string,
  scopes: readonly string[]
): Reply =>
  consentPage({
    title: "Your shop wants to access your X account",
    letter: "X",
    heading: "Your shop wants to access your X account",
    account: `@${state.user.username}, at a simulated X`,
    scopes: scopes.map((scope) => KNOWN[scope] ?? scope),
    action,
    allow: "Authorize app",
  })

/** `GET /i/oauth2/authorize`: the consent page, or why there is none. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  const scopes = (asked.scope ?? "").split(" ").filter(Boolean)
  if (asked.client_id !== APP.client_id) {
    return refuse("Value passed for the client_id was invalid.")
  }
  if (!URL.canParse(asked.redirect_uri ?? "")) {
    return refuse("Value passed for the redirect uri did not match.")
  }
  if (!scopes.length || !scopes.every((scope) => KNOWN[scope])) {
    return refuse("Value passed for the scope was invalid.")
  }
  if (
    asked.response_type !== "code" ||
    asked.code_challenge_method?.toUpperCase() !== "S256"
  ) {
    return refuse("Ask for a code, with a challenge of S256.")
  }
  if (!asked.state || asked.state.length > 500 || !asked.code_challenge) {
    return refuse("Missing required parameter [state] or [code_challenge].")
  }
  const id = secret()
  state.requests.set(id, {
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state,
    code_challenge: asked.code_challenge,
    expires_at: Infinity,
  })
  return askPerson(state, `/i/oauth2/authorize/${id}`, scopes)
}

/** What the person has pressed on the consent page. */
export const decide = (
  state: State,
  id: string,
  body: Record<string, unknown>
): Reply =>
  decideOn(state.requests, id, body.decision, (grant) => {
    const code = secret()
    state.codes.set(code, { ...grant, expires_at: Date.now() + CODE_MS })
    return { code }
  })

const tokenRefusal = (
  status: number,
  error: string,
  error_description: string
): Refusal => new Refusal(status, { error, error_description })

/** A confidential client proves itself by Basic, and by nothing else. */
const requireClient = ({ headers }: SimulatorRequest): void => {
  const [, basic = ""] = /^Basic (.+)$/i.exec(headers.authorization ?? "") ?? []
  const [id, key] = Buffer.from(basic, "base64")
    .toString()
    .split(":")
    .map(decodeURIComponent)
  if (id !== APP.client_id || key !== APP.client_secret) {
    throw tokenRefusal(
      401,
      "unauthorized_client",
      "Missing valid authorization header"
    )
  }
}

const invalid = (what: string): Refusal =>
  tokenRefusal(
    400,
    "invalid_request",
    `Value passed for the ${what} was invalid.`
  )

const isSound = (
  grant: Grant | undefined,
  { redirect_uri, code_verifier }: Record<string, unknown>
): grant is Grant =>
  grant !== undefined &&
  grant.expires_at > Date.now() &&
  grant.redirect_uri === redirect_uri &&
  grant.code_challenge ===
    createHash("sha256")
      .update(String(code_verifier ?? ""))
      .digest("base64url")

/** `POST /2/oauth2/token`: a refresh token works once. */
export function giveToken(
  state: State,
  request: SimulatorRequest,
  body: Record<string, unknown>
): Reply {
  requireClient(request)
  if (body.grant_type === "authorization_code") {
    const code = String(body.code)
    const grant = state.codes.get(code)
    state.codes.delete(code)
    if (!isSound(grant, body)) {
      throw invalid("authorization code")
    }
    return tokenReply(state, grant.scopes)
  }
  if (body.grant_type !== "refresh_token") {
    throw tokenRefusal(
      400,
      "unsupported_grant_type",
      "Value passed for the grant type was invalid."
    )
  }
  const access = state.refresh_tokens.get(String(body.refresh_token))
  state.refresh_tokens.delete(String(body.refresh_token))
  if (!access) {
    throw invalid("token")
  }
  return tokenReply(state, access.scopes)
}

/** Makes tokens as a consent does. */
export function makeTokens(
  state: State,
  scopes: string[]
): { access_token: string; refresh_token: string } {
  const tokens = { access_token: secret(), refresh_token: secret() }
  state.tokens.set(tokens.access_token, {
    scopes,
    expires_at: Date.now() + ACCESS_MS,
    refresh_token: tokens.refresh_token,
  })
  if (scopes.includes("offline.access")) {
    state.refresh_tokens.set(tokens.refresh_token, { scopes })
  }
  return tokens
}

const tokenReply = (state: State, scopes: string[]): Reply => {
  const { access_token, refresh_token } = makeTokens(state, scopes)
  return jsonReply(200, {
    token_type: "bearer",
    expires_in: ACCESS_MS / 1000,
    access_token,
    scope: scopes.join(" "),
    ...(state.refresh_tokens.has(refresh_token) && { refresh_token }),
  })
}

/** `POST /2/oauth2/revoke` */
export function revokeToken(
  state: State,
  request: SimulatorRequest,
  body: Record<string, unknown>
): Reply {
  requireClient(request)
  const token = String(body.token)
  state.tokens.delete(token)
  state.refresh_tokens.delete(token)
  return jsonReply(200, { revoked: true })
}

const unauthorized = (): Refusal =>
  plainProblem(401, "Unauthorized", "Unauthorized")

/**
 * Whose request it is, by either login.
 *
 * @param scopes - that the request needs with OAuth 2
 * @throws {Refusal} 401, 403
 */
export function requireAccess(
  state: State,
  request: SimulatorRequest,
  scopes: readonly string[]
): Access {
  const { authorization = "" } = request.headers
  if (authorization.startsWith("OAuth ")) {
    const writes = scopes.some((scope) => scope.endsWith(".write"))
    return requireSignature(state, request, writes)
  }
  const token = state.tokens.get(authorization.replace(/^Bearer /i, ""))
  if (!token || token.expires_at <= Date.now()) {
    throw unauthorized()
  }
  if (!scopes.every((scope) => token.scopes.includes(scope))) {
    throw plainProblem(
      403,
      "Forbidden",
      "You are not permitted to perform this action."
    )
  }
  return token
}
