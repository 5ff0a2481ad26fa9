import { readFileSync } from "node:fs"
import https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import path from "node:path"
import { gzipSync } from "node:zlib"
import { ServiceError } from "../../../errors/service-error"
import { createServiceFetch } from "../../fetch"
import { requestFile } from "../../remote-file"
import type { Lookup } from "../connections"
import { type AllowedNetworks, readAllowedNetworks } from "../networks"
import { type LocalServer, startLocalServer } from "./support/local-server"

let server: LocalServer

beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const allow = (value: boolean | string[]): AllowedNetworks =>
  readAllowedNetworks(value)!
const publicOnly = allow(false)
const thisMachine = allow(["127.0.0.1"])

/** Answers each question with the next list of addresses, and notes the names. */
const resolver = (...answers: string[][]) => {
  const asked: string[] = []
  const lookup: Lookup = (host, _, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)]
    asked.push(host)
    process.nextTick(() =>
      callback(
        null,
        addresses.map((address) => ({
          address,
          family: address.includes(":") ? 6 : 4,
        }))
      )
    )
  }
  return { lookup, asked }
}

const serviceFetch = (networks: AllowedNetworks, lookup?: Lookup) =>
  createServiceFetch({ service: "Carrier", timeoutMs: 2_000, networks, lookup })

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

describe("a request to a host whose name leads to a forbidden address", () => {
  it.each([
    ["this machine", ["127.0.0.1"]],
    ["this machine over IPv6", ["::1"]],
    ["a public and a private address", ["93.184.215.14", "10.0.0.1"]],
    ["a cloud's credentials", ["169.254.169.254"]],
    ["a cloud's credentials over IPv6", ["fd00:ec2::254"]],
    ["an IPv4-mapped address", ["::ffff:127.0.0.1"]],
    ["a link-local address with its zone", ["fe80::1%eth0"]],
    ["something that is no address", ["localhost"]],
    ["nothing", []],
  ])("is refused before anything is sent: %s", async (_, addresses) => {
    const { lookup } = resolver(addresses)
    const error = await failureOf(
      serviceFetch(publicOnly, lookup)(
        `http://service.example.com:${server.port}/?key=hush-hush`,
        { headers: { authorization: "Bearer hush-hush" } }
      )
    )
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "address_not_allowed",
      outcomeUnknown: false,
      message:
        'Nothing was sent to "service.example.com": it is not on the public internet. Check the address. If it is right, the operator of this store can allow it with the option "allow_private_networks".',
    })
    expect(server.requests).toHaveLength(0)
  })

  it("is refused when the name changed its mind after the last request", async () => {
    const { lookup, asked } = resolver(["127.0.0.1"], ["127.0.0.2"])
    const fetch = serviceFetch(thisMachine, lookup)
    const url = `http://rebinding.example.com:${server.port}/`

    expect((await fetch(url)).status).toBe(200)
    expect((await failureOf(fetch(url))).code).toBe("address_not_allowed")
    expect(asked).toHaveLength(2)
    expect(server.requests).toHaveLength(1)
  })

  it("connects to the address that was checked, without asking a second time", async () => {
    // A second question would get the forbidden answer.
    const { lookup, asked } = resolver(["127.0.0.1"], ["10.0.0.1"])
    const url = `http://rebinding.example.com:${server.port}/`
    expect((await serviceFetch(thisMachine, lookup)(url)).status).toBe(200)
    expect(asked).toEqual(["rebinding.example.com"])
    expect(server.requests[0].headers.host).toBe(
      `rebinding.example.com:${server.port}`
    )
  })

  it("is sent when the operator allows the host by its name", async () => {
    const { lookup } = resolver(["127.0.0.1"])
    const fetch = serviceFetch(allow(["git.internal"]), lookup)
    const to = (host: string) => fetch(`http://${host}:${server.port}/`)

    expect((await to("GIT.internal")).status).toBe(200)
    expect((await failureOf(to("other.internal"))).code).toBe(
      "address_not_allowed"
    )
    expect(server.requests).toHaveLength(1)
  })

  it("is refused over https alike", async () => {
    const { lookup } = resolver(["127.0.0.1"])
    const error = await failureOf(
      serviceFetch(
        publicOnly,
        lookup
      )(`https://service.example.com:${server.port}/`)
    )
    expect(error.code).toBe("address_not_allowed")
  })

  it("is told apart from a name that cannot be resolved", async () => {
    const lookup: Lookup = (_, __, callback) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), [])
    const error = await failureOf(
      serviceFetch(publicOnly, lookup)("https://gone.example.com/")
    )
    expect(error).toMatchObject({ errorClass: "transient", code: "ENOTFOUND" })
  })
})

