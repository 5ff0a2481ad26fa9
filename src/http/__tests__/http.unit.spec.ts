import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { ServiceError } from "../../errors/service-error"
import {
  classifyServiceError,
  type ErrorRule,
  type ParsedServiceError,
} from "../classify"
import type { Lookup } from "../guard/connections"
import { createServiceFetch, MAX_RESPONSE_BYTES, readJson } from "../fetch"
import { requestFile } from "../remote-file"
import {
  limitEndFromHeaders,
  retryAtFromHeaders,
} from "../../errors/retry-after"

let server: Server
let url: string
let answer: RequestListener

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const serviceFetch = (timeoutMs = 2_000, signal?: AbortSignal) =>
  createServiceFetch({ service: "Carrier", timeoutMs, signal })

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe("a request to a service", () => {
  it("is given up after the deadline, even when the answer trickles", async () => {
    answer = (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write("."), 20)
      response.on("close", () => clearInterval(timer))
    }
    expect(await failureOf(serviceFetch(200)(url))).toMatchObject({
      errorClass: "transient",
      code: "timeout",
      outcomeUnknown: true,
      message: "Carrier did not answer within 200 ms.",
    })
  })

  it.each([
    [{ "not a name": "value" }],
    [{ "x-api-key": "line\nbreak" }],
    [{ authorization: "Bearer \u201cquoted\u201d" }],
  ])(
    "is not sent with a header that HTTP does not allow: %j",
    async (headers) => {
      let asked = 0
      answer = (_, response) => {
        asked++
        response.end()
      }
      const error = await failureOf(serviceFetch()(url, { headers }))
      expect(error).toMatchObject({
        errorClass: "config_error",
        code: "invalid_header",
        outcomeUnknown: false,
      })
      expect(error.message).not.toMatch(/value|break|quoted/)
      expect(asked).toBe(0)
    }
  )

  it("does not follow a redirect with its credentials", async () => {
    let asked = 0
    answer = (_, response) => {
      asked++
      response.writeHead(302, { location: `${url}/elsewhere` }).end()
    }
    const error = await failureOf(
      serviceFetch()(url, { headers: { authorization: "Bearer secret" } })
    )
    expect(error.code).toBe("unexpected_redirect")
    expect(asked).toBe(1)
  })

  it("is cut off when the answer is too large", async () => {
    answer = (_, response) => {
      response.end(Buffer.alloc(MAX_RESPONSE_BYTES + 1))
    }
    expect((await failureOf(serviceFetch()(url))).code).toBe(
      "response_too_large"
    )
  })

  it("tells an unreachable service without naming the address it tried", async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))

    const error = await failureOf(
      serviceFetch()(`http://127.0.0.1:${port}/?access_token=secret`)
    )
    expect(error).toMatchObject({
      errorClass: "transient",
      code: "ECONNREFUSED",
      // Nothing was sent: a post may be tried again.
      outcomeUnknown: false,
    })
    expect(error.message).not.toContain("secret")
  })

  it.each([
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate is not valid"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate is not valid"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate is not valid"],
    ["ENOTFOUND", "host name is not known"],
    ["EAI_AGAIN", "host name is not known"],
  ])("says what %s means", async (code, words) => {
    const lookup: Lookup = (_host, _options, callback) =>
      callback(Object.assign(new Error("secret"), { code }), [])
    const fetch = createServiceFetch({
      service: "Carrier",
      timeoutMs: 500,
      lookup,
    })
    expect(await failureOf(fetch("https://carrier.example.com"))).toMatchObject(
      {
        errorClass: "transient",
        code,
        message: `Carrier could not be reached, because its ${words} (${code}).`,
        outcomeUnknown: false,
      }
    )
  })

  it("leaves the outcome open where the service breaks off by a TLS alert", async () => {
    const code = "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"
    const lookup: Lookup = (_host, _options, callback) =>
      callback(Object.assign(new Error("secret"), { code }), [])
    const fetch = createServiceFetch({
      service: "Carrier",
      timeoutMs: 500,
      lookup,
    })
    expect(await failureOf(fetch("https://carrier.example.com"))).toMatchObject(
      {
        message: `Carrier could not be reached (${code}).`,
        outcomeUnknown: true,
      }
    )
  })

  it("ends with the caller's signal", async () => {
    answer = () => undefined
    const controller = new AbortController()
    const request = serviceFetch(5_000, controller.signal)(url)
    controller.abort()
    expect((await failureOf(request)).errorClass).toBe("transient")
  })

  it("is called late, not out of reach, when its caller's time is up", async () => {
    answer = () => undefined
    const request = serviceFetch(5_000, AbortSignal.timeout(50))(url)
    expect(await failureOf(request)).toMatchObject({
      errorClass: "transient",
      code: "timeout",
      outcomeUnknown: true,
      message: "Carrier did not answer in time.",
    })
  })

  it("passes an empty answer on", async () => {
    answer = (_, response) => response.writeHead(204).end()
    expect((await serviceFetch()(url)).status).toBe(204)
  })

  it.each(["<html></html>", "", "7", "null", '"text"'])(
    "calls %j no JSON answer",
    async (body) => {
      const error = await failureOf(
        readJson("Carrier", new Response(body, { status: 200 }))
      )
      expect(error).toMatchObject({
        errorClass: "transient",
        code: "malformed_response",
        outcomeUnknown: true,
      })
    }
  )
})

