import { randomBytes } from "node:crypto"
import {
  type Answer,
  type FakeService,
  isProven,
  type ServiceRequest,
  startFakeService,
} from "./fake-service"

export interface Keycloak extends FakeService {
  /** The realm's identifier: `<url>/realms/shop`. */
  issuer: string
  /** Base address of the realm's endpoints. */
  endpoints: string
  state: KeycloakState
  /** Lets the sessions of all users end, as an administrator can. */
  logOutAll: () => void
  /** Lets the lives of all refresh tokens end. */
  endRefreshTokens: () => void
}

export interface KeycloakState {
  client_id: string
  client_secret: string
  /** In s. */
  access_token_lifespan: number
  /** Whether the realm describes itself to others. */
  publishes_metadata: boolean
}

const initialState = (): KeycloakState => ({
  client_id: "shop",
  client_secret: "keycloak-client-secret-41",
  access_token_lifespan: 300,
  publishes_metadata: true,
})

const refusal = (
  status: number,
  error: string,
  error_description: string
): Answer => ({ status, body: { error, error_description } })

const NOT_FOUND = refusal(
  404,
  "HTTP 404 Not Found",
  "For more on this error consult the server log."
)

const random = (): string => randomBytes(24).toString("base64url")

/** RFC 6749, section 2.3.1: both halves are form-encoded. */
const readBasic = (header = ""): [string, string] => {
  const text = Buffer.from(header.replace(/^Basic /, ""), "base64").toString()
  const [id = "", secret = ""] = text
    .split(":")
    .map((half) => decodeURIComponent(half.replaceAll("+", " ")))
  return [id, secret]
}

/** Stands in for a Keycloak server with the realm "shop". */
export const startKeycloak = async (): Promise<Keycloak> => {
  const state = initialState()
  const session = { id: random(), isActive: true }
  const codes = new Map<
    string,
    { challenge: string | null; redirect_uri: string | null }
  >()
  const access = new Set<string>()
  const refresh = new Set<string>()

  const granted = (): Answer => {
    const tokens = { access_token: random(), refresh_token: random() }
    access.add(tokens.access_token)
    refresh.add(tokens.refresh_token)
    return {
      status: 200,
      body: {
        ...tokens,
        expires_in: state.access_token_lifespan,
        refresh_expires_in: 1800,
        token_type: "Bearer",
        "not-before-policy": 0,
        session_state: session.id,
        scope: "profile email",
      },
    }
  }

  const consent = (query: URLSearchParams): Answer => {
    session.isActive = true
    const redirect_uri = query.get("redirect_uri")
    const code = `${random()}.${session.id}.${random()}`
    codes.set(code, { challenge: query.get("code_challenge"), redirect_uri })
    const response = new URLSearchParams({
      state: query.get("state") ?? "",
      session_state: session.id,
      iss: keycloak.issuer,
      code,
    })
    return {
      status: 302,
      body: {},
      headers: { location: `${redirect_uri}?${response}` },
    }
  }

  /** What is wrong with the client, if anything. */
  const refuseClient = ({ headers, form }: ServiceRequest) => {
    const [id, secret] = headers.authorization
      ? readBasic(headers.authorization)
      : [form.get("client_id"), form.get("client_secret")]
    const description = "Invalid client or Invalid client credentials"
    if (id !== state.client_id) {
      return refusal(401, "invalid_client", description)
    }
    return secret === state.client_secret
      ? undefined
      : refusal(401, "unauthorized_client", description)
  }

  const token = (request: ServiceRequest): Answer => {
    const problem = refuseClient(request)
    if (problem) {
      return problem
    }
    const { form } = request
    if (form.get("grant_type") === "refresh_token") {
      if (!session.isActive) {
        return refusal(400, "invalid_grant", "Session not active")
      }
      return refresh.has(form.get("refresh_token") ?? "")
        ? granted()
        : refusal(400, "invalid_grant", "Token is not active")
    }
    const code = form.get("code") ?? ""
    const asked = codes.get(code)
    codes.delete(code)
    if (!asked) {
      return refusal(400, "invalid_grant", "Code not valid")
    }
    if (asked.redirect_uri !== form.get("redirect_uri")) {
      return refusal(400, "invalid_grant", "Incorrect redirect_uri")
    }
    return isProven(asked.challenge, form.get("code_verifier"))
      ? granted()
      : refusal(400, "invalid_grant", "PKCE verification failed: Code mismatch")
  }

  /** With the refresh token goes the session, and with it every other token. */
  const revoke = (request: ServiceRequest): Answer => {
    const problem = refuseClient(request)
    if (problem) {
      return problem
    }
    const presented = request.form.get("token") ?? ""
    if (!session.isActive) {
      // Keycloak says so with 200.
      return refusal(200, "invalid_token", "Invalid token")
    }
    if (refresh.has(presented)) {
      session.isActive = false
    }
    access.delete(presented)
    return { status: 200, body: "" }
  }

  const introspect = (request: ServiceRequest): Answer =>
    refuseClient(request) ?? {
      status: 200,
      body:
        session.isActive && access.has(request.form.get("token") ?? "")
          ? { active: true, scope: "profile email" }
          : { active: false },
    }

  const metadata = () => ({
    issuer: keycloak.issuer,
    authorization_endpoint: `${keycloak.endpoints}/auth`,
    token_endpoint: `${keycloak.endpoints}/token`,
    introspection_endpoint: `${keycloak.endpoints}/token/introspect`,
    revocation_endpoint: `${keycloak.endpoints}/revoke`,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ["plain", "S256"],
  })

  const route = (request: ServiceRequest): Answer => {
    const path = request.path.replace(
      "/realms/shop/protocol/openid-connect",
      ""
    )
    switch (`${request.method} ${path}`) {
      case "GET /realms/shop/.well-known/openid-configuration":
        return state.publishes_metadata
          ? { status: 200, body: metadata() }
          : NOT_FOUND
      case "GET /auth":
        return consent(request.query)
      case "POST /token":
        return token(request)
      case "POST /token/introspect":
        return introspect(request)
      case "POST /revoke":
        return revoke(request)
      default:
        return NOT_FOUND
    }
  }

  const service = await startFakeService(route)
  const keycloak: Keycloak = {
    ...service,
    issuer: `${service.url}/realms/shop`,
    endpoints: `${service.url}/realms/shop/protocol/openid-connect`,
    state,
    logOutAll: () => {
      session.isActive = false
      access.clear()
    },
    endRefreshTokens: () => refresh.clear(),
  }
  return keycloak
}