describe("a request to an IP address", () => {
  it("is refused without a look at the name server", async () => {
    const { lookup, asked } = resolver(["93.184.215.14"])
    const fetch = serviceFetch(publicOnly, lookup)
    for (const host of [
      "127.0.0.1",
      "2130706433",
      "0x7f.1",
      "[::ffff:127.0.0.1]",
    ]) {
      const error = await failureOf(fetch(`http://${host}:${server.port}/`))
      expect([host, error.code]).toEqual([host, "address_not_allowed"])
    }
    expect(asked).toHaveLength(0)
    expect(server.requests).toHaveLength(0)
  })

  it("is sent when the operator allows the range", async () => {
    for (const networks of [allow(true), allow(["127.0.0.0/8"])]) {
      expect((await serviceFetch(networks)(server.url)).status).toBe(200)
    }
  })

  it("does not use a connection that a looser policy has opened", async () => {
    const url = `http://localhost:${server.port}/`
    const ipv4 = resolver(["127.0.0.1"])
    await serviceFetch(thisMachine, ipv4.lookup)(url)
    await serviceFetch(thisMachine)(server.url)
    expect((await failureOf(serviceFetch(publicOnly)(url))).code).toBe(
      "address_not_allowed"
    )
    expect(server.requests).toHaveLength(2)
  })
})

describe("a media file", () => {
  const open = (url: string, networks: AllowedNetworks, lookup?: Lookup) =>
    requestFile(url, { networks, lookup })
  const redirectTo = (location: string) =>
    server.answer((_, response) => {
      response.writeHead(302, { location }).end()
    })

  it("is refused at a forbidden address, as a fault of the post", async () => {
    const { lookup } = resolver(["10.0.0.1"])
    for (const [url, host] of [
      [`${server.url}/a.png?signature=hush-hush`, "127.0.0.1"],
      ["http://169.254.169.254/latest/meta-data/", "169.254.169.254"],
      ["https://images.example.com/a.png", "images.example.com"],
    ]) {
      const error = await failureOf(open(url, publicOnly, lookup))
      expect(error).toMatchObject({
        errorClass: "content_rejected",
        code: "address_not_allowed",
      })
      expect(error.message).toContain(
        `The file cannot be fetched. Nothing was sent to "${host}"`
      )
      expect(error.message).not.toContain("hush-hush")
    }
    expect(server.requests).toHaveLength(0)
  })

  it.each([
    ["a cloud's credentials", "http://169.254.169.254/latest/meta-data/"],
    ["another address of this machine", "http://127.0.0.2/"],
    ["an odd notation", "http://0x7f000002/"],
    ["a host on a private network", "http://intranet.example.com/"],
    ["another scheme", "file:///etc/passwd"],
    ["an address with a password", "http://a:b@127.0.0.1/"],
  ])("is not fetched from where a redirect leads: %s", async (_, location) => {
    redirectTo(location)
    const { lookup, asked } = resolver(["10.0.0.1"])
    const error = await failureOf(open(server.url, thisMachine, lookup))
    expect(error.code).toBe("address_not_allowed")
    expect(asked.length).toBe(location.includes("intranet") ? 1 : 0)
    expect(server.requests).toHaveLength(1)
  })

  it("is not fetched from a cloud's credentials although private networks are allowed", async () => {
    redirectTo("http://169.254.169.254/latest/meta-data/")
    const error = await failureOf(open(server.url, allow(true)))
    expect(error.code).toBe("address_not_allowed")
  })

  it("is fetched from where redirects between allowed addresses lead", async () => {
    server.answer((request, response) => {
      if (request.url === "/a.png") {
        response.writeHead(302, { location: "/moved/a.png" }).end()
        return
      }
      response.writeHead(200, { "content-type": "image/png" }).end("png")
    })
    const file = await open(`${server.url}/a.png`, thisMachine)
    expect(await file.text()).toBe("png")
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/a.png",
      "/moved/a.png",
    ])
  })

  it("is given up when its server redirects without end", async () => {
    redirectTo("/a.png")
    const error = await failureOf(open(server.url, thisMachine))
    expect(error.code).toBe("media_unreachable")
    expect(server.requests).toHaveLength(6)
  })
})

