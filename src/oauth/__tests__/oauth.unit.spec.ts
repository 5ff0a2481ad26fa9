import { inspect } from "node:util"
import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { exchangeAuthorizationCode } from "../authorization-code"
import {
  buildAuthorizationUrl,
  generateCodeVerifier,
} from "../authorization-url"
import { refreshAccessToken } from "../refresh-token"
import { revokeToken } from "../revocation"
import { generateState, hashState } from "../state"
import type { OAuth2Server, PlainHttpRule, TokenRefusals } from "../types"

const server: OAuth2Server = {
  issuer: "https://service.example.com",
  authorization_endpoint: "https://service.example.com/auth?tenant=shop",
  token_endpoint: "https://service.example.com/token",
  revocation_endpoint: "https://service.example.com/revoke",
  authorization_response_iss_parameter_supported: true,
  client_auth: "client_secret_basic",
  pkce: true,
  scope_separator: " ",
}
const client = {
  client_id: "shop",
  client_secret: new SecretString("client-secret-value"),
}

/** A service that gives one prepared answer and remembers what it was asked. */
const service = (status: number, body: unknown, headers = {}) => {
  const requests: { url: string; body: URLSearchParams; headers: Headers }[] =
    []
  const fetch = async (url: string | URL, init?: RequestInit) => {
    requests.push({
      url: String(url),
      body: new URLSearchParams(String(init?.body ?? "")),
      headers: new Headers(init?.headers),
    })
    return typeof body === "string"
      ? new Response(body, {
          status,
          headers: { "content-type": "text/html", ...headers },
        })
      : Response.json(body, { status, headers })
  }
  return { fetch, requests }
}

const exchange = (
  fetch: ReturnType<typeof service>["fetch"],
  issuer: string | undefined = server.issuer,
  override: Partial<OAuth2Server> = {}
) =>
  exchangeAuthorizationCode({
    server: { ...server, ...override },
    client,
    fetch,
    code: new SecretString("the-code"),
    issuer,
    redirectUri: "https://shop.example.com/app/oauth/x/callback",
    codeVerifier: new SecretString("v".repeat(43)),
  })

const refresh = (
  fetch: ReturnType<typeof service>["fetch"],
  override: Partial<OAuth2Server> = {},
  allowsPlainHttp?: PlainHttpRule
) =>
  refreshAccessToken({
    server: { ...server, ...override },
    client,
    fetch,
    allowsPlainHttp,
    refreshToken: new SecretString("the-refresh-token"),
  })

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe("HTTP Basic", () => {
  it.each([
    // Not all services undo the encoding.
    ["client-secret_value.1", "client-secret_value.1"],
    ["a b:c/d+e%f", "a+b%3Ac%2Fd%2Be%25f"],
  ])("carries %s so that every service reads it", async (secret, sent) => {
    const { fetch, requests } = service(200, { access_token: "a" })
    await refreshAccessToken({
      server: { ...server, client_auth: "client_secret_basic" },
      client: { ...client, client_secret: new SecretString(secret) },
      refreshToken: new SecretString("r"),
      fetch,
    })
    const [{ headers, body }] = requests
    const [, login] = headers.get("authorization")?.split(" ") ?? []
    expect(Buffer.from(login, "base64").toString()).toBe(`shop:${sent}`)
    expect(body.has("client_secret")).toBe(false)
  })
})

describe("a service that insists on headers", () => {
  it("gets them with every token request and revocation", async () => {
    const headers = { "user-agent": "web:shop:1.0 (by /u/ada)" }
    const tokens = service(200, { access_token: "a", token_type: "bearer" })
    await exchange(tokens.fetch, server.issuer, { headers })
    await refresh(tokens.fetch, { headers })
    await revokeToken({
      server: { ...server, headers },
      client,
      fetch: tokens.fetch,
      token: new SecretString("a"),
      tokenTypeHint: "access_token",
    })
    expect(tokens.requests).toHaveLength(3)
    for (const request of tokens.requests) {
      expect(request.headers.get("user-agent")).toBe(headers["user-agent"])
      expect(request.headers.get("authorization")).toMatch(/^Basic /)
    }
  })
})

