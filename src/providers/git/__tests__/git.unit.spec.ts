import {
  type GitHostKind,
  type GitHostServer,
  startGitHost,
} from "../../../../integration-tests/http/support/git-host"
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
import type { ProviderContext, SocialProvider } from "../../types"
import { giteaProvider } from "../gitea"
import { githubProvider } from "../github"
import { gitlabProvider } from "../gitlab"

const PROVIDERS: Record<GitHostKind, SocialProvider> = {
  github: githubProvider,
  gitlab: gitlabProvider,
  gitea: giteaProvider,
}

const fetch = createServiceFetch({
  service: "Git",
  timeoutMs: 2_000,
  // The local server that stands in for the service.
  networks: readAllowedNetworks(["127.0.0.0/8", "::1"]) ?? undefined,
})

const contextOf = (
  provider: SocialProvider,
  settings: Record<string, unknown>,
  token: string,
  send: ServiceFetch = fetch
): ProviderContext =>
  createApiContext(provider.description, {
    settings,
    auth_type: "bearer",
    credential: async () => new SecretString(token),
    fetch: send,
  })

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

const serverOf = (
  provider: SocialProvider,
  settings: Record<string, unknown> = {}
): OAuth2Server => {
  const { oauth2 } = provider.description
  if (!oauth2) {
    throw new Error("The provider has no OAuth 2")
  }
  return oauth2.server(settings)
}

