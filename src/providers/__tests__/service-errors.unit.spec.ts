import {
  ServiceError,
  type ServiceErrorClass,
} from "../../errors/service-error"
import { exchangeAuthorizationCode } from "../../oauth/authorization-code"
import { SecretString } from "../../secrets/secret-string"
import type { AuthType } from "../../shared/enums"
import { createServiceFetch } from "../../http/fetch"
import {
  contextFor,
  failureOf,
  type LocalService,
  providerOf,
  settingsFor,
  startLocalService,
  verify,
} from "./support/harness"

let service: LocalService

beforeAll(async () => {
  service = await startLocalService()
})

afterAll(() => service.close())

const answering = (status: number, body: unknown) => {
  service.answer = (_, response) => {
    response.writeHead(status, { "content-type": "application/json" })
    response.end(JSON.stringify(body))
  }
}

const failing = (identifier: string, type: AuthType) =>
  failureOf(
    verify(
      identifier,
      contextFor(identifier, type, { settings: { base_url: service.url } })
    )
  )

type Row = readonly [
  identifier: string,
  type: AuthType,
  status: number,
  body: unknown,
  errorClass: ServiceErrorClass,
  code: string,
]

const graph = (code: number) => ({
  error: { message: "(#x) Refused", type: "OAuthException", code },
})
const google = (reason: string, status: string) => ({
  error: { code: 403, status, message: "Refused", errors: [{ reason }] },
})