describe("the authorization URL", () => {
  it("asks for a code with PKCE S256 and keeps what the endpoint already carries", async () => {
    const verifier = generateCodeVerifier()
    const url = new URL(
      await buildAuthorizationUrl({
        server: { ...server, authorization_parameters: { prompt: "consent" } },
        clientId: "shop",
        redirectUri: "https://shop.example.com/cb",
        scopes: ["read", "write"],
        state: "the-state",
        codeVerifier: verifier,
      })
    )
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: "shop",
      prompt: "consent",
      response_type: "code",
      client_id: "shop",
      redirect_uri: "https://shop.example.com/cb",
      scope: "read write",
      state: "the-state",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    })
    expect(url.href).not.toContain(verifier)
  })

  it("cannot be made to lose its state by a description", async () => {
    const url = await buildAuthorizationUrl({
      server: {
        ...server,
        pkce: false,
        scope_separator: ",",
        authorization_parameters: { state: "fixed" },
      },
      clientId: "shop",
      redirectUri: "https://shop.example.com/cb",
      scopes: ["a", "b"],
      state: "the-state",
    })
    expect(new URL(url).searchParams.get("state")).toBe("the-state")
    expect(new URL(url).searchParams.get("scope")).toBe("a,b")
    expect(url).not.toContain("code_challenge")
  })
})

describe("a state", () => {
  it("has 256 random bits and is stored as a hash only", () => {
    const states = new Set(Array.from({ length: 100 }, generateState))
    expect(states.size).toBe(100)
    for (const state of states) {
      expect(Buffer.from(state, "base64url")).toHaveLength(32)
      expect(hashState(state)).not.toContain(state)
    }
  })
})

describe("an exchanged code", () => {
  it("gives tokens with absolute times and the scopes that were granted", async () => {
    const { fetch, requests } = service(200, {
      access_token: "new-access",
      refresh_token: "new-refresh",
      token_type: "bearer",
      expires_in: 60,
      refresh_token_expires_in: "3600",
      scope: "read write",
    })
    const before = Date.now()
    const tokens = await exchange(fetch)

    expect(tokens.access_token.reveal()).toBe("new-access")
    expect(tokens.refresh_token?.reveal()).toBe("new-refresh")
    expect(tokens.scopes).toEqual(["read", "write"])
    expect(tokens.expires_at!.getTime()).toBeGreaterThanOrEqual(before + 60_000)
    expect(tokens.expires_at!.getTime()).toBeLessThan(before + 65_000)
    expect(tokens.refresh_token_expires_at!.getTime()).toBeGreaterThanOrEqual(
      before + 3_600_000
    )
    expect(Object.fromEntries(requests[0].body)).toEqual({
      grant_type: "authorization_code",
      code: "the-code",
      redirect_uri: "https://shop.example.com/app/oauth/x/callback",
      code_verifier: "v".repeat(43),
    })
    expect(requests[0].headers.get("authorization")).toMatch(/^Basic /)
  })

  it.each([
    ["another issuer", "https://evil.example.com"],
    ["no issuer where the service always names it", ""],
  ])("is not sent anywhere after an answer from %s", async (_, issuer) => {
    const { fetch, requests } = service(200, {})
    const error = await failureOf(exchange(fetch, issuer))
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "issuer_mismatch",
    })
    expect(requests).toHaveLength(0)
  })

  it("is asked for with what the service wants to be told besides", async () => {
    const { fetch, requests } = service(200, {
      access_token: "access-1",
      token_type: "bearer",
    })
    await exchange(fetch, undefined, {
      token_parameters: { continuous_refresh: "true" },
    })
    expect(Object.fromEntries(requests[0].body)).toMatchObject({
      grant_type: "authorization_code",
      code: "the-code",
      continuous_refresh: "true",
    })
  })
})

describe("the issuer of an authorization response", () => {
  const answer = { access_token: "next", token_type: "bearer" }

  it("is compared with nothing where the service's own is not known", async () => {
    const { fetch, requests } = service(200, answer)
    const tokens = await exchange(fetch, "https://keycloak.example/realms/a", {
      issuer: undefined,
      authorization_response_iss_parameter_supported: undefined,
    })
    expect(tokens.access_token.reveal()).toBe("next")
    expect(requests).toHaveLength(1)
  })

  it("may be missing where the service is not known to send it", async () => {
    const { fetch } = service(200, answer)
    const tokens = await exchange(fetch, "", {
      authorization_response_iss_parameter_supported: undefined,
    })
    expect(tokens.access_token.reveal()).toBe("next")
  })
})

