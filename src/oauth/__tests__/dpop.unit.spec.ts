import { createHash, createPublicKey, verify } from "node:crypto"
import { SecretString } from "../../secrets/secret-string"
import { pushAuthorizationRequest } from "../authorization-url"
import { fetchWithProof, generateDpopKey } from "../dpop"
import { refreshAccessToken } from "../refresh-token"
import type { OAuth2Server } from "../types"

const server: OAuth2Server = {
  issuer: "https://service.example.com",
  authorization_endpoint: "https://service.example.com/authorize",
  token_endpoint: "https://service.example.com/token",
  pushed_authorization_request_endpoint: "https://service.example.com/par",
  client_auth: "none",
  par: "required",
  dpop: true,
  pkce: true,
  scope_separator: " ",
}
const client = { client_id: "https://shop.example.com/client.json" }
const TOKENS = {
  access_token: "an-access-token",
  refresh_token: "the-next-refresh-token",
  token_type: "DPoP",
  expires_in: 900,
  sub: "did:plc:ada",
}

const decodePart = (jwt: string, part: number): Record<string, any> =>
  JSON.parse(Buffer.from(jwt.split(".")[part], "base64url").toString())
const decodeJwt = (jwt: string) => decodePart(jwt, 1)

/** A service that gives prepared responses, the last one again and again. */
const service = (...responses: (() => Response)[]) => {
  const sent: { url: string; headers: Headers; body: unknown }[] = []
  const fetch = async (url: string | URL, init?: RequestInit) => {
    const response = responses[Math.min(sent.length, responses.length - 1)]
    sent.push({
      url: String(url),
      headers: new Headers(init?.headers),
      body: init?.body,
    })
    return response()
  }
  const proofs = () => sent.map(({ headers }) => headers.get("dpop") ?? "")
  return { fetch, sent, proofs }
}

const json =
  (body: object, status: number, headers = {}) =>
  () =>
    Response.json(body, { status, headers })
const wantsNonce = (nonce: string) =>
  json({ error: "use_dpop_nonce" }, 400, { "dpop-nonce": nonce })
const challenge = (nonce: string) =>
  json({ error: "use_dpop_nonce" }, 401, {
    "dpop-nonce": nonce,
    "www-authenticate": 'DPoP error="use_dpop_nonce"',
  })

const refresh = (
  fetch: ReturnType<typeof service>["fetch"],
  dpopKey: SecretString
) =>
  refreshAccessToken({
    server,
    client,
    fetch,
    dpopKey,
    refreshToken: new SecretString("a-refresh-token"),
  })

describe("requests that prove who holds the key", () => {
  it("are signed by the key, for their method, address, token and nonce", async () => {
    const key = await generateDpopKey()
    const { fetch, proofs, sent } = service(challenge("n1"), json({}, 200))
    const response = await fetchWithProof(
      key,
      new SecretString("an-access-token"),
      fetch,
      new URL("https://api.example.com/posts?limit=1"),
      { method: "POST", body: "{}" }
    )
    expect(response.status).toBe(200)
    const [first, second] = proofs()
    const { jwk, typ } = decodePart(second, 0)
    expect([typ, "d" in jwk]).toEqual(["dpop+jwt", false])
    const [head, body, signature] = second.split(".")
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      {
        key: createPublicKey({ key: jwk, format: "jwk" }),
        dsaEncoding: "ieee-p1363",
      },
      Buffer.from(signature, "base64url")
    )
    expect(isSigned).toBe(true)
    const payload = decodeJwt(second)
    expect(payload).toMatchObject({
      htm: "POST",
      htu: "https://api.example.com/posts",
      nonce: "n1",
      ath: createHash("sha256").update("an-access-token").digest("base64url"),
    })
    expect(decodeJwt(first).nonce).toBeUndefined()
    expect(decodeJwt(first).jti).not.toBe(payload.jti)
    expect(sent[1].headers.get("authorization")).toBe("DPoP an-access-token")
    expect(sent[1].body).toBe("{}")
  })

  it("remember the nonce of each server, and send it at once the next time", async () => {
    const key = await generateDpopKey()
    const token = new SecretString("an-access-token")
    const { fetch, proofs } = service(
      json({}, 200, { "dpop-nonce": "n1" }),
      json({}, 200)
    )
    for (const host of ["a", "a", "b"]) {
      const url = new URL(`https://${host}.example.com/`)
      await fetchWithProof(key, token, fetch, url, {})
    }
    expect(proofs().map((proof) => decodeJwt(proof).nonce)).toEqual([
      undefined,
      "n1",
      undefined,
    ])
  })

  it("are repeated once for a nonce, and not for a refusal of the token", async () => {
    const token = new SecretString("an-access-token")
    const url = new URL("https://api.example.com/")
    const stubborn = service(challenge("n1"), challenge("n2"))
    const first = await fetchWithProof(
      await generateDpopKey(),
      token,
      stubborn.fetch,
      url,
      {}
    )
    expect([first.status, stubborn.sent.length]).toEqual([401, 2])
    const refusing = service(
      json({ error: "invalid_token" }, 401, {
        "www-authenticate": 'DPoP error="invalid_token"',
      })
    )
    const second = await fetchWithProof(
      await generateDpopKey(),
      token,
      refusing.fetch,
      url,
      {}
    )
    expect([second.status, refusing.sent.length]).toEqual([401, 1])
    expect(await second.json()).toEqual({ error: "invalid_token" })
  })

  it("are not repeated when their body was a stream, and the next one has the nonce", async () => {
    const key = await generateDpopKey()
    const token = new SecretString("an-access-token")
    const url = new URL("https://api.example.com/upload")
    const { fetch, proofs } = service(challenge("n1"), json({}, 200))
    const send = () =>
      fetchWithProof(key, token, fetch, url, {
        method: "POST",
        body: new Blob(["a file"]).stream(),
      })
    expect((await send()).status).toBe(401)
    expect((await send()).status).toBe(200)
    expect(decodeJwt(proofs()[1]).nonce).toBe("n1")
  })
})

