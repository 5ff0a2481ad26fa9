import { randomBytes } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import {
  type Answer,
  type FakeService,
  isProven,
  type ServiceRequest,
  startFakeService,
} from "./fake-service"

/** Its `url` is the base address of the advertising API. */
export interface AmazonAds extends FakeService {
  authorization_endpoint: string
  token_endpoint: string
  state: AmazonAdsState
  /** Gives a pair of tokens as if a person had just consented. */
  grant: () => { access_token: string; refresh_token: string }
  /** Ends a token's life without telling anybody. */
  expire: (accessToken: string) => void
  /** Withdraws the consent: no token works any more. */
  withdraw: () => void
}

export interface AmazonAdsState {
  client_id: string
  client_secret: string
  /** In s. */
  expires_in: number
  /** As they stand in the answer: ids are numbers of up to 17 digits. */
  profiles: string
}

const initialState = (): AmazonAdsState => ({
  client_id: "amzn1.application-oa2-client.example",
  client_secret: "amzn1.oa2-cs.v1.example",
  expires_in: 3600,
  profiles: `[
    {"profileId": 90071992547409931, "countryCode": "US", "currencyCode": "USD", "timezone": "America/Los_Angeles",
     "accountInfo": {"marketplaceStringId": "ATVPDKIKX0DER", "id": "ENTITY1", "type": "seller", "name": "Example Store"}},
    {"profileId": 3312345678901234, "countryCode": "CA", "currencyCode": "CAD", "timezone": "America/Los_Angeles",
     "accountInfo": {"marketplaceStringId": "A2EUQ1WTGCTBG2", "id": "ENTITY2", "type": "vendor"}}
  ]`,
})

const oauthError = (status: number, error: string, text: string): Answer => ({
  status,
  body: { error, error_description: text, request_id: "6f1c" },
})

const apiError = (status: number, code: string, details: string): Answer => ({
  status,
  body: { code, details, requestId: "6f1c" },
})

/** Stands in for Login with Amazon and the Amazon Ads API of one region. */
export const startAmazonAds = async (): Promise<AmazonAds> => {
  const state = initialState()
  const access = new Map<string, { ends: number }>()
  const refresh = new Set<string>()
  const codes = new Map<string, string | null>()

  const secret = (prefix: string) =>
    prefix + randomBytes(18).toString("base64url")

  const issueAccess = () => {
    const token = secret("Atza|")
    access.set(token, { ends: Date.now() + state.expires_in * 1000 })
    return token
  }

  const grant = () => {
    const refresh_token = secret("Atzr|")
    refresh.add(refresh_token)
    return { access_token: issueAccess(), refresh_token }
  }

  const consent = (query: URLSearchParams): Answer => {
    const code = secret("AN")
    codes.set(code, query.get("code_challenge"))
    const location = new URL(query.get("redirect_uri") ?? "http://localhost")
    location.searchParams.set("code", code)
    location.searchParams.set("scope", query.get("scope") ?? "")
    location.searchParams.set("state", query.get("state") ?? "")
    return { status: 302, body: {}, headers: { location: location.href } }
  }

  /** A code works once, and only with the verifier of its challenge. */
  const redeem = (code: string, verifier: string | null): boolean => {
    const challenge = codes.get(code) ?? null
    return codes.delete(code) && isProven(challenge, verifier)
  }

  const token = (form: URLSearchParams): Answer => {
    if (
      form.get("client_id") !== state.client_id ||
      form.get("client_secret") !== state.client_secret
    ) {
      return oauthError(401, "invalid_client", "Client authentication failed")
    }
    const rest = { token_type: "bearer", expires_in: state.expires_in }
    switch (form.get("grant_type")) {
      case "authorization_code":
        return redeem(form.get("code") ?? "", form.get("code_verifier"))
          ? { status: 200, body: { ...grant(), ...rest } }
          : oauthError(400, "invalid_grant", "The code is not valid")
      case "refresh_token": {
        const refresh_token = form.get("refresh_token") ?? ""
        // Amazon repeats the same refresh token.
        return refresh.has(refresh_token)
          ? {
              status: 200,
              body: { access_token: issueAccess(), refresh_token, ...rest },
            }
          : oauthError(
              400,
              "invalid_grant",
              "The request has an invalid grant parameter : refresh_token"
            )
      }
      default:
        return oauthError(400, "unsupported_grant_type", "Unknown grant type")
    }
  }

  const profiles = (headers: IncomingHttpHeaders): Answer => {
    if (headers["amazon-advertising-api-clientid"] !== state.client_id) {
      return apiError(401, "UNAUTHORIZED", "Invalid client ID")
    }
    const bearer = (headers.authorization ?? "").replace(/^Bearer /, "")
    const { ends = 0 } = access.get(bearer) ?? {}
    return ends > Date.now()
      ? {
          status: 200,
          body: state.profiles,
          headers: { "content-type": "application/json" },
        }
      : apiError(401, "UNAUTHORIZED", "HTTP 401 Unauthorized")
  }

  const route = ({
    method,
    path,
    query,
    form,
    headers,
  }: ServiceRequest): Answer => {
    switch (`${method} ${path}`) {
      case "GET /ap/oa":
        return consent(query)
      case "POST /auth/o2/token":
        return token(form)
      case "GET /v2/profiles":
        return profiles(headers)
      default:
        return apiError(404, "NOT_FOUND", "Method Not Found")
    }
  }
  const service = await startFakeService(route)

  const withdraw = () => {
    access.clear()
    refresh.clear()
  }

  return {
    ...service,
    authorization_endpoint: `${service.url}/ap/oa`,
    token_endpoint: `${service.url}/auth/o2/token`,
    state,
    grant,
    expire: (accessToken) => {
      access.delete(accessToken)
    },
    withdraw,
    reset: () => {
      service.reset()
      codes.clear()
      withdraw()
      Object.assign(state, initialState())
    },
  }
}
