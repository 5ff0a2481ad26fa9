import { readFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo } from "node:net"
import path from "node:path"
import type { TokenAnswer } from "./hostile-responses"

const FIXTURE = path.resolve(__dirname, "../../fixtures/self-signed")

export interface HostileTokenEndpoint {
  /** Base address: `/token`, `/authorize` and `/account` are below it. */
  url: string
  /** The same over TLS, with a certificate that nobody trusts. */
  selfSignedUrl: string
  /** Bodies of the token requests so far. */
  requests: URLSearchParams[]
  /** What was last granted, whatever else the answer said. */
  granted: () => { access_token: string; refresh_token: string }
  /** Answers token requests so, instead of as the standard says. */
  answerWith: (answer: TokenAnswer) => void
  behave: () => void
  close: () => Promise<void>
}

/**
 * A service with OAuth 2 whose token endpoint can answer anything. Its tokens
 * are new with each answer, and `/account` takes only the newest.
 *
 * @param mark - a word that all tokens carry, so that a search finds them
 */
export const startHostileTokenEndpoint = async (
  mark: string
): Promise<HostileTokenEndpoint> => {
  const requests: URLSearchParams[] = []
  let grants = 0
  let hostile: TokenAnswer | undefined

  const granted = () => ({
    access_token: `${mark}-access-${grants}`,
    refresh_token: `${mark}-refresh-${grants}`,
  })

  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) {
      chunks.push(chunk as Buffer)
    }
    if (request.url === "/account") {
      const isNewest =
        request.headers.authorization === `Bearer ${granted().access_token}`
      response.writeHead(isNewest ? 200 : 401).end()
      return
    }
    requests.push(new URLSearchParams(Buffer.concat(chunks).toString()))
    if (hostile?.refuses) {
      hostile.send(response, granted())
      return
    }
    grants += 1
    const tokens = { ...granted(), token_type: "Bearer", expires_in: 3600 }
    if (hostile) {
      hostile.send(response, tokens)
      return
    }
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(tokens))
  }

  const servers = [
    createServer(listener),
    createSecureServer(
      {
        key: readFileSync(path.join(FIXTURE, "key.pem")),
        cert: readFileSync(path.join(FIXTURE, "certificate.pem")),
      },
      listener
    ),
  ]
  const [port, securePort] = await Promise.all(servers.map(listen))

  return {
    url: `http://localhost:${port}`,
    selfSignedUrl: `https://localhost:${securePort}`,
    requests,
    granted,
    answerWith: (answer) => {
      hostile = answer
    },
    behave: () => {
      hostile = undefined
    },
    close: async () => {
      await Promise.all(servers.map(close))
    },
  }
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
