import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import type { ServiceError } from "../../errors/service-error"
import type { AuthType } from "../../shared/enums"
import { SERVICE_TEMPLATES } from "../catalog"
import {
  contextFor,
  failureOf,
  type LocalService,
  secretsOf,
  startLocalService,
  templateOf,
  verify,
} from "./support/harness"
import { EXPECTED_PROBES, type ExpectedProbe } from "./support/probes"

let service: LocalService

beforeAll(async () => {
  service = await startLocalService()
})

afterAll(() => service.close())

const CASES = EXPECTED_PROBES.map((expected) => {
  const [identifier, authType] = expected.scheme.split(" ")
  return { ...expected, identifier, authType: authType as AuthType }
})

type Case = (typeof CASES)[number]

const locally = ({ identifier, authType }: Case) =>
  verify(
    identifier,
    contextFor(identifier, authType, { settings: { base_url: service.url } })
  )

/** Answers as the service does: to the one request that it knows, with the one credential. */
const accepting =
  ({ url, method, header, answer }: ExpectedProbe): RequestListener =>
  (request, response) => {
    const { pathname, search } = new URL(url)
    const isKnown =
      request.method === (method ?? "GET") && request.url === pathname + search
    const isAllowed = !header || request.headers[header[0]] === header[1]
    response.writeHead(isKnown ? (isAllowed ? 200 : 401) : 404, {
      "content-type": "application/json",
    })
    response.end(JSON.stringify(isKnown && isAllowed ? answer : {}))
  }

const refusing =
  (
    status: number,
    body: string,
    headers: Record<string, string> = { "content-type": "application/json" }
  ): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body)
  }

const expectNoSecret = (
  error: ServiceError,
  { identifier, authType, header }: Case
) => {
  const shown = [
    error.message,
    error.code,
    error.stack,
    JSON.stringify(error),
    inspect(error, { depth: null }),
  ].join("\n")
  const secrets = secretsOf(templateOf(identifier), authType)
  for (const secret of header ? [...secrets, header[1]] : secrets) {
    expect(shown).not.toContain(secret)
  }
}

it("every way to authenticate of every template has its probe checked here", () => {
  const schemes = SERVICE_TEMPLATES.flatMap(({ identifier, authentication }) =>
    authentication.map(({ type }) => `${identifier} ${type}`)
  )
  expect(EXPECTED_PROBES.map(({ scheme }) => scheme).sort()).toEqual(
    schemes.sort()
  )
})

describe.each(CASES)("the probe of $scheme", (expected) => {
  const { identifier, authType, account, url } = expected

  it("is accepted by a service that takes only the right request", async () => {
    service.answer = accepting(expected)
    const sentence = await locally(expected)
    expect(sentence).toBe(
      account === null
        ? `${templateOf(identifier).label} accepted the credentials.`
        : `${templateOf(identifier).label} accepted the credentials of ${account}.`
    )
  })

  it("goes to the service's own address", async () => {
    const asked: string[] = []
    await verify(
      identifier,
      contextFor(identifier, authType, {
        fetch: async (address) => {
          asked.push(String(address))
          return Response.json(expected.answer)
        },
      })
    )
    expect(asked).toEqual([url])
  })

  it.each([
    [401, "token_invalid"],
    [403, "permission"],
    [429, "rate_limited"],
    [500, "transient"],
    [503, "transient"],
    [400, "config_error"],
  ] as const)(
    "takes a %d for %s and repeats no credential",
    async (status, errorClass) => {
      // The worst of services: it repeats what it was sent, everywhere.
      const echo = secretsOf(templateOf(identifier), authType)
      service.answer = (request, response) => {
        response.writeHead(status, {
          "content-type": "application/json",
          "retry-after": "30",
        })
        response.end(
          JSON.stringify({
            ok: false,
            error: echo[0],
            message: `${request.url} ${JSON.stringify(request.headers)} ${echo.join(" ")}`,
          })
        )
      }
      const error = await failureOf(locally(expected))
      expect(error).toMatchObject({ errorClass, status })
      expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now())
      expectNoSecret(error, expected)
    }
  )

  it("learns nothing about the token from a page of a proxy", async () => {
    for (const status of [200, 403, 410, 502]) {
      service.answer = refusing(status, "<html><h1>Blocked</h1></html>", {
        "content-type": "text/html",
      })
      expect(await failureOf(locally(expected))).toMatchObject({
        errorClass: "transient",
        status,
      })
    }
  })

  it("believes the status of a page where that says enough", async () => {
    for (const [status, errorClass] of [
      [401, "token_invalid"],
      [429, "rate_limited"],
    ] as const) {
      service.answer = refusing(status, "<html></html>", {
        "content-type": "text/html",
      })
      expect(await failureOf(locally(expected))).toMatchObject({
        errorClass,
        status,
      })
    }
  })

  it("believes a 401 without a body", async () => {
    service.answer = refusing(401, "Forbidden", {
      "content-type": "text/plain",
    })
    expect(await failureOf(locally(expected))).toMatchObject({
      errorClass: "token_invalid",
      code: "http_401",
    })
  })

  it("does not carry the credentials to where a redirect points", async () => {
    let asked = 0
    service.answer = (_, response) => {
      asked++
      response.writeHead(302, { location: `${service.url}/elsewhere` }).end()
    }
    const error = await failureOf(locally(expected))
    expect(error.code).toBe("unexpected_redirect")
    expect(asked).toBe(1)
    expectNoSecret(error, expected)
  })

  it("does not show the address of a service that cannot be reached", async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))

    const error = await failureOf(
      verify(
        identifier,
        contextFor(identifier, authType, {
          settings: { base_url: `http://127.0.0.1:${port}` },
        })
      )
    )
    expect(error.errorClass).toBe("transient")
    expect(error.message).not.toContain("127.0.0.1")
    expectNoSecret(error, expected)
  })
})
