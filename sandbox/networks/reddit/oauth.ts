import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import { CLIENT_ID, CLIENT_SECRET, Refusal, type State, USER } from "./state"

const secret = (): string => randomBytes(24).toString("base64url")

/** What the scopes let an app do, in the words of the consent page. */
const SCOPES: Record<string, string> = {
  identity: "Access my reddit username and signup date.",
  read: "Access posts and comments through my account.",
  submit: "Submit links and comments from my account.",
  flair: "Select my subreddit flair. Change link flair on my submissions.",
  mysubreddits:
    "Access the list of subreddits I moderate, contribute to, and subscribe to.",
  history:
    "Access my voting history and comments or submissions I've saved or hidden.",
  edit: "Edit and delete my comments and submissions.",
  vote: "Submit and change my votes on comments and submissions.",
}

const refuse = (error: string, advice: string): Reply =>
  messageReply(400, "bad request (reddit.com)", advice, error)

/** `GET /api/v1/authorize`: the consent page, or why there is none. */
export const askConsent = (state: State, { url }: SimulatorRequest): Reply => {
  const asked = Object.fromEntries(url.searchParams)
  const scopes = (asked.scope ?? "").split(/[ ,]/).filter(Boolean)
  if (asked.client_id !== CLIENT_ID) {
    return refuse("invalid_client", "you sent an invalid request: client_id")
  }
  if (!URL.canParse(asked.redirect_uri ?? "")) {
    return refuse(
      "invalid_redirect_uri",
      "you sent an invalid request: invalid redirect_uri parameter."
    )
  }
  if (asked.response_type !== "code" || !asked.state) {
    return refuse("invalid_request", "response_type and state are required")
  }
  if (!scopes.length || scopes.some((scope) => !SCOPES[scope])) {
    return refuse("invalid_scope", "invalid scope requested")
  }
  const id = secret()
  state.requests.set(id, {
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state,
    is_permanent: asked.duration === "permanent",
  })
  return consentPage({
    title: "A simulated Reddit",
    letter: "R",
    heading: "Your shop would like to connect with your reddit account.",
    account: `u/${USER.name}`,
    scopes: [
      ...scopes.map((scope) => SCOPES[scope]),
      ...(asked.duration === "permanent"
        ? ["Maintain this access indefinitely"]
        : []),
    ],
    action: `/api/v1/authorize/${id}`,
    allow: "Allow",
    refuse: "Decline",
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

/** @throws {Refusal} 401 for a request without the app's login (HTTP Basic) */
const requireApp = ({ headers }: SimulatorRequest): void => {
  const login = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")
  if (headers.authorization !== `Basic ${login}`) {
    throw new Refusal(401, "Unauthorized", { error: 401 })
  }
}

/** `POST /api/v1/access_token`: refusals come with HTTP 200 or 400. */
export const giveToken = (
  state: State,
  request: SimulatorRequest,
  body: URLSearchParams
): Reply => {
  requireApp(request)
  if (body.get("grant_type") === "refresh_token") {
    const refresh_token = body.get("refresh_token") ?? ""
    const known = state.refresh_tokens.get(refresh_token)
    return known
      ? // The refresh token stays, and is not told again.
        jsonReply(200, grantToken(state, known.scopes, refresh_token))
      : jsonReply(400, { message: "Bad Request", error: 400 })
  }
  const code = body.get("code") ?? ""
  const grant = state.codes.get(code)
  state.codes.delete(code)
  if (body.get("grant_type") !== "authorization_code") {
    return jsonReply(200, { error: "unsupported_grant_type" })
  }
  if (!grant || grant.redirect_uri !== body.get("redirect_uri")) {
    return jsonReply(200, { error: "invalid_grant" })
  }
  const refresh_token = grant.is_permanent ? `${secret()}-r` : ""
  if (refresh_token) {
    state.refresh_tokens.set(refresh_token, { scopes: grant.scopes })
  }
  return jsonReply(200, {
    ...grantToken(state, grant.scopes, refresh_token),
    ...(refresh_token && { refresh_token }),
  })
}

const grantToken = (
  state: State,
  scopes: string[],
  refresh_token: string
): object => {
  const access_token = secret()
  state.tokens.set(access_token, {
    scopes,
    refresh_token,
    ends_at: Date.now() + state.token_ttl * 1000,
  })
  return {
    access_token,
    token_type: "bearer",
    expires_in: state.token_ttl,
    scope: scopes.join(" "),
  }
}

/** `POST /api/v1/revoke_token`: a refresh token takes its access tokens along. */
export const revokeToken = (
  state: State,
  request: SimulatorRequest,
  body: URLSearchParams
): Reply => {
  requireApp(request)
  const token = body.get("token") ?? ""
  state.tokens.delete(token)
  if (state.refresh_tokens.delete(token)) {
    for (const [value, { refresh_token }] of state.tokens) {
      if (refresh_token === token) {
        state.tokens.delete(value)
      }
    }
  }
  return { status: 204, headers: {}, body: "" }
}

/**
 * Refuses a request without a token for a scope.
 *
 * @throws {Refusal} 401, 403
 */
export const requireScope = (
  state: State,
  { headers }: SimulatorRequest,
  scope: string
): void => {
  const [, value] = /^bearer (.+)$/i.exec(headers.authorization ?? "") ?? []
  const token = state.tokens.get(value ?? "")
  if (!token || token.ends_at <= Date.now()) {
    throw new Refusal(
      401,
      "Unauthorized",
      { error: 401 },
      { "www-authenticate": 'Bearer realm="reddit", error="invalid_token"' }
    )
  }
  if (!token.scopes.includes(scope)) {
    throw new Refusal(
      403,
      "Forbidden",
      { error: 403 },
      {
        "www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"',
      }
    )
  }
}
