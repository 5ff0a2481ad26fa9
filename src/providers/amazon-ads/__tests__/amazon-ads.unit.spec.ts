import {
  type AmazonAds,
  startAmazonAds,
} from "../../../../integration-tests/http/support/amazon-ads"
import { ServiceError } from "../../../errors/service-error"
import { exchangeAuthorizationCode } from "../../../oauth/authorization-code"
import {
  buildAuthorizationUrl,
  generateCodeVerifier,
} from "../../../oauth/authorization-url"
import { refreshAccessToken } from "../../../oauth/refresh-token"
import type { OAuth2Server } from "../../../oauth/types"
import { SecretString } from "../../../secrets/secret-string"
import { createServiceFetch, type ServiceFetch } from "../../../http/fetch"
import { readAllowedNetworks } from "../../../http/guard/networks"
import { createApiContext } from "../../api-client"
import { scopesOf } from "../../scopes"
import type { ProviderContext } from "../../types"
import { amazonAdsProvider as provider } from "../provider"

let amazon: AmazonAds
beforeAll(async () => {
  amazon = await startAmazonAds()
})
beforeEach(() => amazon.reset())
afterAll(() => amazon.close())

const fetch = createServiceFetch({
  service: "Amazon Ads",
  timeoutMs: 2_000,
  // The local server that stands in for the service.
  networks: readAllowedNetworks(["127.0.0.0/8", "::1"]) ?? undefined,
})

const contextWith = (
  token: string,
  settings: Record<string, unknown> = {},
  send: ServiceFetch = fetch
): ProviderContext =>
  createApiContext(provider.description, {
    settings: {
      base_url: amazon.url,
      client_id: amazon.state.client_id,
      region: "eu",
      ...settings,
    },
    auth_type: "oauth2",
    credential: async () => new SecretString(token),
    fetch: send,
  })

const verify = async (token: string, settings?: Record<string, unknown>) =>
  provider.verify?.(contextWith(token, settings))

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

const serverFor = (settings: Record<string, unknown>): OAuth2Server => {
  const { oauth2 } = provider.description
  if (!oauth2) {
    throw new Error("The provider has no OAuth 2")
  }
  return oauth2.server(settings)
}

const client = (secret = amazon.state.client_secret) => ({
  client_id: amazon.state.client_id,
  client_secret: new SecretString(secret),
})

/** The provider's own description at the local server's addresses. */
const localServer = (): OAuth2Server => ({
  ...serverFor({ region: "eu" }),
  authorization_endpoint: amazon.authorization_endpoint,
  token_endpoint: amazon.token_endpoint,
})

describe("the regions", () => {
  it.each([
    [
      "na",
      "https://www.amazon.com/ap/oa",
      "https://api.amazon.com/auth/o2/token",
      "https://advertising-api.amazon.com/v2/profiles",
    ],
    [
      "eu",
      "https://eu.account.amazon.com/ap/oa",
      "https://api.amazon.co.uk/auth/o2/token",
      "https://advertising-api-eu.amazon.com/v2/profiles",
    ],
    [
      "fe",
      "https://apac.account.amazon.com/ap/oa",
      "https://api.amazon.co.jp/auth/o2/token",
      "https://advertising-api-fe.amazon.com/v2/profiles",
    ],
  ])("%s has hosts of its own", async (region, authorize, token, api) => {
    expect(serverFor({ region })).toMatchObject({
      authorization_endpoint: authorize,
      token_endpoint: token,
    })
    const asked: string[] = []
    await provider.verify?.(
      contextWith("Atza|x", { region, base_url: undefined }, async (url) => {
        asked.push(String(url))
        return Response.json([])
      })
    )
    expect(asked).toEqual([api])
  })

  it.each(["us", "constructor", "https://evil.example"])(
    "%s is none of them",
    (region) => {
      expect(() => serverFor({ region })).toThrow(/"region" must be one of/)
    }
  )
})

