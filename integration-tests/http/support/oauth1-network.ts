import { type KeyObject, randomBytes } from "node:crypto"
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http"
import type { AddressInfo } from "node:net"
import {
  isSigned,
  readAuthorization,
  type Received,
  type SignatureMethod,
} from "../../../src/oauth/oauth1/__tests__/support/independent-check"
import {
  misbehave,
  type OAuth1Fault,
  Refusal,
  refusals,
  send,
} from "../../../src/oauth/oauth1/__tests__/support/service-responses"

export interface OAuth1NetworkOptions {
  /** @default "HMAC-SHA1" */
  signature_method?: SignatureMethod
  /** @default "marked-consumer-key" */
  consumer_key?: string
  /** @default "marked consumer secret & more" */
  consumer_secret?: string
  /** Checks RSA-SHA1 signatures. */
  public_key?: KeyObject
  /** Callbacks begin like one of these; any callback when absent. */
  callbacks?: string[]
}

export interface OAuth1Network {
  url: string
  /** To be spread into a service's description. */
  endpoints: {
    request_token_endpoint: string
    authorization_endpoint: string
    access_token_endpoint: string
    signature_method: SignatureMethod
  }
  consumer_key: string
  consumer_secret: string
  /** Every request so far, with the parameters of its Authorization header. */
  requests: { method: string; path: string; oauth: Record<string, string> }[]
  /** Tokens, token secrets and verifiers that it has given out. */
  secrets: string[]
  /** What the person does on the authorization page. */
  decide: (decision: "approve" | "deny") => void
  /** Makes every request whose path begins so go wrong. */
  misbehave: (paths: string, fault: OAuth1Fault) => void
  behave: () => void
  /** Moves the network's clock, in s. */
  moveClock: (seconds: number) => void
  /** The person removes the application: all its tokens die. */
  revoke: () => void
  close: () => Promise<void>
}

