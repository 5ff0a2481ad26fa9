import { createHash, randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import {
  ACCOUNT,
  type App,
  nextId,
  Refusal,
  SCOPES,
  type State,
  type Token,
} from "./state"

type Parameters = Record<string, unknown>

const secret = (): string => randomBytes(32).toString("base64url")

const words = (value: unknown): string[] =>
  String(value ?? "")
    .split(/\s+/)
    .filter(Boolean)

/** `read` stands for `read:statuses`. */
function covers(granted: string[], scope: string): boolean {
  return granted.includes(scope) || granted.includes(scope.split(":")[0])
}

/** `POST /api/v1/apps` (docs.joinmastodon.org/methods/apps/#create). */
export function registerApp(state: State, body: Parameters): Reply {
  const { client_name: name, redirect_uris: given, website } = body
  const uris = (Array.isArray(given) ? given : words(given)).map(String)
  const scopes = words(body.scopes ?? "read")
  if (!name || !uris.length) {
    throw new Refusal(422, "Validation failed: Name or redirect URI is blank")
  }
  if (!uris.every((uri) => uri.startsWith("urn:") || URL.canParse(uri))) {
    throw new Refusal(
      422,
      "Validation failed: Redirect URI must be an absolute URI."
    )
  }
  if (!scopes.every((scope) => SCOPES.includes(scope))) {
    throw new Refusal(
      422,
      "Validation failed: Scopes doesn't match configured on the server."
    )
  }
  const app: App = {
    id: nextId(state),
    name: String(name),
    website: website ? String(website) : null,
    redirect_uris: uris,
    scopes,
    client_id: secret(),
    client_secret: secret(),
  }
  state.apps.push(app)
  return jsonReply(200, {
    ...app,
    redirect_uri: uris.join("\n"),
    client_secret_expires_at: 0,
    vapid_key: "simulated",
  })
}

/** `GET /oauth/authorize`: the consent page, or why there is none. */
export function askConsent(state: State, { url }: SimulatorRequest): Reply {
  const asked = Object.fromEntries(url.searchParams)
  const app = state.apps.find(({ client_id }) => client_id === asked.client_id)
  const refuse = (detail: string) =>
    messageReply(400, "This request was refused", "Connect again.", detail)
  if (!app) {
    return refuse("Client authentication failed due to unknown client.")
  }
  if (!app.redirect_uris.includes(asked.redirect_uri)) {
    return refuse("The redirect uri included is not valid.")
  }
  const scopes = words(asked.scope ?? "read")
  if (!scopes.every((scope) => covers(app.scopes, scope))) {
    return refuse("The requested scope is invalid, unknown, or malformed.")
  }
  if (asked.response_type !== "code") {
    return refuse("This resource owner does not support this response type.")
  }
  if (asked.code_challenge && asked.code_challenge_method !== "S256") {
    return refuse("The code challenge method must be S256.")
  }
  const id = secret()
  state.requests.set(id, {
    client_id: app.client_id,
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state ?? null,
    code_challenge: asked.code_challenge ?? null,
  })
  return consentPage({
    title: `Authorize ${app.name}?`,
    letter: app.name.charAt(0),
    heading: `${app.name} would like permission to access your account`,
    account: `Signed in as @${ACCOUNT.username} at this simulated Mastodon instance`,
    scopes,
    action: `/oauth/authorize/${id}`,
    allow: "Authorize",
    refuse: "Deny",
  })
}

/** What the person has pressed on the consent page. */
export const decide = (state: State, id: string, body: Parameters): Reply =>
  decideOn(
    state.requests,
    id,
    body.decision,
    (grant) => {
      const code = secret()
      state.codes.set(code, grant)
      return { code }
    },
    {
      error: "access_denied",
      error_description:
        "The resource owner or authorization server denied the request.",
    }
  )

/** The application of a request, by either way of client authentication. */
function clientOf(
  state: State,
  { headers }: SimulatorRequest,
  body: Parameters
): App {
  const [, basic] = /^Basic (.+)$/i.exec(headers.authorization ?? "") ?? []
  const [id, key] = basic
    ? Buffer.from(basic, "base64").toString().split(":").map(decodeURIComponent)
    : [body.client_id, body.client_secret]
  const app = state.apps.find(
    ({ client_id, client_secret }) => client_id === id && client_secret === key
  )
  if (!app) {
    throw new Refusal(401, "invalid_client", {
      error_description:
        "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
    })
  }
  return app
}

const invalidGrant = () =>
  new Refusal(400, "invalid_grant", {
    error_description:
      "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
  })

/** `POST /oauth/token` (docs.joinmastodon.org/methods/oauth/#token). */
export function giveToken(
  state: State,
  request: SimulatorRequest,
  body: Parameters
): Reply {
  const app = clientOf(state, request, body)
  if (body.grant_type === "client_credentials") {
    return tokenReply(state, app.client_id, words(body.scope ?? "read"))
  }
  if (body.grant_type !== "authorization_code") {
    throw new Refusal(400, "unsupported_grant_type")
  }
  const code = String(body.code)
  const grant = state.codes.get(code)
  state.codes.delete(code)
  const isSound =
    grant?.client_id === app.client_id &&
    grant.redirect_uri === body.redirect_uri &&
    (!grant.code_challenge ||
      grant.code_challenge ===
        createHash("sha256")
          .update(String(body.code_verifier ?? ""))
          .digest("base64url"))
  if (!grant || !isSound) {
    throw invalidGrant()
  }
  return tokenReply(state, app.client_id, grant.scopes)
}

function tokenReply(state: State, client_id: string, scopes: string[]): Reply {
  const access_token = secret()
  state.tokens.set(access_token, { client_id, scopes })
  return jsonReply(200, {
    access_token,
    token_type: "Bearer",
    scope: scopes.join(" "),
    created_at: Math.floor(Date.now() / 1000),
  })
}

/** `POST /oauth/revoke` (docs.joinmastodon.org/methods/oauth/#revoke). */
export function revokeToken(
  state: State,
  request: SimulatorRequest,
  body: Parameters
): Reply {
  const app = clientOf(state, request, body)
  const token = state.tokens.get(String(body.token))
  if (token && token.client_id !== app.client_id) {
    throw new Refusal(403, "unauthorized_client", {
      error_description: "You are not authorized to revoke this token",
    })
  }
  state.tokens.delete(String(body.token))
  return jsonReply(200, {})
}

/**
 * Whose request it is.
 *
 * @param scope - that the request needs
 * @throws {Refusal} 401, 403
 */
export function requireToken(
  state: State,
  { headers }: SimulatorRequest,
  scope: string
): Token {
  const [, value] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? []
  const token = state.tokens.get(value ?? "")
  if (!token) {
    throw new Refusal(401, "The access token is invalid")
  }
  if (!covers(token.scopes, scope)) {
    throw new Refusal(403, "This action is outside the authorized scopes")
  }
  if (state.login === "disabled") {
    throw new Refusal(403, "Your login is currently disabled")
  }
  return token
}
