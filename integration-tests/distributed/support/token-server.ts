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
  /** Base address: `/token` below it is the endpoint. */
  url: string
  /** What it has granted to whom. */
  ledger: TokenLedger
  /** How many token requests have reached it, whatever they were answered. */
  requests: () => number
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

const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

/**
 * An OAuth 2 token endpoint whose tokens are numbered, so that a test can tell
 * which of two is newer, and whose refresh tokens work once (RFC 9700, section
 * 4.14.2). It runs in the controller and outlives every worker.
 */
export const startTokenServer = async ({
  clientSecret,
  beforeAnswer = async () => undefined,
  ledger = openLedger(),
}: TokenServerOptions): Promise<TokenServer> => {
  let requests = 0

  const answer = async (form: URLSearchParams) => {
    if (form.get("client_secret") !== clientSecret) {
      ledger.violations.push(
        `${form.get("client_id")} sent a wrong client secret`
      )
      return { status: 401, body: { error: "invalid_client" } }
    }
    const grant = ledger.exchange(
      form.get("refresh_token") ?? "",
      form.get("client_id") ?? ""
    )
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

  const server = createServer(async (request, response) => {
    requests += 1
    const { status, body } = await answer(await readForm(request))
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
