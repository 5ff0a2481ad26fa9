import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { ServiceError } from "../../errors/service-error"
import { createServiceFetch } from "../../http/fetch"
import { allowsPlainHttp } from "../../http/guard/check-url"
import { readAllowedNetworks } from "../../http/guard/networks"
import {
  fetchAuthorizationServerMetadata,
  MAX_METADATA_BYTES,
} from "../metadata"

const ISSUER = "https://git.example.com"
const publicOnly = readAllowedNetworks(false)!
const thisMachine = readAllowedNetworks(["127.0.0.0/8"])!

const documentOf = (issuer: string, more: object = {}) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  response_types_supported: ["code"],
  ...more,
})

/** A service that has these documents, by address, and notes what it was asked. */
const service = (answers: Record<string, () => Response>) => {
  const asked: string[] = []
  const fetch = async (url: string | URL): Promise<Response> => {
    asked.push(String(url))
    return (
      answers[String(url)]?.() ?? new Response("Not found", { status: 404 })
    )
  }
  return { fetch, asked }
}

/** A service with one document at the place of RFC 8414. */
const serviceWith = (document: unknown, issuer = ISSUER) =>
  service({
    [`${issuer}/.well-known/oauth-authorization-server`]: () =>
      Response.json(document),
  })

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe("metadata of an authorization server", () => {
  it("gives the endpoints and what the server supports", async () => {
    const { fetch } = serviceWith(
      documentOf(ISSUER, {
        revocation_endpoint: `${ISSUER}/oauth/revoke`,
        introspection_endpoint: `${ISSUER}/oauth/introspect`,
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ["plain", "S256"],
        jwks_uri: `${ISSUER}/keys`,
      })
    )
    expect(await fetchAuthorizationServerMetadata(ISSUER, fetch)).toEqual({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/oauth/authorize`,
      token_endpoint: `${ISSUER}/oauth/token`,
      revocation_endpoint: `${ISSUER}/oauth/revoke`,
      introspection_endpoint: `${ISSUER}/oauth/introspect`,
      authorization_response_iss_parameter_supported: true,
      pkce: true,
    })
  })

  it("says nothing about what the server does not mention", async () => {
    const { fetch } = serviceWith(documentOf(ISSUER))
    expect(
      Object.keys(await fetchAuthorizationServerMetadata(ISSUER, fetch))
    ).toEqual(["issuer", "authorization_endpoint", "token_endpoint"])
  })

  it("says that PKCE is off where the server has no S256", async () => {
    const { fetch } = serviceWith(
      documentOf(ISSUER, { code_challenge_methods_supported: ["plain"] })
    )
    expect((await fetchAuthorizationServerMetadata(ISSUER, fetch)).pkce).toBe(
      false
    )
  })

  it("is asked for between the issuer's host and path first, then behind the path", async () => {
    const issuer = `${ISSUER}/tenant/one`
    const { fetch, asked } = service({
      [`${issuer}/.well-known/openid-configuration`]: () =>
        Response.json(documentOf(issuer)),
    })
    const metadata = await fetchAuthorizationServerMetadata(issuer, fetch)
    expect(metadata.issuer).toBe(issuer)
    expect(asked).toEqual([
      `${ISSUER}/.well-known/oauth-authorization-server/tenant/one`,
      `${issuer}/.well-known/openid-configuration`,
    ])
  })

  it.each<[string, () => Response]>([
    ["a page for people", () => new Response("<html>", { status: 200 })],
    ["a refusal", () => new Response("", { status: 403 })],
    [
      "a login page elsewhere",
      () => {
        throw new ServiceError("transient", "A redirect.", {
          code: "unexpected_redirect",
        })
      },
    ],
  ])("is looked for at OpenID's place after %s", async (_, answer) => {
    const { fetch } = service({
      [`${ISSUER}/.well-known/oauth-authorization-server`]: answer,
      [`${ISSUER}/.well-known/openid-configuration`]: () =>
        Response.json(documentOf(ISSUER)),
    })
    expect(
      (await fetchAuthorizationServerMetadata(ISSUER, fetch)).token_endpoint
    ).toBe(`${ISSUER}/oauth/token`)
  })

  it("is reported missing in words that help", async () => {
    const { fetch, asked } = service({})
    expect(
      await failureOf(fetchAuthorizationServerMetadata(ISSUER, fetch))
    ).toMatchObject({
      errorClass: "config_error",
      code: "metadata_not_found",
      message:
        "git.example.com does not publish its OAuth endpoints. Check the address, or enter the endpoints themselves.",
    })
    expect(asked).toHaveLength(2)
  })

  it.each([
    ["another server", "https://evil.example.com"],
    ["another path", `${ISSUER}/tenant`],
    ["a trailing slash", `${ISSUER}/`],
    ["another letter case", "https://GIT.example.com"],
    ["the standard port", `${ISSUER}:443`],
  ])("is refused when it names %s", async (_, named) => {
    const { fetch, asked } = serviceWith(documentOf(named))
    expect(
      await failureOf(fetchAuthorizationServerMetadata(ISSUER, fetch))
    ).toMatchObject({ errorClass: "config_error", code: "issuer_mismatch" })
    // No second place is asked to outvote the first one.
    expect(asked).toHaveLength(1)
  })

  it.each([
    ["http", "http://git.example.com"],
    ["a query", `${ISSUER}/?a=b`],
    ["an empty query", `${ISSUER}/?`],
    ["a fragment", `${ISSUER}/#a`],
    ["a user name", "https://ada@git.example.com"],
    ["another scheme", "javascript:alert(1)"],
    ["no address", "git.example.com"],
  ])("is not asked for from an issuer with %s", async (_, issuer) => {
    const { fetch, asked } = service({})
    expect(
      (await failureOf(fetchAuthorizationServerMetadata(issuer, fetch))).code
    ).toBe("invalid_issuer")
    expect(asked).toHaveLength(0)
  })

  it.each([
    ["authorization_endpoint", "javascript:alert(1)"],
    ["authorization_endpoint", "http://git.example.com/authorize"],
    ["token_endpoint", "http://git.example.com/token"],
    ["token_endpoint", "https://ada:secret@git.example.com/token"],
    ["token_endpoint", `${ISSUER}/token#here`],
    ["token_endpoint", "/token"],
    ["token_endpoint", 7],
    ["revocation_endpoint", "ftp://git.example.com/"],
    ["introspection_endpoint", "http://169.254.169.254/latest/"],
  ])("is refused with the %s %s", async (name, value) => {
    const { fetch } = serviceWith(documentOf(ISSUER, { [name]: value }))
    expect(
      await failureOf(fetchAuthorizationServerMetadata(ISSUER, fetch))
    ).toMatchObject({
      errorClass: "config_error",
      code: "invalid_endpoint",
      message: expect.stringContaining(name.replaceAll("_", " ")),
    })
  })

  it.each(["authorization_endpoint", "token_endpoint"])(
    "is refused without a %s",
    async (name) => {
      const { fetch } = serviceWith(documentOf(ISSUER, { [name]: undefined }))
      expect(
        await failureOf(fetchAuthorizationServerMetadata(ISSUER, fetch))
      ).toMatchObject({ errorClass: "config_error", code: "missing_endpoint" })
    }
  )

  it.each<[string, () => Response, object]>([
    [
      "an error of the server",
      () =>
        new Response("{}", { status: 503, headers: { "retry-after": "5" } }),
      { errorClass: "transient", code: "http_503", retryAt: expect.any(Date) },
    ],
    [
      "too many requests",
      () => new Response("{}", { status: 429 }),
      { errorClass: "rate_limited" },
    ],
    [
      "half a document",
      () => new Response('{"issuer":', { status: 200 }),
      { errorClass: "transient", code: "malformed_response" },
    ],
    [
      "a document without an issuer",
      () => Response.json({ token_endpoint: `${ISSUER}/token` }),
      { errorClass: "transient", code: "malformed_response" },
    ],
    [
      "a document that is too large",
      () =>
        Response.json(
          documentOf(ISSUER, { more: "x".repeat(MAX_METADATA_BYTES) })
        ),
      { errorClass: "transient", code: "response_too_large" },
    ],
  ])("cannot be used now: %s", async (_, answer, expected) => {
    const { fetch } = service({
      [`${ISSUER}/.well-known/oauth-authorization-server`]: answer,
      [`${ISSUER}/.well-known/openid-configuration`]: answer,
    })
    expect(
      await failureOf(fetchAuthorizationServerMetadata(ISSUER, fetch))
    ).toMatchObject(expected)
  })
})

describe("metadata of a server on a private network", () => {
  let server: Server
  let issuer: string
  let answer: RequestListener
  let asked = 0

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked += 1
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = 0
    answer = (_, response) => response.end(JSON.stringify(documentOf(issuer)))
  })

  const read = (networks: typeof publicOnly) =>
    fetchAuthorizationServerMetadata(
      issuer,
      createServiceFetch({ service: "Git", timeoutMs: 2_000, networks }),
      (url) => allowsPlainHttp(url, networks)
    )

  it("is read over http when the operator allows the network", async () => {
    expect((await read(thisMachine)).token_endpoint).toBe(
      `${issuer}/oauth/token`
    )
  })

  it("is not asked for otherwise", async () => {
    expect((await failureOf(read(publicOnly))).code).toBe("invalid_issuer")
    const overTls = fetchAuthorizationServerMetadata(
      issuer.replace("http:", "https:"),
      createServiceFetch({
        service: "Git",
        timeoutMs: 2_000,
        networks: publicOnly,
      })
    )
    expect((await failureOf(overTls)).code).toBe("address_not_allowed")
    expect(asked).toBe(0)
  })

  it("may not lead to a network that is not allowed", async () => {
    answer = (_, response) =>
      response.end(
        JSON.stringify(
          documentOf(issuer, { token_endpoint: "http://10.0.0.1/token" })
        )
      )
    expect((await failureOf(read(thisMachine))).code).toBe("invalid_endpoint")
  })
})