describe("tokens that are bound to a key", () => {
  it("are refreshed with a proof, once more with the nonce that the server wants", async () => {
    const { fetch, proofs, sent } = service(wantsNonce("n1"), json(TOKENS, 200))
    const tokens = await refresh(fetch, await generateDpopKey())
    expect(tokens.subject).toBe("did:plc:ada")
    expect(tokens.refresh_token?.reveal()).toBe("the-next-refresh-token")
    expect(sent).toHaveLength(2)
    const claims = decodeJwt(proofs()[1])
    expect(claims).toMatchObject({ htu: server.token_endpoint, nonce: "n1" })
    expect(claims.ath).toBeUndefined()
  })

  it("are not taken when they are bound to none", async () => {
    const { fetch } = service(json({ ...TOKENS, token_type: "Bearer" }, 200))
    await expect(refresh(fetch, await generateDpopKey())).rejects.toMatchObject(
      {
        errorClass: "transient",
        code: "malformed_response",
      }
    )
  })
})

describe("a pushed authorization request", () => {
  const push = (
    fetch: ReturnType<typeof service>["fetch"],
    dpopKey: SecretString,
    change: Partial<OAuth2Server> = {}
  ) =>
    pushAuthorizationRequest({
      server: { ...server, ...change },
      client,
      fetch,
      dpopKey,
      clientId: client.client_id,
      redirectUri: "https://shop.example.com/oauth/x/callback",
      scopes: ["atproto"],
      state: "the-state",
      codeVerifier: "a".repeat(43),
    })

  it("tells the service everything, and the browser its name alone", async () => {
    const { fetch, sent } = service(
      wantsNonce("n1"),
      json({ request_uri: "urn:x", expires_in: 60 }, 201)
    )
    const location = new URL(await push(fetch, await generateDpopKey()))
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: client.client_id,
      request_uri: "urn:x",
    })
    expect(sent).toHaveLength(2)
    expect(
      Object.fromEntries(new URLSearchParams(String(sent[1].body)))
    ).toMatchObject({
      client_id: client.client_id,
      state: "the-state",
      scope: "atproto",
      code_challenge_method: "S256",
    })
  })

  it("says what the service refuses, and repeats no state", async () => {
    const { fetch } = service(
      json({ error: "invalid_scope", error_description: "the-state" }, 400)
    )
    const error = await push(fetch, await generateDpopKey()).catch((e) => e)
    expect(error).toMatchObject({
      errorClass: "permission",
      code: "invalid_scope",
    })
    expect(error.message).not.toContain("the-state")
  })

  it("is not left out where the service does not say where to send it", async () => {
    const { fetch, sent } = service(json({}, 201))
    await expect(
      push(fetch, await generateDpopKey(), {
        pushed_authorization_request_endpoint: undefined,
      })
    ).rejects.toMatchObject({ code: "missing_endpoint" })
    expect(sent).toEqual([])
  })
})
