import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import {
  accessToken,
  type Grant,
  openLedger,
  refreshToken,
  type TokenLedger,
} from "./token-log"

export interface TokenServer {
  /** Base address: `/<name of the process>/token` below it is the endpoint. */
  url: string
  /** What it has granted to whom. */
  ledger: TokenLedger
  /** How many token requests have reached it, whatever they were answered. */
  requests: () => number
  /** Texts of the posts that were published, in order. */
  posts: string[]
  close: () => Promise<void>
}

export interface TokenServerOptions {
  /** Every platform's client secret. */
  clientSecret: string
  /** Runs after a grant is made and before it is answered: the old refresh token is used up. */
  beforeAnswer?: (grant: Grant) => Promise<void>
  /** The books that it keeps; by default such that excuse a killed process. */
  ledger?: TokenLedger
}

/** Seconds that an access token is said to live. */
const EXPIRES_IN = 3600

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * A service that takes posts, and its OAuth 2 token endpoint, whose tokens are numbered, so that a test can tell
 * which of two is newer, and whose refresh tokens work once (RFC 9700, section
 * 4.14.2). It runs in the controller and outlives every worker.
 */
export const startTokenServer = async ({
  clientSecret,
  beforeAnswer = async () => undefined,
  ledger = openLedger(),
}: TokenServerOptions): Promise<TokenServer> => {
  let requests = 0

  const answer = async (client: string, form: URLSearchParams) => {
    if (form.get("client_secret") !== clientSecret) {
      ledger.violations.push(`${client} sent a wrong client secret`)
      return { status: 401, body: { error: "invalid_client" } }
    }
    const grant = ledger.exchange(form.get("refresh_token") ?? "", client)
    if (!grant) {
      return { status: 400, body: { error: "invalid_grant" } }
    }
    await beforeAnswer(grant)
    return {
      status: 200,
      body: {
        access_token: accessToken(grant.platform, grant.number),
        refresh_token: refreshToken(grant.platform, grant.number),
        token_type: "bearer",
        expires_in: EXPIRES_IN,
      },
    }
  }

  const posts: string[] = []
  const publish = (text: string) => {
    posts.push(text)
    const id = `post-${posts.length}`
    return { status: 201, body: { id, url: `https://board.example/${id}` } }
  }

  const server = createServer(async (request, response) => {
    const [, client, path] = (request.url ?? "").split("/")
    const content = await readText(request)
    if (path === "token") {
      requests += 1
    }
    const { status, body } =
      path === "token"
        ? await answer(client, new URLSearchParams(content))
        : publish(JSON.parse(content).text)
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}`,
    ledger,
    requests: () => requests,
    posts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