const ROWS: readonly Row[] = [
  [
    "slack",
    "bearer",
    200,
    { ok: false, error: "invalid_auth" },
    "token_invalid",
    "invalid_auth",
  ],
  [
    "slack",
    "oauth2",
    200,
    { ok: false, error: "token_revoked" },
    "token_invalid",
    "token_revoked",
  ],
  [
    "slack",
    "oauth2",
    200,
    { ok: false, error: "token_expired" },
    "token_expired",
    "token_expired",
  ],
  [
    "slack",
    "bearer",
    200,
    { ok: false, error: "missing_scope", needed: "x" },
    "permission",
    "missing_scope",
  ],
  [
    "slack",
    "bearer",
    200,
    { ok: false, error: "ratelimited" },
    "rate_limited",
    "ratelimited",
  ],
  [
    "slack",
    "bearer",
    200,
    { ok: false, error: "fatal_error" },
    "transient",
    "fatal_error",
  ],
  ["slack", "bearer", 200, { ok: false }, "transient", "refused"],
  ["whatsapp_business", "bearer", 400, graph(190), "token_invalid", "190"],
  ["whatsapp_business", "bearer", 401, graph(190), "token_invalid", "190"],
  ["whatsapp_business", "bearer", 403, graph(10), "permission", "10"],
  ["whatsapp_business", "bearer", 400, graph(200), "permission", "200"],
  ["whatsapp_business", "bearer", 400, graph(80007), "rate_limited", "80007"],
  ["whatsapp_business", "bearer", 400, graph(4), "rate_limited", "4"],
  ["whatsapp_business", "bearer", 500, graph(1), "transient", "1"],
  ["whatsapp_business", "bearer", 400, graph(368), "account_restricted", "368"],
  ["whatsapp_business", "bearer", 400, graph(100), "config_error", "100"],
  [
    "google_drive",
    "oauth2",
    403,
    google("userRateLimitExceeded", "PERMISSION_DENIED"),
    "rate_limited",
    "userRateLimitExceeded",
  ],
  [
    "google_drive",
    "oauth2",
    403,
    google("insufficientPermissions", "PERMISSION_DENIED"),
    "permission",
    "insufficientPermissions",
  ],
  [
    "google_analytics",
    "oauth2",
    403,
    {
      error: {
        code: 403,
        status: "PERMISSION_DENIED",
        details: [{ reason: "SERVICE_DISABLED" }],
      },
    },
    "config_error",
    "SERVICE_DISABLED",
  ],
  [
    "google_analytics",
    "oauth2",
    401,
    { error: { code: 401, status: "UNAUTHENTICATED" } },
    "token_invalid",
    "UNAUTHENTICATED",
  ],
  [
    "stripe_connect",
    "bearer",
    401,
    { error: { type: "invalid_request_error", message: "Invalid API Key" } },
    "token_invalid",
    "invalid_request_error",
  ],
  [
    "stripe_connect",
    "oauth2",
    403,
    { error: { code: "account_invalid", type: "invalid_request_error" } },
    "token_invalid",
    "account_invalid",
  ],
  [
    "paypal",
    "oauth2",
    401,
    {
      error: "invalid_token",
      error_description: "Token signature verification failed",
    },
    "token_invalid",
    "invalid_token",
  ],
  [
    "razorpay",
    "basic",
    401,
    {
      error: {
        code: "BAD_REQUEST_ERROR",
        description: "Authentication failed",
      },
    },
    "token_invalid",
    "BAD_REQUEST_ERROR",
  ],
  [
    "resend",
    "bearer",
    401,
    { statusCode: 401, name: "restricted_api_key", message: "Only send" },
    "permission",
    "restricted_api_key",
  ],
  [
    "resend",
    "bearer",
    400,
    { statusCode: 400, name: "invalid_api_key", message: "Invalid" },
    "token_invalid",
    "invalid_api_key",
  ],
  [
    "klaviyo",
    "api_key",
    401,
    { errors: [{ code: "not_authenticated", detail: "Missing" }] },
    "token_invalid",
    "not_authenticated",
  ],
  [
    "klaviyo",
    "api_key",
    403,
    { errors: [{ code: "permission_denied", detail: "Missing" }] },
    "permission",
    "permission_denied",
  ],
  [
    "twilio",
    "basic",
    401,
    { code: 20003, message: "Authenticate" },
    "token_invalid",
    "20003",
  ],
  [
    "hubspot",
    "oauth2",
    401,
    { status: "error", category: "EXPIRED_AUTHENTICATION" },
    "token_expired",
    "EXPIRED_AUTHENTICATION",
  ],
  [
    "hubspot",
    "bearer",
    403,
    { status: "error", category: "MISSING_SCOPES" },
    "permission",
    "MISSING_SCOPES",
  ],
  [
    "salesforce",
    "oauth2",
    401,
    [{ errorCode: "INVALID_SESSION_ID", message: "Session expired" }],
    "token_expired",
    "INVALID_SESSION_ID",
  ],
  [
    "salesforce",
    "oauth2",
    403,
    [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message: "Limit" }],
    "rate_limited",
    "REQUEST_LIMIT_EXCEEDED",
  ],
  [
    "pipedrive",
    "api_key",
    200,
    { success: false, error: "unauthorized" },
    "transient",
    "refused",
  ],
  [
    "zoho_crm",
    "oauth2",
    401,
    { code: "OAUTH_SCOPE_MISMATCH", status: "error" },
    "permission",
    "OAUTH_SCOPE_MISMATCH",
  ],
  [
    "zoho_crm",
    "oauth2",
    401,
    { code: "INVALID_TOKEN", status: "error" },
    "token_expired",
    "INVALID_TOKEN",
  ],
  [
    "attio",
    "bearer",
    200,
    { active: false },
    "token_invalid",
    "inactive_token",
  ],
  [
    "dropbox",
    "oauth2",
    401,
    {
      error_summary: "expired_access_token/..",
      error: { ".tag": "expired_access_token" },
    },
    "token_expired",
    "expired_access_token/..",
  ],
  [
    "dropbox",
    "oauth2",
    401,
    { error_summary: "missing_scope/.", error: { ".tag": "missing_scope" } },
    "permission",
    "missing_scope/.",
  ],
  [
    "intercom",
    "bearer",
    401,
    {
      type: "error.list",
      errors: [{ code: "token_suspended", message: "Suspended" }],
    },
    "account_restricted",
    "token_suspended",
  ],
  [
    "okta",
    "api_key",
    401,
    { errorCode: "E0000011", errorSummary: "Invalid token provided" },
    "token_invalid",
    "E0000011",
  ],
  [
    "okta",
    "api_key",
    429,
    { errorCode: "E0000047", errorSummary: "Limit" },
    "rate_limited",
    "E0000047",
  ],
  [
    "microsoft",
    "oauth2",
    401,
    { error: { code: "InvalidAuthenticationToken", message: "Lifetime" } },
    "token_expired",
    "InvalidAuthenticationToken",
  ],
  [
    "shopify",
    "api_key",
    401,
    { errors: "[API] Invalid API key or access token" },
    "token_invalid",
    "http_401",
  ],
  [
    "shopify",
    "api_key",
    402,
    { errors: "Unavailable Shop" },
    "account_restricted",
    "http_402",
  ],
  [
    "shopify",
    "oauth2",
    423,
    { errors: "Locked" },
    "account_restricted",
    "http_423",
  ],
  [
    "quickbooks",
    "oauth2",
    401,
    { fault: { error: [{ code: "3200", message: "AuthenticationFailed" }] } },
    "token_expired",
    "3200",
  ],
  [
    "quickbooks",
    "oauth2",
    403,
    {
      Fault: {
        Error: [{ code: "3100", Message: "ApplicationAuthorizationFailed" }],
      },
    },
    "permission",
    "3100",
  ],
  [
    "easypost",
    "basic",
    403,
    { error: { code: "APIKEY.INACTIVE", message: "Inactive" } },
    "token_invalid",
    "APIKEY.INACTIVE",
  ],
  [
    "posthog",
    "bearer",
    401,
    {
      type: "authentication_error",
      code: "authentication_failed",
      detail: "Invalid",
    },
    "token_invalid",
    "authentication_failed",
  ],
]