describe("a guarded request", () => {
  const fetch = (url: string, init?: RequestInit) =>
    serviceFetch(thisMachine)(url, init)
  const sent = async (init: RequestInit) => {
    let body = ""
    server.answer(async (request, response) => {
      for await (const chunk of request) {
        body += chunk
      }
      response.writeHead(200).end()
    })
    await fetch(server.url, init)
    return { body, headers: server.requests[0].headers }
  }

  it("sends text and forms with their length and type", async () => {
    const form = await sent({
      method: "POST",
      body: new URLSearchParams({ a: "b c" }),
    })
    expect(form.body).toBe("a=b+c")
    expect(form.headers).toMatchObject({
      "content-length": "5",
      "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
    })

    server.reset()
    const text = await sent({ method: "POST", body: "grün" })
    expect(text.body).toBe("grün")
    expect(text.headers["content-length"]).toBe("5")
  })

  it("sends a length of 0 with a POST that has no body", async () => {
    const { headers } = await sent({ method: "POST" })
    expect(headers["content-length"]).toBe("0")
  })

  it("sends a stream as it comes", async () => {
    const parts = ["one ", "two"]
    const body = new ReadableStream({
      pull: (controller) => {
        const part = parts.shift()
        if (part) {
          controller.enqueue(new TextEncoder().encode(part))
        } else {
          controller.close()
        }
      },
    })
    const request = await sent({
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit)
    expect(request.body).toBe("one two")
    expect(request.headers["transfer-encoding"]).toBe("chunked")
  })

  it("fails with the reason for which its stream failed", async () => {
    server.answer((request) => request.resume())
    const reason = new ServiceError("content_rejected", "Too large.", {
      code: "media_too_large",
    })
    const body = new ReadableStream({
      pull: (controller) => controller.error(reason),
    })
    const request = fetch(server.url, {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit)
    expect(await failureOf(request)).toBe(reason)
  })

  it("unpacks a compressed answer", async () => {
    server.answer((request, response) => {
      expect(request.headers["accept-encoding"]).toContain("gzip")
      response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync('{"a":1}'))
    })
    expect(await (await fetch(server.url)).json()).toEqual({ a: 1 })
  })

  it("measures a compressed answer by what comes out of it", async () => {
    server.answer((_, response) => {
      response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync(Buffer.alloc(20_000_000)))
    })
    expect((await failureOf(fetch(server.url))).code).toBe("response_too_large")
  })

  it("fails when the answer ends early", async () => {
    server.answer((_, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("{")
      setTimeout(() => response.destroy(), 20)
    })
    expect(await failureOf(fetch(server.url))).toMatchObject({
      errorClass: "transient",
      outcomeUnknown: true,
    })
  })

  it.each([
    [
      "a switch of protocols",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
    ["an impossible status", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"],
    ["something that is no HTTP", "nothing like it\r\n\r\n"],
    ["silence", ""],
    [
      "headers without end",
      `HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`,
    ],
    [
      "a broken encoding",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
  ])("fails at once after %s", async (_, text) => {
    server.answer((request) => request.socket.end(text))
    const error = await failureOf(fetch(server.url))
    expect(error).toMatchObject({
      errorClass: "transient",
      outcomeUnknown: true,
    })
    expect(error.code).not.toBe("timeout")
  })

  it("keeps every header of the answer", async () => {
    server.answer((_, response) => {
      response.writeHead(200, { "x-a": ["1", "2"], "retry-after": "7" }).end()
    })
    const { headers } = await fetch(server.url)
    expect([headers.get("x-a"), headers.get("retry-after")]).toEqual([
      "1, 2",
      "7",
    ])
  })

  /** How many connections some requests, one after another, came over. */
  const countConnections = async (
    requests: number,
    init?: RequestInit
  ): Promise<number> => {
    const ports = new Set<number | undefined>()
    server.answer((request, response) => {
      ports.add(request.socket.remotePort)
      response.end("{}")
    })
    for (let i = 0; i < requests; i++) {
      await fetch(server.url, init)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return ports.size
  }

  it("uses a connection again", async () => {
    expect(await countConnections(8)).toBeLessThan(5)
  })

  it("opens a new connection for what cannot be sent a second time", async () => {
    expect(await countConnections(4, { method: "POST" })).toBe(4)
  })

  it("is sent again when the service has just closed the kept connection", async () => {
    const sockets = new Set<Socket>()
    server.answer((request, response) => {
      const isSecond = sockets.has(request.socket)
      sockets.add(request.socket)
      if (isSecond) {
        request.socket.destroy()
        return
      }
      response.end("{}")
    })
    for (let i = 0; i < 3; i++) {
      expect((await fetch(server.url)).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  it("is never sent again when it changes something", async () => {
    server.answer((request) => request.socket.destroy())
    const error = await failureOf(fetch(server.url, { method: "POST" }))
    expect(error).toMatchObject({
      errorClass: "transient",
      outcomeUnknown: true,
    })
    expect(server.requests).toHaveLength(1)
  })

  it("says that a header cannot be sent, without repeating it", async () => {
    const impossible: Record<string, string>[] = [
      { "x carrier key": "hush-hush" },
      { authorization: "hush-hush\nx: y" },
    ]
    for (const headers of impossible) {
      const error = await failureOf(fetch(server.url, { headers }))
      expect(error).toMatchObject({
        errorClass: "config_error",
        code: "invalid_header",
        outcomeUnknown: false,
      })
      expect(error.message).not.toContain("hush-hush")
    }
    expect(server.requests).toHaveLength(0)
  })
})

describe("a request over TLS", () => {
  const FIXTURE = path.resolve(
    __dirname,
    "../../../../integration-tests/fixtures/self-signed"
  )
  const read = (name: string) => readFileSync(path.join(FIXTURE, name))
  const names: string[] = []
  const requests: unknown[] = []
  let secure: https.Server
  let port: number

  beforeAll(async () => {
    secure = https.createServer(
      {
        cert: read("certificate.pem"),
        key: read("key.pem"),
        SNICallback: (name, done) => {
          names.push(name)
          done(null)
        },
      },
      (request, response) => {
        requests.push(request)
        response.end("{}")
      }
    )
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve))
    port = (secure.address() as AddressInfo).port
  })
  afterAll(() => secure.close())

  it("names the host, not the address that was checked, and sends nothing to a certificate that does not hold", async () => {
    const { lookup } = resolver(["127.0.0.1"])
    const error = await failureOf(
      serviceFetch(thisMachine, lookup)(
        `https://service.example.com:${port}/`,
        { method: "POST", body: "x" }
      )
    )
    expect(error).toMatchObject({
      errorClass: "transient",
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
      outcomeUnknown: false,
    })
    expect(names).toEqual(["service.example.com"])
    expect(requests).toEqual([])
  })
})