describe.each<GitHostKind>(["github", "gitlab", "gitea"])("%s", (kind) => {
  const provider = PROVIDERS[kind]
  let host: GitHostServer

  beforeAll(async () => {
    host = await startGitHost(kind)
  })
  beforeEach(() => host.reset())
  afterAll(() => host.close())

  const contextWith = (token: string) =>
    contextOf(provider, { instance_url: `${host.url}/` }, token)
  const client = (secret = host.state.client_secret) => ({
    client_id: host.state.client_id,
    client_secret: new SecretString(secret),
  })
  const refresh = (refreshToken: string, secret?: string) =>
    refreshAccessToken({
      server: serverOf(provider, { instance_url: host.url }),
      client: client(secret),
      fetch,
      refreshToken: new SecretString(refreshToken),
    })

  it("tells whom a token belongs to, with user name and e-mail address", async () => {
    const { access_token } = host.grant()
    const message = await provider.verify?.(contextWith(access_token))
    expect(message).toContain("@ada, ada@example.com")
    expect(await provider.fetchProfile?.(contextWith(access_token))).toEqual(
      expect.objectContaining({
        id: "17",
        username: "ada",
        email: "ada@example.com",
        name: kind === "gitea" ? "ada" : "Ada Lovelace",
      })
    )
  })

  it("connects through the instance's own consent page, with PKCE", async () => {
    const server = serverOf(provider, { instance_url: host.url })
    const codeVerifier = generateCodeVerifier()
    const redirectUri = "http://localhost/callback"
    const consent = await buildAuthorizationUrl({
      server,
      clientId: host.state.client_id,
      redirectUri,
      scopes: scopesOf({}, provider.description.oauth2?.scopes ?? []),
      state: "s",
      codeVerifier,
    })
    expect(new URL(consent).origin).toBe(host.url)
    const answer = await globalThis.fetch(consent, { redirect: "manual" })
    const code = new URL(answer.headers.get("location") ?? "").searchParams.get(
      "code"
    )

    const tokens = await exchangeAuthorizationCode({
      server,
      client: client(),
      fetch,
      code: new SecretString(code ?? ""),
      redirectUri,
      codeVerifier: new SecretString(codeVerifier),
    })
    expect(tokens.expires_at?.getTime()).toBeGreaterThan(Date.now())
    expect(
      await provider.verify?.(contextWith(tokens.access_token.reveal()))
    ).toContain("@ada")
  })

  it("gets a new pair of tokens for a refresh token", async () => {
    const { refresh_token } = host.grant()
    const tokens = await refresh(refresh_token)
    expect(tokens.refresh_token?.reveal()).not.toBe(refresh_token)
    expect(
      await provider.verify?.(contextWith(tokens.access_token.reveal()))
    ).toContain("@ada")
  })

  it("takes a token without an end, which comes without a refresh token", async () => {
    host.state.expires_in = null
    const { refresh_token } = host.grant()
    const tokens = await refresh(refresh_token)
    expect(tokens.expires_at).toBeNull()
    expect(tokens.refresh_token).toBeUndefined()
  })

  it("says that a withdrawn token is gone, without repeating it", async () => {
    const { access_token } = host.grant()
    host.withdraw()
    const error = await failureOf(
      Promise.resolve(provider.verify?.(contextWith(access_token)))
    )
    expect(error).toMatchObject({ errorClass: "token_invalid", status: 401 })
    expect(error.message).not.toContain(access_token)
  })

  it.each([
    ["a missing permission", 403, { message: "Forbidden" }, "permission"],
    [
      "an address without such an API",
      404,
      { message: "Not Found" },
      "config_error",
    ],
    ["a failure of the host", 502, { message: "Bad gateway" }, "transient"],
    [
      "a page of a proxy that refuses",
      401,
      "<html>Sign in</html>",
      "transient",
    ],
    [
      "a page of a proxy that succeeds",
      200,
      "<html>Welcome</html>",
      "transient",
    ],
    ["a success without a user", 200, {}, "transient"],
  ])("classifies %s", async (_, status, body, errorClass) => {
    host.answer(status, body)
    const error = await failureOf(
      Promise.resolve(provider.verify?.(contextWith("gho_secret")))
    )
    expect(error.errorClass).toBe(errorClass)
  })

  it("waits as long as the host says, even if it says so in plain text", async () => {
    host.answer(429, "Retry later", { "retry-after": "90" })
    const error = await failureOf(
      Promise.resolve(provider.verify?.(contextWith("gho_secret")))
    )
    expect(error.errorClass).toBe("rate_limited")
    expect((error.retryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(80_000)
  })

  it("does not follow a redirect with the token", async () => {
    host.answer(302, {}, { location: `${host.url}/elsewhere` })
    const error = await failureOf(
      Promise.resolve(provider.verify?.(contextWith("gho_secret")))
    )
    expect(error.code).toBe("unexpected_redirect")
    expect(host.requests).toHaveLength(1)
  })

  it.each([
    "http://git.example.com",
    "http://1.1.1.1",
    "https://user:pass@git.example.com",
    "https://git.example.com/?next=https://evil.example",
    "ftp://git.example.com",
    "git.example.com",
  ])("refuses the address %s before a token goes anywhere", async (address) => {
    const error = await failureOf(
      Promise.resolve(
        provider.verify?.(
          contextOf(provider, { instance_url: address }, "gho_secret")
        )
      )
    )
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "invalid_instance_url",
    })
    expect(() => serverOf(provider, { instance_url: address })).toThrow(
      ServiceError
    )
  })

  it.each(["http://10.20.0.4:3000", "http://[fd12::4]"])(
    "leaves it to the operator whether requests go to %s",
    async (address) => {
      expect(
        serverOf(provider, { instance_url: address }).token_endpoint
      ).toMatch(`${address}/`)
      const error = await failureOf(
        Promise.resolve(
          provider.verify?.(
            contextOf(provider, { instance_url: address }, "gho_secret")
          )
        )
      )
      expect(error.code).toBe("address_not_allowed")
    }
  )

  it("reads from the API's own address where one is configured", async () => {
    const { access_token } = host.grant()
    const path = { github: "/api/v3", gitlab: "/api/v4", gitea: "/api/v1" }[
      kind
    ]
    const message = await provider.verify?.(
      contextOf(
        provider,
        {
          instance_url: "https://git.example.com",
          base_url: `${host.url}${path}`,
        },
        access_token
      )
    )
    expect(message).toContain("@ada")
  })
})

describe("the addresses of an instance", () => {
  it.each([
    [undefined, "https://github.com/login/oauth/access_token"],
    ["https://octo.ghe.com", "https://octo.ghe.com/login/oauth/access_token"],
    [
      "https://git.corp.example",
      "https://git.corp.example/login/oauth/access_token",
    ],
  ])("of GitHub at %s", (instance_url, tokenEndpoint) => {
    expect(serverOf(githubProvider, { instance_url }).token_endpoint).toBe(
      tokenEndpoint
    )
  })

  it.each([
    ["https://github.com", "https://api.github.com/user"],
    ["https://octo.ghe.com", "https://api.octo.ghe.com/user"],
    ["https://git.corp.example/", "https://git.corp.example/api/v3/user"],
  ])(
    "tell where the API of GitHub at %s is",
    async (instance_url, expected) => {
      const asked: string[] = []
      await githubProvider.verify?.(
        contextOf(
          githubProvider,
          { instance_url },
          "gho_secret",
          async (url) => {
            asked.push(String(url))
            return Response.json({
              id: 1,
              login: "ada",
              email: "a@example.com",
            })
          }
        )
      )
      expect(asked).toEqual([expected])
    }
  )

  it("keep the path of a GitLab below another address", () => {
    const server = serverOf(gitlabProvider, {
      instance_url: "https://example.com/gitlab/",
    })
    expect(server).toMatchObject({
      authorization_endpoint: "https://example.com/gitlab/oauth/authorize",
      token_endpoint: "https://example.com/gitlab/oauth/token",
      revocation_endpoint: "https://example.com/gitlab/oauth/revoke",
    })
  })

  it("name an issuer for github.com alone, whose responses name it", () => {
    const issuers = [
      serverOf(githubProvider),
      serverOf(githubProvider, { instance_url: "https://github.acme.com" }),
      serverOf(gitlabProvider),
    ].map((server) => server?.issuer)
    expect(issuers).toEqual([
      "https://github.com/login/oauth",
      undefined,
      undefined,
    ])
  })

  it("are asked for where a host has no public instance", () => {
    expect(() => serverOf(giteaProvider)).toThrow(/Enter the address/)
  })
})

