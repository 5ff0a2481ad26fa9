import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn, sendBack } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { CLIENT_ID, CLIENT_SECRET, Refusal, type State } from "./state"

const secret = (): string => randomBytes(32).toString("base64url")

const WORDS: Record<string, string> = {
  openid: "Use your name and photo",
  profile: "Use your name and photo",
  w_member_social: "Create, modify, and delete posts on your behalf",
  rw_organization_admin: "Manage your pages and retrieve reporting data",
  w_organization_social:
    "Create, modify, and delete posts on your page's behalf",
}

/** `GET /oauth/v2/authorization`: the consent page, or why there is none. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  if (
    asked.client_id !== CLIENT_ID ||
    asked.response_type !== "code" ||
    !URL.canParse(asked.redirect_uri ?? "")
  ) {
    return messageReply(
      400,
      "Bummer, something went wrong.",
      "The client ID or the redirect URI does not match the app's.",
      "invalid_client"
    )
  }
  const grant = {
    redirect_uri: asked.redirect_uri,
    scopes: (asked.scope ?? "").split(" ").filter(Boolean),
    state: asked.state ?? null,
  }
  const foreign = grant.scopes.find(
    (scope) => !state.app_scopes.includes(scope)
  )
  if (foreign) {
    return sendBack(grant, {
      error: "unauthorized_scope_error",
      error_description: `Scope "${foreign}" is not authorized for your application`,
    })
  }
  const id = secret()
  state.requests.set(id, grant)
  return consentPage({
    title: "Sign in to a simulated LinkedIn",
    letter: "in",
    heading: "Your shop would like to",
    account: "Ada Lovelace",
    scopes: grant.scopes.map((scope) => WORDS[scope] ?? scope),
    action: `/oauth/v2/consent/${id}`,
    allow: "Allow",
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
      const code = `AQ${secret()}`
      state.codes.set(code, grant)
      return { code }
    },
    {
      error: "user_cancelled_authorize",
      error_description: "The user cancelled the authorization",
    }
  )

const tokenRefusal = (error: string, error_description: string): Reply =>
  jsonReply(400, { error, error_description })

const requireClient = (body: URLSearchParams): Reply | null =>
  body.get("client_id") === CLIENT_ID &&
  body.get("client_secret") === CLIENT_SECRET
    ? null
    : jsonReply(401, {
        error: "invalid_client",
        error_description: "Client authentication failed",
      })

/** `POST /oauth/v2/accessToken`: for a code, or for a refresh token. */
export function giveToken(state: State, body: URLSearchParams): Reply {
  const refused = requireClient(body)
  if (refused) {
    return refused
  }
  if (body.get("grant_type") === "refresh_token") {
    const value = body.get("refresh_token") ?? ""
    const known = state.refresh_tokens.get(value)
    return known && known.ends_at > Date.now()
      ? tokenReply(state, known.scopes, value, known.ends_at)
      : tokenRefusal(
          "invalid_grant",
          "The provided authorization grant or refresh token is invalid, expired or revoked"
        )
  }
  const code = body.get("code") ?? ""
  const grant = state.codes.get(code)
  state.codes.delete(code)
  if (!grant || grant.redirect_uri !== body.get("redirect_uri")) {
    return tokenRefusal(
      "invalid_request",
      "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired."
    )
  }
  if (!state.gives_refresh_tokens) {
    return tokenReply(state, grant.scopes)
  }
  const refresh_token = `AQX${secret()}`
  const ends_at = Date.now() + state.refresh_token_ttl * 1000
  state.refresh_tokens.set(refresh_token, { scopes: grant.scopes, ends_at })
  return tokenReply(state, grant.scopes, refresh_token, ends_at)
}

function tokenReply(
  state: State,
  scopes: string[],
  refresh_token?: string,
  refresh_ends_at = 0
): Reply {
  const access_token = makeToken(state, scopes)
  return jsonReply(200, {
    access_token,
    expires_in: state.token_ttl,
    // LinkedIn separates them by commas here.
    scope: scopes.join(","),
    token_type: "Bearer",
    ...(scopes.includes("openid") && { id_token: "simulated.id.token" }),
    ...(refresh_token && {
      refresh_token,
      // It ends a year after the consent, however often it is used.
      refresh_token_expires_in: Math.floor(
        (refresh_ends_at - Date.now()) / 1000
      ),
    }),
  })
}

/** Makes a token as a person's consent brings it. */
export function makeToken(state: State, scopes: string[]): string {
  const token = `AQV${secret()}`
  state.tokens.set(token, {
    scopes,
    ends_at: Date.now() + state.token_ttl * 1000,
  })
  return token
}

/** `POST /oauth/v2/introspectToken` */
export function introspect(state: State, body: URLSearchParams): Reply {
  const refused = requireClient(body)
  if (refused) {
    return refused
  }
  const token = state.tokens.get(body.get("token") ?? "")
  if (!token) {
    return jsonReply(200, { active: false, status: "revoked" })
  }
  const active = token.ends_at > Date.now()
  return jsonReply(200, {
    active,
    status: active ? "active" : "expired",
    client_id: CLIENT_ID,
    scope: token.scopes.join(","),
    expires_at: Math.floor(token.ends_at / 1000),
    auth_type: "3L",
  })
}

/** `POST /oauth/v2/revoke`: ends the token. */
export function revoke(state: State, body: URLSearchParams): Reply {
  const refused = requireClient(body)
  if (refused) {
    return refused
  }
  const token = body.get("token") ?? ""
  state.tokens.delete(token)
  state.refresh_tokens.delete(token)
  return { status: 200, headers: {}, body: "" }
}

/**
 * The scopes of a request's token.
 *
 * @throws {Refusal} 401
 */
export function scopesOf(
  state: State,
  { headers }: SimulatorRequest
): string[] {
  const [, value] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? []
  if (!value) {
    throw new Refusal(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", {
      serviceErrorCode: 65604,
    })
  }
  const token = state.tokens.get(value)
  if (!token) {
    throw new Refusal(
      401,
      "REVOKED_ACCESS_TOKEN",
      "The token used in the request has been revoked by the user",
      { serviceErrorCode: 65601 }
    )
  }
  if (token.ends_at <= Date.now()) {
    throw new Refusal(
      401,
      "EXPIRED_ACCESS_TOKEN",
      "The token used in the request has expired",
      { serviceErrorCode: 65602 }
    )
  }
  if (state.restricted) {
    throw new Refusal(401, "RESTRICTED_MEMBER", "Member is restricted", {
      serviceErrorCode: 65608,
    })
  }
  return token.scopes
}
