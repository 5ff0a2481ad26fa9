import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http"
import type { AddressInfo } from "node:net"

/** In every secret of this network, so that a search finds any of them. */
export const MARK = "marked5d0c7e"

/** How the network misbehaves; each way repeats all that it was sent. */
export type Misbehaviour =
  "refuses" | "fails" | "answers with a page" | "redirects"

export interface EchoNetwork {
  url: string
  /** PKCE verifiers that it has seen. */
  verifiers: string[]
  /** Access tokens that it has seen. */
  tokens: Set<string>
  /** Paths and queries of all requests: what its access log would hold. */
  addresses: string[]
  /** Makes every request whose path begins so go wrong. */
  misbehave: (paths: string, how: Misbehaviour) => void
  behave: () => void
  close: () => Promise<void>
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

const json = (response: ServerResponse, status: number, body: object) =>
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify(body))

/**
 * A network that speaks the sandbox's protocol with tokens that can be searched
 * for, and that repeats in its failures whatever it was sent: headers and body,
 * and the bare token too.
 */
export const startEchoNetwork = async (): Promise<EchoNetwork> => {
  const verifiers: string[] = []
  const tokens = new Set<string>()
  const addresses: string[] = []
  let grants = 0
  let fault: { paths: string; how: Misbehaviour } | undefined

  const misbehave = (
    request: IncomingMessage,
    response: ServerResponse,
    sent: string,
    how: Misbehaviour
  ) => {
    const bare = (request.headers.authorization ?? "").replace(/^\w+ /, "")
    const echo = `I will not take ${bare} (${JSON.stringify(request.headers)}) ${sent}`
    if (how === "redirects") {
      response
        .writeHead(302, {
          location: `http://localhost/?access_token=${bare}&sent=${encodeURIComponent(sent)}`,
        })
        .end()
      return
    }
    if (how === "answers with a page") {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<h1>${echo}</h1>`)
      return
    }
    const status = how === "refuses" ? 400 : 500
    json(
      response,
      status,
      request.url?.startsWith("/token")
        ? { error: "invalid_grant", error_description: echo }
        : { error: { code: "not_like_this", message: echo } }
    )
  }

  const answer = (path: string, sent: string): object => {
    switch (path) {
      case "/token":
        verifiers.push(new URLSearchParams(sent).get("code_verifier") ?? "")
        grants += 1
        return {
          access_token: `${MARK}-access-${grants}`,
          refresh_token: `${MARK}-refresh-${grants}`,
          token_type: "bearer",
          expires_in: 3600,
        }
      case "/api/me":
        return { id: "ada", name: "Ada", username: "ada" }
      case "/api/accounts":
        return {
          data: [{ id: "page_main", kind: "page", name: "Ada's Shop" }],
          next_cursor: null,
        }
      case "/api/posts":
        return { id: `post_${Date.now()}`, url: "http://localhost/post" }
      default:
        return { id: "media_1" }
    }
  }

  const server = createServer(async (request, response) => {
    addresses.push(request.url ?? "")
    const sent = await readBody(request)
    const path = (request.url ?? "").split("?")[0]
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1]
    if (token) {
      tokens.add(token)
    }
    if (fault && path.startsWith(fault.paths)) {
      misbehave(request, response, sent, fault.how)
      return
    }
    json(response, 200, answer(path, sent))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}`,
    verifiers,
    tokens,
    addresses,
    misbehave: (paths, how) => {
      fault = { paths, how }
    },
    behave: () => {
      fault = undefined
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