describe("Login with Amazon", () => {
  it("connects with the scope for advertising", async () => {
    const redirectUri = "http://localhost/callback"
    const codeVerifier = generateCodeVerifier()
    const consent = await buildAuthorizationUrl({
      server: localServer(),
      clientId: amazon.state.client_id,
      redirectUri,
      scopes: scopesOf({}, provider.description.oauth2?.scopes ?? []),
      state: "s",
      codeVerifier,
    })
    expect(new URL(consent).searchParams.get("scope")).toBe(
      "advertising::campaign_management"
    )
    const answer = await globalThis.fetch(consent, { redirect: "manual" })
    const code = new URL(answer.headers.get("location") ?? "").searchParams.get(
      "code"
    )
    const tokens = await exchangeAuthorizationCode({
      server: localServer(),
      client: client(),
      fetch,
      code: new SecretString(code ?? ""),
      redirectUri,
      codeVerifier: new SecretString(codeVerifier),
    })
    expect(await verify(tokens.access_token.reveal())).toContain(
      "2 advertising"
    )
  })

  const refresh = (refreshToken: string, secret?: string) =>
    refreshAccessToken({
      server: localServer(),
      client: client(secret),
      fetch,
      refreshToken: new SecretString(refreshToken),
    })

  it("gives a new access token for the refresh token", async () => {
    const tokens = await refresh(amazon.grant().refresh_token)
    const lifetime = (tokens.expires_at?.getTime() ?? 0) - Date.now()
    expect(lifetime).toBeGreaterThan(3_500_000)
    expect(await verify(tokens.access_token.reveal())).toContain(
      "2 advertising"
    )
  })

  it("says that the grant is gone once it was withdrawn", async () => {
    const { refresh_token } = amazon.grant()
    amazon.withdraw()
    expect(await failureOf(refresh(refresh_token))).toMatchObject({
      errorClass: "token_invalid",
      code: "invalid_grant",
    })
  })

  it("blames the configuration for a wrong client secret", async () => {
    const { refresh_token } = amazon.grant()
    expect(await failureOf(refresh(refresh_token, "wrong"))).toMatchObject({
      errorClass: "config_error",
      code: "invalid_client",
    })
  })

  it("is asked 15 minutes before a token ends", () => {
    expect(provider.description.oauth2?.refresh).toEqual({
      strategy: "refresh_token",
      min_ttl_seconds: 900,
    })
  })
})

describe("the advertising profiles", () => {
  it("are listed with exact ids", async () => {
    const { access_token } = amazon.grant()
    expect(await provider.listAccounts?.(contextWith(access_token))).toEqual([
      {
        external_id: "90071992547409931",
        kind: "advertising_profile",
        name: "Example Store (US)",
        username: "ENTITY1",
        avatar_url: null,
        url: null,
      },
      {
        external_id: "3312345678901234",
        kind: "advertising_profile",
        name: "ENTITY2 (CA)",
        username: "ENTITY2",
        avatar_url: null,
        url: null,
      },
    ])
  })

  it("are asked for with the client's id and without a profile", async () => {
    await verify(amazon.grant().access_token)
    const [{ headers }] = amazon.requests
    expect(headers["amazon-advertising-api-clientid"]).toBe(
      amazon.state.client_id
    )
    expect(headers).not.toHaveProperty("amazon-advertising-api-scope")
  })

  it("may be none, which is no failure of the token", async () => {
    amazon.state.profiles = "[]"
    expect(await verify(amazon.grant().access_token)).toBe(
      "Amazon accepted the token. Its account has no advertising profile in this region."
    )
  })
})

describe("Amazon's failures", () => {
  it("says that an ended token is gone, without repeating it", async () => {
    const { access_token } = amazon.grant()
    amazon.expire(access_token)
    const error = await failureOf(verify(access_token))
    expect(error).toMatchObject({
      errorClass: "token_invalid",
      code: "UNAUTHORIZED",
    })
    expect(error.message).not.toContain(access_token)
  })

  it("blames the configuration for a client id that Amazon refuses or lacks", async () => {
    const { access_token } = amazon.grant()
    expect(
      await failureOf(verify(access_token, { client_id: "another" }))
    ).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining("Compare the client ID with"),
    })
    expect(
      await failureOf(verify(access_token, { client_id: "" }))
    ).toMatchObject({ errorClass: "config_error", code: "missing_client_id" })
  })

  it.each([
    [
      401,
      { code: "UNAUTHORIZED", details: "Not authorized to access scope 1" },
      "permission",
    ],
    [403, { code: "403", details: "Forbidden" }, "permission"],
    [404, { code: "NOT_FOUND", details: "Method Not Found" }, "config_error"],
    [500, { code: "INTERNAL_ERROR", details: "Try again" }, "transient"],
    [401, "<html>Sign in</html>", "transient"],
    [200, "<html>Welcome</html>", "transient"],
    [200, { profiles: [] }, "transient"],
    [200, [{ countryCode: "US" }], "transient"],
  ])("%i with %j is %s", async (status, body, errorClass) => {
    amazon.answer(status, body)
    expect((await failureOf(verify("Atza|x"))).errorClass).toBe(errorClass)
  })

  it.each([
    ["with a body", { code: "429", details: "Too many requests" }],
    ["without one", ""],
  ])("waits as long as a throttled answer %s says", async (_, body) => {
    amazon.answer(429, body, { "retry-after": "30" })
    const { errorClass, retryAt } = await failureOf(verify("Atza|x"))
    expect(errorClass).toBe("rate_limited")
    expect((retryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(25_000)
  })
})
