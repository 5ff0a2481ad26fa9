import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { introspectToken } from "../introspection"
import type { OAuth2Server } from "../types"

const server: OAuth2Server = {
  issuer: "https://service.example.com",
  authorization_endpoint: "https://service.example.com/auth",
  token_endpoint: "https://service.example.com/token",
  introspection_endpoint: "https://service.example.com/introspect",
  client_auth: "client_secret_basic",
  pkce: true,
  scope_separator: " ",
}
const client = {
  client_id: "shop",
  client_secret: new SecretString("clientsecretvalue"),
}

/** A service that gives one prepared answer and remembers what it was asked. */
const service = (answer: () => Response) => {
  const requests: { url: string; body: URLSearchParams; headers: Headers }[] =
    []
  const fetch = async (url: string | URL, init?: RequestInit) => {
    requests.push({
      url: String(url),
      body: new URLSearchParams(String(init?.body ?? "")),
      headers: new Headers(init?.headers),
    })
    return answer()
  }
  return { fetch, requests }
}

const introspect = (
  answer: () => Response,
  override: Partial<OAuth2Server> = {}
) => {
  const { fetch, requests } = service(answer)
  const result = introspectToken({
    server: { ...server, ...override },
    client,
    fetch,
    token: new SecretString("the-token"),
  })
  return { result, requests }
}

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe("what a token is worth", () => {
  it("is asked of the introspection endpoint, with the client's credentials", async () => {
    const { result, requests } = introspect(() =>
      Response.json({ active: false })
    )
    await result
    expect(requests).toHaveLength(1)
    expect(requests[0].url).toBe("https://service.example.com/introspect")
    expect(requests[0].body.get("token")).toBe("the-token")
    expect(requests[0].headers.get("authorization")).toBe(
      `Basic ${Buffer.from("shop:clientsecretvalue").toString("base64")}`
    )
  })

  it("is told with scopes and an absolute time", async () => {
    const { result } = introspect(() =>
      // Some services have commas between them.
      Response.json({ active: true, scope: "read,write", exp: 1_800_000_000 })
    )
    expect(await result).toEqual({
      active: true,
      scopes: ["read", "write"],
      expires_at: new Date("2027-01-15T08:00:00Z"),
    })
  })

  it.each([
    ["without both", {}],
    ["with both in a form that means nothing", { scope: 7, exp: "soon" }],
    ["with a time out of all bounds", { exp: 1e300 }],
    ["with no time", { exp: 0 }],
  ])("is told %s", async (_, more) => {
    const { result } = introspect(() =>
      Response.json({ active: true, ...more })
    )
    expect(await result).toEqual({
      active: true,
      scopes: null,
      expires_at: null,
    })
  })

  it("is nothing for a token that the service does not know, whatever else it says", async () => {
    const { result } = introspect(() =>
      Response.json({ active: false, scope: "read", exp: 1_800_000_000 })
    )
    expect(await result).toEqual({
      active: false,
      scopes: null,
      expires_at: null,
    })
  })

  it("is not read by the rules for token answers", async () => {
    const { result } = introspect(() => Response.json({ active: true }), {
      normalize_token_response: () => ({ active: false }),
    })
    expect((await result).active).toBe(true)
  })

  it("is not asked of a service without the endpoint", async () => {
    const { result, requests } = introspect(() => Response.json({}), {
      introspection_endpoint: undefined,
    })
    expect(await failureOf(result)).toMatchObject({
      errorClass: "config_error",
      code: "introspection_not_supported",
    })
    expect(requests).toHaveLength(0)
  })

  it.each<[string, () => Response, object]>([
    [
      "refused client credentials",
      () => Response.json({ error: "invalid_client" }, { status: 401 }),
      { errorClass: "config_error", code: "invalid_client" },
    ],
    [
      "a challenge for client credentials",
      () =>
        new Response(null, {
          status: 401,
          headers: { "www-authenticate": 'Basic realm="x"' },
        }),
      { errorClass: "config_error", code: "invalid_client" },
    ],
    [
      "too many requests",
      () => new Response("", { status: 429, headers: { "retry-after": "5" } }),
      { errorClass: "rate_limited", retryAt: expect.any(Date) },
    ],
    [
      "an error of the server",
      () => new Response("<html>", { status: 502 }),
      { errorClass: "transient", code: "http_502" },
    ],
    [
      "a page",
      () =>
        new Response("<html>", { headers: { "content-type": "text/html" } }),
      { errorClass: "transient", code: "malformed_response" },
    ],
    [
      "an answer that is neither yes nor no",
      () => Response.json({ active: "true" }),
      { errorClass: "transient", code: "malformed_response" },
    ],
  ])("stays unknown after %s", async (_, answer, expected) => {
    const error = await failureOf(introspect(answer).result)
    expect(error).toMatchObject(expected)
    expect(error.message).not.toMatch(/the-token|clientsecretvalue/)
  })
})