interface Grant {
  secret: string
  callback: string
  verifier?: string
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

const form = (parameters: Record<string, string>): string =>
  new URLSearchParams(parameters).toString()

/**
 * A network of the OAuth 1.0a kind over real HTTP: request token, authorization
 * page, access token and a small signed API below `/1.1`. It checks every
 * signature, nonce and time with code of its own.
 */
export const startOAuth1Network = async ({
  signature_method = "HMAC-SHA1",
  consumer_key = "marked-consumer-key",
  consumer_secret = "marked consumer secret & more",
  public_key,
  callbacks,
}: OAuth1NetworkOptions = {}): Promise<OAuth1Network> => {
  const verification = { signature_method, consumer_secret, public_key }
  const requests: OAuth1Network["requests"] = []
  const secrets: string[] = []
  const temporary = new Map<string, Grant>()
  const granted = new Map<string, string>()
  const nonces = new Set<string>()
  let decision: "approve" | "deny" = "approve"
  let fault: { paths: string; how: OAuth1Fault } | undefined
  let clockOffset = 0

  const now = () => Math.floor(Date.now() / 1000) + clockOffset

  /** With `+`, `/` and `=` in it: what is not encoded properly does not survive. */
  const issue = (kind: string): string => {
    const value = `marked-${kind}+${randomBytes(9).toString("base64")}/=`
    secrets.push(value)
    return value
  }

  const check = (received: Received, secret: string) => {
    const { oauth } = received
    if (
      !oauth.oauth_nonce ||
      oauth.oauth_signature_method !== signature_method ||
      (oauth.oauth_version ?? "1.0") !== "1.0"
    ) {
      throw refusals.badData()
    }
    const use = `${oauth.oauth_token}|${oauth.oauth_timestamp}|${oauth.oauth_nonce}`
    if (
      oauth.oauth_consumer_key !== consumer_key ||
      !isSigned(received, verification, secret) ||
      nonces.has(use)
    ) {
      throw refusals.unknown()
    }
    nonces.add(use)
    if (!(Math.abs(Number(oauth.oauth_timestamp) - now()) <= 300)) {
      throw refusals.outOfTime()
    }
  }

  const requestToken = (received: Received): string => {
    check(received, "")
    const callback = received.oauth.oauth_callback ?? ""
    if (
      !URL.canParse(callback) ||
      (callbacks && !callbacks.some((start) => callback.startsWith(start)))
    ) {
      throw refusals.badCallback()
    }
    const token = issue("request-token")
    const secret = issue("request-secret")
    temporary.set(token, { secret, callback })
    return form({
      oauth_token: token,
      oauth_token_secret: secret,
      oauth_callback_confirmed: "true",
    })
  }

  const authorize = (url: URL): string => {
    const token = url.searchParams.get("oauth_token") ?? ""
    const grant = temporary.get(token)
    if (!grant) {
      throw new Refusal(403, "<p>There is no request token for this page.</p>")
    }
    const back = new URL(grant.callback)
    if (decision === "deny") {
      temporary.delete(token)
      back.searchParams.set("denied", token)
      return back.href
    }
    grant.verifier = issue("verifier")
    back.searchParams.set("oauth_token", token)
    back.searchParams.set("oauth_verifier", grant.verifier)
    return back.href
  }

  const accessToken = (received: Received): string => {
    const { oauth_token = "", oauth_verifier } = received.oauth
    const grant = temporary.get(oauth_token)
    if (!grant) {
      throw refusals.badToken()
    }
    check(received, grant.secret)
    if (!grant.verifier || grant.verifier !== oauth_verifier) {
      throw refusals.badVerifier()
    }
    temporary.delete(oauth_token)
    const token = issue("access-token")
    const secret = issue("access-secret")
    granted.set(token, secret)
    return form({
      oauth_token: token,
      oauth_token_secret: secret,
      user_id: "6253282",
      screen_name: "ada",
    })
  }

  const api = (received: Received): object => {
    const secret = granted.get(received.oauth.oauth_token ?? "")
    if (!received.authorization) {
      throw refusals.badData()
    }
    if (secret === undefined) {
      throw refusals.badToken()
    }
    check(received, secret)
    switch (`${received.method} ${received.url.pathname}`) {
      case "GET /1.1/account/verify_credentials.json":
        return { id_str: "6253282", name: "Ada Lovelace", screen_name: "ada" }
      case "POST /1.1/account/update_profile.json":
        return Object.fromEntries(
          received.isForm
            ? new URLSearchParams(received.body)
            : received.url.searchParams
        )
      default:
        throw new Refusal(404, {
          errors: [{ code: 34, message: "Sorry, that page does not exist." }],
        })
    }
  }

  const respond = (received: Received, response: ServerResponse) => {
    switch (`${received.method} ${received.url.pathname}`) {
      case "POST /oauth/request_token":
        return send(response, 200, requestToken(received))
      case "GET /oauth/authorize":
        return send(response, 302, "", { location: authorize(received.url) })
      case "POST /oauth/access_token":
        return send(response, 200, accessToken(received))
      default:
        return send(response, 200, api(received))
    }
  }

  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const authorization = request.headers.authorization ?? ""
    const received: Received = {
      method: request.method ?? "",
      url: new URL(request.url ?? "/", `http://${request.headers.host}`),
      body,
      isForm: /^application\/x-www-form-urlencoded(;|$)/.test(
        request.headers["content-type"] ?? ""
      ),
      authorization,
      oauth: readAuthorization(authorization),
    }
    const { method, url, oauth } = received
    requests.push({ method, path: url.pathname, oauth })
    response.setHeader("date", new Date(now() * 1000).toUTCString())

    if (fault && url.pathname.startsWith(fault.paths)) {
      misbehave(response, received, fault.how)
      return
    }
    try {
      respond(received, response)
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, String(error))
      send(response, refusal.status, refusal.body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://localhost:${port}`

  return {
    url,
    endpoints: {
      request_token_endpoint: `${url}/oauth/request_token`,
      authorization_endpoint: `${url}/oauth/authorize`,
      access_token_endpoint: `${url}/oauth/access_token`,
      signature_method,
    },
    consumer_key,
    consumer_secret,
    requests,
    secrets,
    decide: (next) => {
      decision = next
    },
    misbehave: (paths, how) => {
      fault = { paths, how }
    },
    behave: () => {
      fault = undefined
    },
    moveClock: (seconds) => {
      clockOffset = seconds
    },
    revoke: () => granted.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
