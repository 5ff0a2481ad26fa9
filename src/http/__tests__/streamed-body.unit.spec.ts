import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { createApiContext } from "../../providers/api-client"
import type { ProviderDescription } from "../../providers/types"
import { multipart, type SizedStream, streamOf } from "../body"
import { createServiceFetch } from "../fetch"

/** What a service got: its own count of the bytes, and what it was told before. */
interface Received {
  url: string
  headers: IncomingMessage["headers"]
  body: Buffer
}

let server: Server
let base: string
let received: Received[]
let status: number
/** How the service reads: all at once, or not at all. */
let reads: boolean

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (!reads) {
      return
    }
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) {
        chunks.push(chunk as Buffer)
      }
    } catch {
      return
    }
    received.push({
      url: request.url!,
      headers: request.headers,
      body: Buffer.concat(chunks),
    })
    response.writeHead(status, { range: "bytes=0-2" }).end('{"id":1}')
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  received = []
  status = 200
  reads = true
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const description = {
  identifier: "carrier",
  label: "Carrier",
  setting_fields: [],
  oauth1: {
    server: () => ({
      signature_method: "HMAC-SHA1",
      temporary_credentials_endpoint: "https://carrier.example.com/1",
      authorization_endpoint: "https://carrier.example.com/2",
      token_endpoint: "https://carrier.example.com/3",
    }),
  },
  api: { base_address: () => base },
} as unknown as ProviderDescription

const apiOf = (auth_type: "bearer" | "oauth1" = "bearer", timeoutMs = 2_000) =>
  createApiContext(description, {
    settings: { consumer_key: "consumer" },
    auth_type,
    credential: async () => new SecretString("a-secret"),
    fetch: createServiceFetch({ service: "Carrier", timeoutMs }),
  })

const sized = (...chunks: string[]): SizedStream => ({
  stream: streamOf(
    (async function* () {
      for (const chunk of chunks) {
        yield Buffer.from(chunk)
      }
    })()
  ),
  size: chunks.join("").length,
})

const failureOf = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error("It did not fail.")
    },
    (error: ServiceError) => error
  )

describe("a streamed request body", () => {
  it("goes out with its length, and never in chunks", async () => {
    await apiOf().request("/upload", {
      method: "POST",
      body: { ...sized("abc", "de"), content_type: "video/mp4" },
    })
    expect(received[0].body.toString()).toBe("abcde")
    expect(received[0].headers).toMatchObject({
      "content-length": "5",
      "content-type": "video/mp4",
      authorization: "Bearer a-secret",
    })
    expect(received[0].headers["transfer-encoding"]).toBeUndefined()
  })

  it.each([
    ["shorter", 6],
    ["longer", 4],
  ])("that is %s than was said is broken off", async (_, size) => {
    await failureOf(
      apiOf("bearer", 200).request("/upload", {
        method: "POST",
        body: { ...sized("abc", "de"), size },
      })
    )
    expect(received).toEqual([])
  })

  it("may take longer than the deadline as long as bytes flow", async () => {
    const chunks = async function* () {
      for (let index = 0; index < 6; index++) {
        await sleep(100)
        yield Buffer.from("x")
      }
    }
    await apiOf("bearer", 300).request("/upload", {
      method: "POST",
      body: { stream: streamOf(chunks()), size: 6 },
    })
    expect(received[0].body).toHaveLength(6)
  })

  it("is given up when the service takes no more of it", async () => {
    reads = false
    let taken = 0
    let isClosed = false
    const endless = async function* () {
      try {
        for (;;) {
          taken += 65_536
          yield Buffer.alloc(65_536)
        }
      } finally {
        isClosed = true
      }
    }
    const error = await failureOf(
      apiOf().fetch("/upload", {
        method: "POST",
        body: { stream: streamOf(endless()), size: 2 ** 40 },
        timeout_ms: 300,
      })
    )
    expect(error).toMatchObject({
      errorClass: "transient",
      code: "timeout",
      outcomeUnknown: true,
      message:
        "Carrier took no more of the file that is sent to it for 300 ms.",
    })
    expect(isClosed).toBe(true)
    // What no socket took stays unread: it is never held in memory.
    expect(taken).toBeLessThan(64 * 1024 * 1024)
  })

  it("is given up when its source dries up, and the service has nothing to carry out", async () => {
    const dry = async function* () {
      yield Buffer.from("x")
      await sleep(60_000, undefined, { ref: false })
    }
    const error = await failureOf(
      apiOf().fetch("/upload", {
        method: "POST",
        body: { stream: streamOf(dry()), size: 2 },
        timeout_ms: 200,
      })
    )
    expect(error).toMatchObject({
      code: "source_timeout",
      outcomeUnknown: false,
    })
  })
})

