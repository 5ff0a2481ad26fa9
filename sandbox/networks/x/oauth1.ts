import {
  isSigned,
  readAuthorization,
} from "../../../src/oauth/oauth1/__tests__/support/independent-check"
import { jsonReply, type Reply, redirectReply } from "../../http"
import { messageReply } from "../../layout"
import type { SimulatorRequest } from "../simulator"
import {
  type Access,
  APP,
  plainProblem,
  problem,
  Refusal,
  secret,
  type State,
} from "./state"

/** X takes a signature for five minutes. */
const MAX_AGE_SECONDS = 300

const FORM = /^application\/x-www-form-urlencoded(?:;|$)/

/** What version 1 says of credentials, by its codes. */
const refusal = (code: number, message: string): Refusal =>
  new Refusal(401, { errors: [{ code, message }] })

const formReply = (values: Record<string, string>): Reply => ({
  status: 200,
  headers: { "content-type": "text/html;charset=utf-8" },
  body: new URLSearchParams(values).toString(),
})

/** @throws {Refusal} where the request was not signed with these secrets, or was before */
const check = (
  state: State,
  { method, url, headers, body }: SimulatorRequest,
  tokenSecret: string
): Record<string, string> => {
  const authorization = headers.authorization ?? ""
  const oauth = readAuthorization(authorization)
  const isForm = FORM.test(headers["content-type"] ?? "")
  const form = new URLSearchParams(isForm ? body.toString() : "")
  // Clients repeat the header's token in the form; it counts once.
  form.delete("oauth_token", oauth.oauth_token)
  const received = {
    ...{ method, url, authorization, oauth, isForm },
    body: form.toString(),
  }
  const use = `${oauth.oauth_token}|${oauth.oauth_timestamp}|${oauth.oauth_nonce}`
  const isKnown =
    oauth.oauth_consumer_key === APP.consumer_key &&
    oauth.oauth_signature_method === "HMAC-SHA1" &&
    !state.nonces.has(use) &&
    isSigned(
      received,
      {
        signature_method: "HMAC-SHA1",
        consumer_secret: APP.consumer_secret,
      },
      tokenSecret
    )
  if (!isKnown) {
    throw refusal(32, "Could not authenticate you.")
  }
  const age = Date.now() / 1000 - Number(oauth.oauth_timestamp)
  if (!(Math.abs(age) <= MAX_AGE_SECONDS)) {
    throw refusal(135, "Timestamp out of bounds.")
  }
  state.nonces.add(use)
  // They may stand in the header or in a form (RFC 5849, section 3.5).
  return { ...Object.fromEntries(form), ...oauth }
}

/** `POST /oauth/request_token` */
export function giveRequestToken(
  state: State,
  request: SimulatorRequest
): Reply {
  const { oauth_callback: callback = "" } = check(state, request, "")
  if (!URL.canParse(callback)) {
    throw new Refusal(403, {
      errors: [
        {
          code: 415,
          message:
            "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application settings",
        },
      ],
    })
  }
  const token = secret()
  const tokenSecret = secret()
  state.temporary.set(token, { secret: tokenSecret, callback, verifier: null })
  return formReply({
    oauth_token: token,
    oauth_token_secret: tokenSecret,
    oauth_callback_confirmed: "true",
  })
}

/** What the person has pressed on the page that `GET /oauth/authorize` shows. */
export function decideSigned(
  state: State,
  token: string,
  body: Record<string, unknown>
): Reply {
  const grant = state.temporary.get(token)
  if (!grant) {
    return messageReply(
      403,
      "Whoa there!",
      "The request token for this page is invalid. Connect again."
    )
  }
  const back = new URL(grant.callback)
  if (body.decision === "allow") {
    grant.verifier = secret()
    back.searchParams.set("oauth_token", token)
    back.searchParams.set("oauth_verifier", grant.verifier)
  } else {
    state.temporary.delete(token)
    back.searchParams.set("denied", token)
  }
  return redirectReply(303, back.href)
}

/** `POST /oauth/access_token` */
export function giveAccessToken(
  state: State,
  request: SimulatorRequest
): Reply {
  const asked = readAuthorization(request.headers.authorization ?? "")
  const grant = state.temporary.get(asked.oauth_token ?? "")
  if (!grant) {
    throw refusal(89, "Invalid or expired token.")
  }
  const oauth = check(state, request, grant.secret)
  if (!grant.verifier || grant.verifier !== oauth.oauth_verifier) {
    throw refusal(89, "Invalid or expired token.")
  }
  state.temporary.delete(oauth.oauth_token)
  const { access_token, access_token_secret } = makeSignedTokens(state)
  return formReply({
    oauth_token: access_token,
    oauth_token_secret: access_token_secret,
    user_id: state.user.id,
    screen_name: state.user.username,
  })
}

/** Makes tokens as the Developer Console does for the app's own account. */
export function makeSignedTokens(state: State): {
  access_token: string
  access_token_secret: string
} {
  const access_token = `${state.user.id}-${secret()}`
  const access_token_secret = secret()
  state.signed_tokens.set(access_token, access_token_secret)
  return { access_token, access_token_secret }
}

/** `POST /1.1/oauth/invalidate_token` */
export function invalidateToken(
  state: State,
  request: SimulatorRequest
): Reply {
  requireSignature(state, request, false)
  const { oauth_token } = readAuthorization(request.headers.authorization ?? "")
  state.signed_tokens.delete(oauth_token)
  return jsonReply(200, { access_token: oauth_token })
}

/**
 * A request that was signed for a token.
 *
 * @param writes - whether it needs an app that may write
 */
export function requireSignature(
  state: State,
  request: SimulatorRequest,
  writes: boolean
): Access {
  const { oauth_token } = readAuthorization(request.headers.authorization ?? "")
  const tokenSecret = state.signed_tokens.get(oauth_token ?? "")
  if (tokenSecret === undefined) {
    throw plainProblem(401, "Unauthorized", "Unauthorized")
  }
  check(state, request, tokenSecret)
  if (writes && state.app_permissions === "read") {
    throw problem(
      403,
      "oauth1-permissions",
      "Forbidden",
      "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
    )
  }
  return { scopes: [] }
}