describe("what only GitHub does", () => {
  let host: GitHostServer
  beforeAll(async () => {
    host = await startGitHost("github")
  })
  beforeEach(() => host.reset())
  afterAll(() => host.close())

  const verify = (token: string) =>
    Promise.resolve(
      githubProvider.verify?.(
        contextOf(githubProvider, { instance_url: host.url }, token)
      )
    )

  it("finds the address that the public profile leaves out", async () => {
    host.state.private_email = true
    expect(await verify(host.grant().access_token)).toContain("ada@example.com")
  })

  it("does without the address when the token may not read it", async () => {
    host.state.private_email = true
    host.state.email_scope = false
    expect(await verify(host.grant().access_token)).toBe(
      "The credentials belong to Ada Lovelace (@ada)."
    )
  })

  it("takes a 403 with an empty quota for a limit, not for a lost permission", async () => {
    const reset = Math.floor(Date.now() / 1000) + 120
    host.answer(
      403,
      { message: "API rate limit exceeded" },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) }
    )
    const error = await failureOf(verify("gho_secret"))
    expect(error).toMatchObject({
      errorClass: "rate_limited",
      retryAt: new Date(reset * 1000),
    })
  })

  it("takes the secondary limit for a limit", async () => {
    host.answer(403, { message: "You have exceeded a secondary rate limit." })
    expect((await failureOf(verify("gho_secret"))).errorClass).toBe(
      "rate_limited"
    )
  })

  it("tells a suspended account from a missing permission", async () => {
    host.answer(403, { message: "Sorry. Your account was suspended." })
    expect((await failureOf(verify("gho_secret"))).errorClass).toBe(
      "account_restricted"
    )
  })
})

describe("a token endpoint's own error names", () => {
  it.each([
    ["bad_verification_code", "invalid_grant"],
    ["bad_refresh_token", "invalid_grant"],
    ["incorrect_client_credentials", "invalid_client"],
    ["redirect_uri_mismatch", "invalid_request"],
    ["unsupported_grant_type", "unsupported_grant_type"],
  ])("GitHub's %s is the standard's %s", async (error, standard) => {
    const refreshed = refreshAccessToken({
      server: serverOf(githubProvider),
      client: { client_id: "app", client_secret: new SecretString("secret") },
      fetch: async () => Response.json({ error }),
      refreshToken: new SecretString("ghr_1"),
    })
    expect(await failureOf(refreshed)).toMatchObject({ code: standard })
  })

  it.each([
    ["token was already used", "invalid_grant"],
    ["unable to parse refresh token", "invalid_grant"],
    ["client is not authorized", "invalid_grant"],
    ["invalid client secret", "unauthorized_client"],
  ])('Gitea\'s unauthorized_client with "%s" is %s', (text, standard) => {
    const { normalize_token_response } = serverOf(giteaProvider, {
      instance_url: "https://git.example.com",
    })
    expect(
      normalize_token_response?.({
        error: "unauthorized_client",
        error_description: text,
      })
    ).toMatchObject({ error: standard })
  })

  it.each([
    ["GitHub", githubProvider],
    ["Gitea", giteaProvider],
  ])("leaves tokens that %s grants as they are", async (_, provider) => {
    const tokens = await refreshAccessToken({
      server: serverOf(provider, { instance_url: "https://git.example.com" }),
      client: { client_id: "app", client_secret: new SecretString("secret") },
      fetch: async () =>
        Response.json({ access_token: "a", token_type: "bearer" }),
      refreshToken: new SecretString("ghr_1"),
    })
    expect(tokens.access_token.reveal()).toBe("a")
  })
})