describe("a form with files", () => {
  it("arrives with its fields first, in order and of the length that was said", async () => {
    const body = multipart(
      [
        ["key", "uploads/ä"],
        ["policy", "p"],
        ["key", 2],
      ],
      [
        {
          ...sized("one"),
          name: "file",
          filename: 'a "b".mp4',
          content_type: "video/mp4",
        },
        { ...sized("two", "2"), name: "thumb\r\n", filename: "t" },
      ]
    )
    await apiOf().request("/form", { method: "POST", body })

    const [{ headers, body: bytes }] = received
    expect(headers["content-length"]).toBe(String(bytes.byteLength))
    expect(headers["transfer-encoding"]).toBeUndefined()
    expect(headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/)
    // Read by another implementation than the one that wrote it.
    const form = await new Response(new Uint8Array(bytes), {
      headers: { "content-type": headers["content-type"]! },
    }).formData()
    expect([...form.keys()]).toEqual([
      "key",
      "policy",
      "key",
      "file",
      "thumb\r\n",
    ])
    expect(form.getAll("key")).toEqual(["uploads/ä", "2"])
    const file = form.get("file") as File
    expect([file.name, file.type, await file.text()]).toEqual([
      'a "b".mp4',
      "video/mp4",
      "one",
    ])
    expect(await (form.get("thumb\r\n") as File).text()).toBe("two2")
  })
})

describe("a status that the service means as an answer", () => {
  it("comes back with its headers, where others of its kind are refused", async () => {
    status = 308
    const part = (accept_status?: number[]) =>
      apiOf().fetch("/session", {
        method: "PUT",
        body: sized("abc"),
        headers: { "content-range": "bytes 0-2/6" },
        accept_status,
      })
    const response = await part([308])
    expect(response.status).toBe(308)
    expect(response.headers.get("range")).toBe("bytes=0-2")
    expect((await failureOf(part())).code).toBe("unexpected_redirect")
    expect((await failureOf(part([304]))).code).toBe("unexpected_redirect")
    expect(
      await apiOf().request("/session", {
        method: "PUT",
        accept_status: [308],
      })
    ).toBeUndefined()
  })
})

describe("an upload to another host", () => {
  it("carries neither credentials nor an OAuth 1.0a signature", async () => {
    const elsewhere = base.replace("127.0.0.1", "localhost")
    for (const auth_type of ["bearer", "oauth1"] as const) {
      const { fetch } = apiOf(auth_type)
      const error = await failureOf(
        fetch(`${elsewhere}/part`, { method: "PUT", body: sized("abc") })
      )
      expect(error.code).toBe("other_host")
      await fetch(`${elsewhere}/part`, {
        method: "PUT",
        body: sized("abc"),
        credentials: "omit",
      })
    }
    expect(received).toHaveLength(2)
    for (const { headers, url } of received) {
      expect(headers.authorization).toBeUndefined()
      expect(url).toBe("/part")
    }
  })

  it("leaves the API's own requests signed, streams included", async () => {
    await apiOf("oauth1").request("/upload", {
      method: "POST",
      body: sized("abc"),
    })
    expect(received[0].headers.authorization).toMatch(
      /^OAuth .*oauth_signature=/
    )
    expect(received[0].body.toString()).toBe("abc")
  })
})

describe("a wait that a service names in its failure's body", () => {
  it.each([
    ["Discord", { message: "slow", retry_after: 64.57, global: false }, 64.57],
    ["Telegram", { ok: false, parameters: { retry_after: 30 } }, 30],
  ])("is kept as %s tells it", async (_, body, seconds) => {
    const own = {
      ...description,
      api: {
        ...description.api,
        retry_after: ["retry_after", "parameters.retry_after"],
      },
    } as ProviderDescription
    const { request } = createApiContext(own, {
      settings: {},
      auth_type: "bearer",
      credential: async () => new SecretString("a-secret"),
      fetch: async () => Response.json(body, { status: 429 }),
    })
    const began = Date.now()
    const { retryAt, errorClass } = await failureOf(request("/messages"))
    expect(errorClass).toBe("rate_limited")
    expect(retryAt!.getTime() - began).toBeGreaterThanOrEqual(seconds * 1000)
    expect(retryAt!.getTime() - began).toBeLessThan(seconds * 1000 + 2_000)
  })
})