describe("a failure of the token endpoint", () => {
  it.each([
    [400, { error: "invalid_grant" }, "token_invalid", "invalid_grant"],
    [401, { error: "invalid_client" }, "config_error", "invalid_client"],
    [
      400,
      { error: "unauthorized_client" },
      "config_error",
      "unauthorized_client",
    ],
    [400, { error: "invalid_scope" }, "permission", "invalid_scope"],
    [503, { error: "temporarily_unavailable" }, "transient", "http_503"],
    [500, { error: "invalid_grant" }, "transient", "http_500"],
    [429, { error: "slow_down" }, "rate_limited", "slow_down"],
    // A limit says nothing about the grant, whatever its body says.
    [429, { error: "invalid_grant" }, "rate_limited", "http_429"],
    [429, { error: "invalid_client" }, "rate_limited", "http_429"],
    // A refresh cannot ask a person: only a new consent helps.
    [
      400,
      { error: "interaction_required" },
      "token_invalid",
      "interaction_required",
    ],
    [400, { error: "consent_required" }, "token_invalid", "consent_required"],
    [400, { error: "login_required" }, "token_invalid", "login_required"],
    [401, "", "config_error", "invalid_client"],
    [200, "<html>maintenance</html>", "transient", "malformed_response"],
    [200, {}, "transient", "malformed_response"],
    [
      200,
      { access_token: "", token_type: "bearer" },
      "transient",
      "malformed_response",
    ],
    [
      200,
      { access_token: 7, token_type: "bearer" },
      "transient",
      "malformed_response",
    ],
    [502, "<html>bad gateway</html>", "transient", "http_502"],
    [429, "<html>slow down</html>", "rate_limited", "http_429"],
  ])("%i %j is %s", async (status, body, errorClass, code) => {
    const { fetch } = service(status as number, body)
    expect(await failureOf(refresh(fetch))).toMatchObject({ errorClass, code })
  })

  it.each([
    [400, { error: "invalid_grant" }, "token_invalid", "invalid_grant"],
    [401, { error: "invalid_grant" }, "token_invalid", "invalid_grant"],
    [401, { error: "invalid_client" }, "config_error", "invalid_client"],
    [429, { error: "slow_down" }, "rate_limited", "slow_down"],
    [503, { error: "temporarily_unavailable" }, "transient", "http_503"],
    [400, "", "transient", "http_400"],
    [401, "", "config_error", "invalid_client"],
  ])(
    "%i %j with a challenge beside it is %s",
    async (status, body, errorClass, code) => {
      const { fetch } = service(status, body, {
        "www-authenticate":
          'Bearer realm="Doorkeeper", error="invalid_client", error_description="x"',
        "retry-after": "5",
      })
      const error = await failureOf(refresh(fetch))
      expect(error).toMatchObject({ errorClass, code, status })
      expect(error.retryAt).toBeInstanceOf(Date)
    }
  )

  it("carries neither the token, the client secret nor the answer", async () => {
    const { fetch } = service(400, {
      error: "invalid_grant",
      error_description: "the-refresh-token is unknown",
      access_token: "leaked",
    })
    const error = await failureOf(refresh(fetch))
    const everything = inspect(error, { depth: 10, showHidden: true })
    expect(everything).not.toMatch(
      /the-refresh-token|client-secret-value|leaked/
    )
    expect(error.cause).toBeUndefined()
  })
})

describe("a refreshed token", () => {
  it("keeps the stored refresh token when the answer has none or an empty one", async () => {
    for (const refresh_token of [undefined, ""]) {
      const { fetch } = service(200, {
        access_token: "next",
        token_type: "bearer",
        ...(refresh_token !== undefined && { refresh_token }),
      })
      const tokens = await refresh(fetch, {
        normalize_token_response: ({ refresh_token: token, ...rest }) =>
          token ? { ...rest, refresh_token: token } : rest,
      })
      expect(tokens).not.toHaveProperty("refresh_token")
      expect(tokens.expires_at).toBeNull()
      expect(tokens.scopes).toBeNull()
    }
  })

  it("is read after the description has brought an odd answer into standard form", async () => {
    const { fetch, requests } = service(200, {
      data: { access_token: "nested", expires_in: "120" },
    })
    const tokens = await refresh(fetch, {
      client_auth: "client_secret_post",
      normalize_token_response: ({ data }) => {
        const { access_token, expires_in } = data as Record<string, string>
        return {
          access_token,
          expires_in: Number(expires_in),
          token_type: "bearer",
        }
      },
    })
    expect(tokens.access_token.reveal()).toBe("nested")
    expect(requests[0].body.get("client_secret")).toBe("client-secret-value")
  })

  it("cannot be asked for without the client secret", async () => {
    const { fetch, requests } = service(200, {})
    const error = await failureOf(
      refreshAccessToken({
        server,
        client: { client_id: "shop" },
        fetch,
        refreshToken: new SecretString("x"),
      })
    )
    expect(error.errorClass).toBe("config_error")
    expect(requests).toHaveLength(0)
  })
})