describe("Retry-After", () => {
  const now = Date.parse("2026-11-20T12:00:00Z")
  const retryAt = (value: string) =>
    retryAtFromHeaders(
      new Headers({ "retry-after": value }),
      now
    )?.toISOString()

  it("is read as seconds and as a date", () => {
    expect(retryAt("120")).toBe("2026-11-20T12:02:00.000Z")
    expect(retryAt("Fri, 20 Nov 2026 12:00:30 GMT")).toBe(
      "2026-11-20T12:00:30.000Z"
    )
  })

  it("is never in the past nor more than a day away", () => {
    expect(retryAt("Fri, 20 Nov 2020 12:00:00 GMT")).toBe(
      "2026-11-20T12:00:00.000Z"
    )
    expect(retryAt("99999999999")).toBe("2026-11-21T12:00:00.000Z")
  })

  it("is ignored when it says nothing", () => {
    expect(retryAt("soon")).toBeUndefined()
    expect(retryAtFromHeaders(new Headers())).toBeUndefined()
  })
})

describe("the end of a service's limit", () => {
  const now = Date.parse("2026-11-20T12:00:00Z")
  const businessUse = (...minutes: number[]) =>
    JSON.stringify({
      "5001": minutes.map((estimated_time_to_regain_access) => ({
        type: "pages",
        call_count: 100,
        estimated_time_to_regain_access,
      })),
    })

  it.each([
    ["X", { "x-rate-limit-reset": "1795176090" }, "12:01:30.000"],
    ["Reddit", { "x-ratelimit-reset": "90" }, "12:01:30.000"],
    ["GitHub", { "x-ratelimit-reset": "1795176090" }, "12:01:30.000"],
    ["the IETF's draft", { "ratelimit-reset": "90" }, "12:01:30.000"],
    [
      "Discord",
      {
        "x-ratelimit-reset": "1795179600.5",
        "x-ratelimit-reset-after": "64.57",
      },
      "12:01:04.570",
    ],
    [
      "Mastodon",
      { "x-ratelimit-reset": "2026-11-20T12:05:00.123456Z" },
      "12:05:00.123",
    ],
    [
      "Meta",
      { "x-business-use-case-usage": businessUse(2, 7) },
      "12:07:00.000",
    ],
  ])("is read from the headers of %s", (_, headers, expected) => {
    expect(limitEndFromHeaders(new Headers(headers), now)?.toISOString()).toBe(
      `2026-11-20T${expected}Z`
    )
  })

  it.each([
    [{}],
    [{ "x-rate-limit-reset": "soon" }],
    [{ "x-business-use-case-usage": "{" }],
    [{ "x-business-use-case-usage": businessUse(0) }],
  ])("is not guessed from %j", (headers) => {
    expect(limitEndFromHeaders(new Headers(headers), now)).toBeUndefined()
  })

  it("is believed only of an answer that is about the limit", () => {
    const headers = { "x-ratelimit-reset": "90" }
    const classOf = (status: number) =>
      classifyServiceError("Reddit", new Response("", { status, headers }), {
        code: "x",
      })
    expect(classOf(429).retryAt).toBeInstanceOf(Date)
    expect(classOf(400).retryAt).toBeUndefined()
  })
})