describe("a service's own way to say no", () => {
  it.each(ROWS)(
    "%s (%s) %d %j means %s",
    async (identifier, type, status, body, errorClass, code) => {
      answering(status, body)
      expect(await failing(identifier, type)).toMatchObject({
        errorClass,
        code,
        status,
      })
    }
  )

  it("is passed on to the merchant in the service's words", async () => {
    answering(401, { errors: "[API] Invalid API key or access token" })
    expect((await failing("shopify", "api_key")).message).toBe(
      "Shopify answered 401 (http_401): [API] Invalid API key or access token"
    )
  })

  it("is no code when it is a sentence", async () => {
    answering(403, { error: "You may not do this here." })
    expect((await failing("mixpanel", "basic")).message).toBe(
      "Mixpanel answered 403 (http_403): You may not do this here."
    )
  })

  it("is not shown when it repeats the credential inside of a success", async () => {
    service.answer = (request, response) => {
      const token = String(request.headers.authorization)
      response.writeHead(200, { "content-type": "application/json" })
      response.end(JSON.stringify({ ok: true, team: `Team ${token}` }))
    }
    const sentence = await verify(
      "slack",
      contextFor("slack", "bearer", { settings: { base_url: service.url } })
    )
    expect(sentence).toBe(
      "Slack accepted the credentials of Team Bearer [redacted]."
    )
  })
})

describe("a token answer that departs from the standard", () => {
  const exchange = async (identifier: string, body: unknown) => {
    answering(200, body)
    const oauth2 = providerOf(identifier).description.oauth2
    if (!oauth2) {
      throw new Error(`${identifier} has no OAuth.`)
    }
    return exchangeAuthorizationCode({
      server: {
        ...oauth2.server(settingsFor(identifier)),
        token_endpoint: `${service.url}/token`,
      },
      client: {
        client_id: "client-1",
        client_secret: new SecretString("secret"),
      },
      fetch: createServiceFetch({ service: identifier, timeoutMs: 2_000 }),
      code: new SecretString("code-1"),
      redirectUri: "https://shop.test/oauth/callback",
    })
  }

  it.each([
    [
      "slack",
      {
        ok: true,
        access_token: "xoxb-1",
        token_type: "bot",
        scope: "chat:write,channels:read",
        authed_user: { id: "U1" },
      },
      ["chat:write", "channels:read"],
    ],
    ["mailchimp", { access_token: "t", expires_in: 0, scope: null }, null],
    [
      "shopify",
      { access_token: "shpat_1", scope: "read_products,read_orders" },
      ["read_products", "read_orders"],
    ],
    [
      "salesforce",
      {
        access_token: "00D",
        refresh_token: "r",
        instance_url: "https://acme.my.salesforce.com",
        token_type: "Bearer",
        scope: "api refresh_token",
      },
      ["api", "refresh_token"],
    ],
  ] as const)("of %s becomes a token", async (identifier, body, scopes) => {
    const tokens = await exchange(identifier, body)
    expect(tokens.access_token.reveal()).toBe(body.access_token)
    expect(tokens.expires_at).toBeNull()
    expect(tokens.scopes).toEqual(scopes)
  })

  it.each([
    ["invalid_auth", "token_invalid", "invalid_grant"],
    ["token_revoked", "token_invalid", "invalid_grant"],
    ["token_expired", "token_invalid", "invalid_grant"],
    ["invalid_refresh_token", "token_invalid", "invalid_grant"],
    ["invalid_code", "token_invalid", "invalid_grant"],
    ["bad_client_secret", "config_error", "invalid_client"],
    ["bad_redirect_uri", "config_error", "invalid_request"],
    ["ratelimited", "rate_limited", "slow_down"],
    ["internal_error", "transient", "server_error"],
    ["something_new", "transient", "something_new"],
  ])(
    "of Slack's says %s inside of a success: %s",
    async (error, errorClass, code) => {
      await expect(
        exchange("slack", { ok: false, error })
      ).rejects.toMatchObject({
        errorClass,
        code,
      })
    }
  )
})

describe("the Management API of Auth0", () => {
  it("is named as the token's audience, by the tenant's own address", () => {
    const { oauth2 } = providerOf("auth0_management").description
    expect(oauth2?.grant).toBe("client_credentials")
    expect(oauth2?.token_parameters?.({ tenant: "acme.eu" })).toEqual({
      audience: "https://acme.eu.auth0.com/api/v2/",
    })
    expect(() => oauth2?.token_parameters?.({ tenant: "a/b" })).toThrow(
      ServiceError
    )
  })
})