describe("a refusal in the service's own terms", () => {
  const token_refusals: TokenRefusals = {
    success_member: "ok",
    codes: { token_gone: "invalid_grant", wrong_secret: "invalid_client" },
  }

  it.each([
    [200, { ok: false, error: "token_gone" }, "token_invalid", "invalid_grant"],
    [
      200,
      { ok: false, error: "wrong_secret" },
      "config_error",
      "invalid_client",
    ],
    [403, { ok: false, error: "token_gone" }, "token_invalid", "invalid_grant"],
    [200, { error: "token_gone" }, "token_invalid", "invalid_grant"],
    [400, { error: "invalid_grant" }, "token_invalid", "invalid_grant"],
    [200, { ok: false, error: "what_is_this" }, "transient", "what_is_this"],
    [200, { ok: false, error: "constructor" }, "transient", "constructor"],
    [200, { ok: false }, "transient", "unknown_error"],
    [
      200,
      { ok: false, access_token: "t", token_type: "bearer" },
      "transient",
      "unknown_error",
    ],
    [429, { ok: false, error: "token_gone" }, "rate_limited", "http_429"],
  ])("%i %j is %s", async (status, body, errorClass, code) => {
    const { fetch } = service(status, body)
    expect(await failureOf(refresh(fetch, { token_refusals }))).toMatchObject({
      errorClass,
      code,
    })
    const exchanged = service(status, body).fetch
    const error = await failureOf(
      exchange(exchanged, server.issuer, { token_refusals })
    )
    expect(error).toMatchObject({ errorClass, code })
  })

  it("does not get in the way of a success", async () => {
    const { fetch } = service(200, {
      ok: true,
      access_token: "next",
      token_type: "bearer",
    })
    const tokens = await refresh(fetch, { token_refusals })
    expect(tokens.access_token.reveal()).toBe("next")
  })
})

it("reads a refusal that is called text", async () => {
  const { fetch } = service(400, '{"error":"invalid_grant"}')
  expect(await failureOf(refresh(fetch))).toMatchObject({
    errorClass: "token_invalid",
    code: "invalid_grant",
  })
})

describe("an endpoint without TLS", () => {
  const answer = { access_token: "next", token_type: "bearer" }
  const inside = (url: URL) => url.hostname.startsWith("10.")

  it.each([
    ["http://service.example.com/token", undefined],
    ["http://10.0.0.5/token", undefined],
    ["http://service.example.com/token", inside],
    ["http://localhost/token", inside],
  ])("at %s gets no secret (rule: %p)", async (token_endpoint, rule) => {
    const { fetch, requests } = service(200, answer)
    const error = await failureOf(refresh(fetch, { token_endpoint }, rule))
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "insecure_endpoint",
    })
    expect(error.message).toContain(new URL(token_endpoint).host)
    expect(requests).toEqual([])
  })

  it.each([
    ["http://10.0.0.5/token", inside],
    ["http://127.0.0.1:4400/token", undefined],
    ["http://localhost:4400/token", undefined],
    ["http://[::1]:4400/token", undefined],
  ])(
    "at %s is asked where the rule allows it",
    async (token_endpoint, rule) => {
      const { fetch, requests } = service(200, answer)
      await refresh(fetch, { token_endpoint }, rule)
      expect(requests.map(({ url }) => url)).toEqual([token_endpoint])
    }
  )

  it("is judged by itself: a token endpoint on this machine opens no other", async () => {
    const { fetch, requests } = service(200, "")
    const revocation_endpoint = "http://service.example.com/revoke"
    const error = await failureOf(
      revokeToken({
        server: {
          ...server,
          token_endpoint: "http://localhost:4400/token",
          revocation_endpoint,
        },
        client,
        fetch,
        token: new SecretString("old"),
        tokenTypeHint: "refresh_token",
      })
    )
    expect(error.code).toBe("insecure_endpoint")
    expect(requests).toEqual([])
  })
})

describe("a revocation", () => {
  it("names the token and its kind", async () => {
    const { fetch, requests } = service(200, "")
    await revokeToken({
      server,
      client,
      fetch,
      token: new SecretString("old"),
      tokenTypeHint: "refresh_token",
    })
    expect(requests[0].url).toBe("https://service.example.com/revoke")
    expect(Object.fromEntries(requests[0].body)).toMatchObject({
      token: "old",
      token_type_hint: "refresh_token",
    })
  })

  it("fails when the service refuses it", async () => {
    const { fetch } = service(503, { error: "server_error" })
    const error = await failureOf(
      revokeToken({
        server,
        client,
        fetch,
        token: new SecretString("old"),
        tokenTypeHint: "access_token",
      })
    )
    expect(error.errorClass).toBe("transient")
  })
})