describe("the class of a service's error", () => {
  const classify = (status: number, code = "x") =>
    classifyServiceError("Carrier", new Response(null, { status }), { code }, [
      { code: /^quota/, errorClass: "rate_limited" },
      { status: 403, code: "gone", errorClass: "account_restricted" },
    ]).errorClass

  it("is decided by the provider's table first", () => {
    expect(classify(400, "quota_reached")).toBe("rate_limited")
    expect(classify(403, "gone")).toBe("account_restricted")
    expect(classify(404, "gone")).toBe("content_rejected")
  })

  it.each([
    [400, "content_rejected"],
    [401, "token_invalid"],
    [403, "permission"],
    [408, "transient"],
    [409, "duplicate"],
    [422, "content_rejected"],
    [429, "rate_limited"],
    [500, "transient"],
    [503, "transient"],
  ])("follows from the status %i otherwise", (status, errorClass) => {
    expect(classify(status)).toBe(errorClass)
  })

  it("follows from subcode and explanation where the table names them", () => {
    const rules: ErrorRule[] = [
      { code: "190", subcode: /^46\d$/, errorClass: "token_expired" },
      {
        pattern: /client id/i,
        errorClass: "config_error",
        next_action: "Compare the client ID.",
      },
      { code: "190", errorClass: "token_invalid" },
      { status: 420, errorClass: "rate_limited", retry_after: 60 },
    ]
    const classified = (status: number, parsed: ParsedServiceError) =>
      classifyServiceError(
        "Carrier",
        new Response(null, { status }),
        parsed,
        rules
      )

    expect(classified(400, { code: "190", subcode: "463" })).toMatchObject({
      errorClass: "token_expired",
      code: "190/463",
      message: "Carrier answered 400 (190/463)",
    })
    expect(classified(400, { code: "190", subcode: "1" }).errorClass).toBe(
      "token_invalid"
    )
    expect(
      classified(401, { code: "190", message: "Wrong Client ID!" })
    ).toMatchObject({
      errorClass: "config_error",
      message:
        "Carrier answered 401 (190): Wrong Client ID. Compare the client ID.",
    })
    const { retryAt } = classified(420, { code: "slow" })
    expect((retryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(55_000)
  })

  it("keeps the end of a limit for answers that are about a limit", () => {
    const retryAt = new Date(Date.now() + 60_000)
    const at = (status: number) =>
      classifyServiceError("Carrier", new Response(null, { status }), {
        code: "x",
        retryAt,
      }).retryAt
    expect([at(429), at(403)]).toEqual([retryAt, undefined])
  })

  it("shows the service's explanation, cut to a readable length", () => {
    const { message } = classifyServiceError(
      "Carrier",
      new Response(null, { status: 422 }),
      { code: "bad", message: "m".repeat(5_000) }
    )
    expect(message).toMatch(/^Carrier answered 422 \(bad\): m+$/)
    expect(message.length).toBeLessThan(400)
  })
})

describe("a file of a post", () => {
  it.each([404, 500])("cannot be had with status %i", async (status) => {
    answer = (_, response) => response.writeHead(status).end("x")
    const error = await failureOf(
      requestFile(`${url}/image?signature=secret`, {})
    )
    expect(error).toMatchObject({
      errorClass: "content_rejected",
      code: "media_unreachable",
    })
    expect(error.message).not.toContain("secret")
  })

  it("cannot be had when its server cannot be reached", async () => {
    const error = await failureOf(
      requestFile("http://127.0.0.1:1/image.png?signature=secret", {})
    )
    expect(error.code).toBe("media_unreachable")
    expect(error.message).not.toContain("secret")
  })
})
