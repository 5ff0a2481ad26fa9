import { isServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { refreshAccessToken } from "../refresh-token"
import { standardTokenResponse } from "../token-response"
import type { OAuth2Server, TokenSet } from "../types"

const server: OAuth2Server = {
  issuer: "https://service.example.com",
  authorization_endpoint: "https://service.example.com/auth",
  token_endpoint: "https://service.example.com/token",
  client_auth: "none",
  pkce: true,
  scope_separator: " ",
}

/** What comes of a success with these members, the library's checks included. */
const refresh = (
  members: Record<string, unknown>,
  init: ResponseInit = {}
): Promise<TokenSet> =>
  refreshAccessToken({
    server,
    client: { client_id: "shop" },
    refreshToken: new SecretString("old"),
    fetch: async () =>
      Response.json(
        {
          access_token: "new-access",
          refresh_token: "new-refresh",
          token_type: "bearer",
          ...members,
        },
        init
      ),
  })

const secondsUntil = (date: Date | null): number | null =>
  date && Math.round((date.getTime() - Date.now()) / 1000)

describe("a token answer", () => {
  it.each([
    [3600, 3600],
    ["3600", 3600],
    [" 60 ", 60],
    [0.5 * 86_400, 43_200],
    [0, null],
    [-1, null],
    ["", null],
    ["soon", null],
    ["3600 seconds", null],
    ["Infinity", null],
    [null, null],
    [true, null],
    [[60], null],
    [{ s: 60 }, null],
    [1e12, null],
    [1e300, null],
  ])("with expires_in %j lives for %j s", async (expires_in, seconds) => {
    const tokens = await refresh({ expires_in })
    const lifetime = secondsUntil(tokens.expires_at)
    expect(tokens.refresh_token?.reveal()).toBe("new-refresh")
    if (seconds === null) {
      expect(lifetime).toBeNull()
    } else {
      expect(Math.abs(lifetime! - seconds)).toBeLessThanOrEqual(2)
    }
  })

  it("takes a refresh token's lifetime of thousands of years for none", async () => {
    const tokens = await refresh({ refresh_token_expires_in: 1e300 })
    expect(tokens.refresh_token_expires_at).toBeNull()
  })

  it.each([undefined, null, "Bearer", "BEARER"])(
    "with token_type %j is taken for a bearer token",
    async (token_type) => {
      const { access_token } = await refresh({ token_type })
      expect(access_token.reveal()).toBe("new-access")
    }
  )

  it.each([
    ["read write", ["read", "write"]],
    [
      ["read", "write"],
      ["read", "write"],
    ],
    ["read wri\u0000te", ["read"]],
    [null, null],
    [7, null],
    [{ read: true }, null],
  ])("with scope %j grants %j", async (scope, scopes) => {
    expect((await refresh({ scope })).scopes).toEqual(scopes)
  })

  it.each([{ status: 201 }, { headers: { "content-type": "text/plain" } }])(
    "is read with %j",
    async (init) => {
      const { access_token } = await refresh({}, init)
      expect(access_token.reveal()).toBe("new-access")
    }
  )

  it("is not measured by an ID token, which nobody asked for", async () => {
    const { access_token } = await refresh({ id_token: "not.a.token" })
    expect(access_token.reveal()).toBe("new-access")
  })

  it.each([
    { access_token: undefined },
    { access_token: null },
    { access_token: "" },
    { access_token: 7 },
    { access_token: { value: "x" } },
    { access_token: "a\r\nx-other: 1" },
    { access_token: "tökén" },
    { token_type: 7 },
    { token_type: "mac" },
    { token_type: "DPoP" },
    { refresh_token: 7 },
    { refresh_token: "a\u0000b" },
  ])("with %j is none, and may work later", async (members) => {
    const error = await refresh(members).catch((reason: unknown) => reason)
    expect(isServiceError(error)).toBe(true)
    expect(error).toMatchObject({
      errorClass: "transient",
      code: "malformed_response",
      outcomeUnknown: true,
      message: expect.stringMatching(/^The token endpoint answered with/),
    })
  })

  it("that refuses with status 200 is a refusal, whatever stands for the token", async () => {
    for (const access_token of [undefined, null, ""]) {
      await expect(
        refresh({ error: "invalid_grant", access_token })
      ).rejects.toMatchObject({ errorClass: "token_invalid" })
    }
  })

  it("keeps what its description may want to read", () => {
    expect(
      standardTokenResponse({
        access_token: "a",
        instance_url: "https://x",
        b: null,
      })
    ).toEqual({
      access_token: "a",
      token_type: "bearer",
      instance_url: "https://x",
    })
  })
})
