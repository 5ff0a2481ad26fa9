import { createHash, randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { CLIENT_KEY, CLIENT_SECRET, LOG_ID, Refusal, type State } from "./state"

const secret = (): string => randomBytes(32).toString("base64url")

const KNOWN: Record<string, string> = {
  "user.info.basic": "Access your profile info (avatar, display name)",
  "user.info.profile": "Access your profile web link, bio and user name",
  "user.info.stats": "Access your likes count, follower count and video count",
  "video.list": "Access your public videos",
  "video.publish": "Post content to TikTok",
  "video.upload": "Upload content to your TikTok account",
}

const refuse = (parameter: string): Reply =>
  messageReply(
    400,
    "Something went wrong",
    "We couldn't log in with TikTok. This may be due to specific app settings.",
    parameter
  )

/** `GET /v2/auth/authorize/`: the consent page, or which parameter is wrong. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  const scopes = (asked.scope ?? "").split(",").filter(Boolean)
  if (asked.client_key !== CLIENT_KEY || asked.client_id !== undefined) {
    return refuse("client_key")
  }
  if (!URL.canParse(asked.redirect_uri ?? "")) {
    return refuse("redirect_uri")
  }
  if (!scopes.length || !scopes.every((scope) => scope in KNOWN)) {
    return refuse("scope")
  }
  if (asked.response_type !== "code") {
    return refuse("response_type")
  }
  const { code_challenge } = asked
  const isChallenge =
    asked.code_challenge_method === "S256" &&
    /^[0-9a-f]{64}$/.test(code_challenge ?? "")
  if (code_challenge !== undefined && !isChallenge) {
    return refuse("code_challenge")
  }
  const id = secret()
  state.requests.set(id, {
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state ?? null,
    code_challenge: code_challenge ?? null,
  })
  return consentPage({
    title: "Log in with a simulated TikTok account",
    letter: "T",
    heading: "Your shop would like to access your TikTok account",
    account: `@${state.creator.username}`,
    scopes: scopes.map((scope) => KNOWN[scope]),
    action: `/v2/auth/consent/${id}`,
    allow: "Continue",
  })
}

/** What the person has pressed on the consent page. */
export const decide = (
  state: State,
  id: string,
  body: URLSearchParams
): Reply =>
  decideOn(
    state.requests,
    id,
    body.get("decision"),
    (grant) => {
      const code = `${secret()}*v!1`
      state.codes.set(code, grant)
      return { code, scopes: grant.scopes.join(",") }
    },
    {
      error: "access_denied",
      error_description: "User cancelled the login",
    }
  )

const tokenRefusal = (error: string, error_description: string): Reply =>
  jsonReply(400, { error, error_description, log_id: LOG_ID })

const isApp = (body: URLSearchParams): boolean =>
  body.get("client_key") === CLIENT_KEY &&
  body.get("client_secret") === CLIENT_SECRET &&
  !body.has("client_id")

/** `POST /v2/oauth/token/`: for a code, or for a refresh token, which works once. */
export function giveToken(state: State, body: URLSearchParams): Reply {
  if (!isApp(body)) {
    return tokenRefusal("invalid_client", "Client key or secret is incorrect.")
  }
  if (body.get("grant_type") === "refresh_token") {
    const refresh_token = body.get("refresh_token") ?? ""
    const known = state.refresh_tokens.get(refresh_token)
    if (!known) {
      return tokenRefusal(
        "invalid_grant",
        "Refresh token is invalid or expired."
      )
    }
    endGrant(state, refresh_token)
    return jsonReply(200, grantTokens(state, known.scopes))
  }
  if (body.get("grant_type") !== "authorization_code") {
    return tokenRefusal("unsupported_grant_type", "Grant type is invalid.")
  }
  const code = body.get("code") ?? ""
  const grant = state.codes.get(code)
  state.codes.delete(code)
  if (!grant) {
    return tokenRefusal("invalid_grant", "Authorization code is expired.")
  }
  if (grant.redirect_uri !== body.get("redirect_uri")) {
    return tokenRefusal(
      "invalid_request",
      "Redirect_uri is not matched with the uri when requesting code."
    )
  }
  const challenge = createHash("sha256")
    .update(body.get("code_verifier") ?? "")
    .digest("hex")
  if (grant.code_challenge && grant.code_challenge !== challenge) {
    return tokenRefusal(
      "invalid_request",
      "Code verifier or code challenge is invalid."
    )
  }
  return jsonReply(200, grantTokens(state, grant.scopes))
}

/** New tokens, in the form of the token endpoint. */
export function grantTokens(state: State, scopes: string[]) {
  const access_token = `act.${secret()}`
  const refresh_token = `rft.${secret()}`
  state.refresh_tokens.set(refresh_token, { scopes })
  state.tokens.set(access_token, {
    scopes,
    refresh_token,
    ends_at: Date.now() + state.token_ttl * 1000,
  })
  return {
    open_id: state.creator.open_id,
    scope: scopes.join(","),
    access_token,
    expires_in: state.token_ttl,
    refresh_token,
    refresh_expires_in: 15_552_000,
    token_type: "Bearer",
  }
}

function endGrant(state: State, refresh_token: string): void {
  state.refresh_tokens.delete(refresh_token)
  for (const [value, known] of state.tokens) {
    if (known.refresh_token === refresh_token) {
      state.tokens.delete(value)
    }
  }
}

/** `POST /v2/oauth/revoke/`: ends the grant, by its access token. */
export function revokeToken(state: State, body: URLSearchParams): Reply {
  if (!isApp(body)) {
    return tokenRefusal("invalid_client", "Client key or secret is incorrect.")
  }
  const token = body.get("token") ?? ""
  const refresh_token = state.tokens.get(token)?.refresh_token ?? token
  if (!state.refresh_tokens.has(refresh_token)) {
    return tokenRefusal("invalid_request", "Access token is invalid.")
  }
  endGrant(state, refresh_token)
  return { status: 200, headers: {}, body: "" }
}

/**
 * Refuses a request without a token for one of these scopes.
 *
 * @throws {Refusal} 401
 */
export function requireScope(
  state: State,
  { headers }: SimulatorRequest,
  ...scopes: string[]
): void {
  const [, value] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? []
  const token = state.tokens.get(value ?? "")
  if (!token || token.ends_at <= Date.now()) {
    throw new Refusal(
      401,
      "access_token_invalid",
      "The access token is invalid or not found in the request."
    )
  }
  if (!scopes.some((scope) => token.scopes.includes(scope))) {
    throw new Refusal(
      401,
      "scope_not_authorized",
      "The user did not authorize the scope required for completing this request."
    )
  }
}
