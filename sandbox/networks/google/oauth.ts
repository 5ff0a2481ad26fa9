import { createHash, randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { CLIENT_ID, CLIENT_SECRET, Refusal, type State } from "./state"

const secret = (): string => randomBytes(32).toString("base64url")

const SCOPE = "https://www.googleapis.com/auth/"

const KNOWN: Record<string, string> = {
  youtube: "Manage your YouTube account",
  "youtube.upload": "Manage your YouTube videos",
  "youtube.readonly": "View your YouTube account",
  "business.manage":
    "See, edit, create, and delete your Google business listings",
}

const titleOf = (scope: string): string | undefined =>
  scope.startsWith(SCOPE) ? KNOWN[scope.slice(SCOPE.length)] : undefined

const refuse = (code: string, advice: string): Reply =>
  messageReply(
    400,
    "Access blocked: this app's request is invalid",
    advice,
    `Error 400: ${code}`
  )

/** `GET /o/oauth2/v2/auth`: the consent page, or why there is none. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  const scopes = (asked.scope ?? "").split(" ").filter(Boolean)
  if (asked.client_id !== CLIENT_ID) {
    return refuse("invalid_client", "The OAuth client was not found.")
  }
  if (!URL.canParse(asked.redirect_uri ?? "")) {
    return refuse("redirect_uri_mismatch", "The redirect URI is not valid.")
  }
  if (!scopes.length || !scopes.every(titleOf)) {
    return refuse("invalid_scope", "Some requested scopes were invalid.")
  }
  if (asked.response_type !== "code") {
    return refuse("unsupported_response_type", "Ask for a code.")
  }
  const id = secret()
  state.requests.set(id, {
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state ?? null,
    code_challenge: asked.code_challenge ?? null,
    brings_refresh_token:
      asked.access_type === "offline" &&
      (asked.prompt === "consent" || !state.has_consented),
  })
  return consentPage({
    title: "Sign in with a simulated Google account",
    letter: "G",
    heading: "Your shop wants access to your Google Account",
    account: "ada@example.com",
    scopes: scopes.map(titleOf),
    action: `/o/oauth2/consent/${id}`,
    allow: "Continue",
  })
}

/**
 * What the person has pressed on the consent page.
 *
 * @param body - `decision`, and `leave_out` with a scope that was not ticked
 */
export const decide = (
  state: State,
  id: string,
  body: URLSearchParams
): Reply =>
  decideOn(state.requests, id, body.get("decision"), (grant) => {
    const code = `4/${secret()}`
    const left = body.getAll("leave_out")
    const scopes = grant.scopes.filter((scope) => !left.includes(scope))
    state.has_consented = true
    state.codes.set(code, { ...grant, scopes })
    return { code, scope: scopes.join(" ") }
  })

const tokenRefusal = (
  status: number,
  error: string,
  error_description: string
): Reply => jsonReply(status, { error, error_description })

/** `POST /token`: for a code, or for a refresh token. */
export function giveToken(state: State, body: URLSearchParams): Reply {
  if (
    body.get("client_id") !== CLIENT_ID ||
    body.get("client_secret") !== CLIENT_SECRET
  ) {
    return tokenRefusal(401, "invalid_client", "Unauthorized")
  }
  if (body.get("grant_type") === "refresh_token") {
    const refresh_token = body.get("refresh_token") ?? ""
    const known = state.refresh_tokens.get(refresh_token)
    return known
      ? tokenReply(state, known.scopes, refresh_token, false)
      : tokenRefusal(400, "invalid_grant", "Token has been expired or revoked.")
  }
  if (body.get("grant_type") !== "authorization_code") {
    return tokenRefusal(400, "unsupported_grant_type", "Invalid grant_type.")
  }
  const code = body.get("code") ?? ""
  const grant = state.codes.get(code)
  state.codes.delete(code)
  if (!grant) {
    return tokenRefusal(400, "invalid_grant", "Malformed auth code.")
  }
  if (grant.redirect_uri !== body.get("redirect_uri")) {
    return tokenRefusal(400, "redirect_uri_mismatch", "Bad Request")
  }
  const challenge = createHash("sha256")
    .update(body.get("code_verifier") ?? "")
    .digest("base64url")
  if (grant.code_challenge && grant.code_challenge !== challenge) {
    return tokenRefusal(400, "invalid_grant", "Invalid code verifier.")
  }
  const refresh_token = grant.brings_refresh_token ? `1//${secret()}` : ""
  if (refresh_token) {
    state.refresh_tokens.set(refresh_token, { scopes: grant.scopes })
  }
  return tokenReply(state, grant.scopes, refresh_token, true)
}

function tokenReply(
  state: State,
  scopes: string[],
  refresh_token: string,
  isNew: boolean
): Reply {
  const access_token = `ya29.${secret()}`
  state.tokens.set(access_token, {
    scopes,
    refresh_token,
    ends_at: Date.now() + state.token_ttl * 1000,
  })
  return jsonReply(200, {
    access_token,
    expires_in: state.token_ttl,
    scope: scopes.join(" "),
    token_type: "Bearer",
    ...(isNew && refresh_token && { refresh_token }),
  })
}

/** `POST /revoke`: ends the grant, by either of its tokens, in the form or the query. */
export function revokeToken(
  state: State,
  { url }: SimulatorRequest,
  body: URLSearchParams
): Reply {
  const token = body.get("token") ?? url.searchParams.get("token") ?? ""
  const refresh_token = state.tokens.get(token)?.refresh_token ?? token
  if (!state.tokens.has(token) && !state.refresh_tokens.has(token)) {
    return tokenRefusal(400, "invalid_token", "Token expired or revoked")
  }
  state.tokens.delete(token)
  state.refresh_tokens.delete(refresh_token)
  for (const [value, known] of state.tokens) {
    if (refresh_token && known.refresh_token === refresh_token) {
      state.tokens.delete(value)
    }
  }
  return jsonReply(200, {})
}

/**
 * Refuses a request without a token for one of these scopes.
 *
 * @throws {Refusal} 401, 403
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
      "authError",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
      { rpc_status: "UNAUTHENTICATED" }
    )
  }
  if (!state.enabled) {
    throw new Refusal(
      403,
      "accessNotConfigured",
      "YouTube Data API v3 has not been used in project 1 before or it is disabled.",
      {
        domain: "usageLimits",
        rpc_status: "PERMISSION_DENIED",
        info: { reason: "SERVICE_DISABLED", domain: "googleapis.com" },
      }
    )
  }
  if (!scopes.some((scope) => token.scopes.includes(`${SCOPE}${scope}`))) {
    throw new Refusal(
      403,
      "insufficientPermissions",
      "Request had insufficient authentication scopes.",
      {
        rpc_status: "PERMISSION_DENIED",
        info: {
          reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
          domain: "googleapis.com",
        },
      }
    )
  }
}
