import type {
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from "node:http"
import { setTimeout as delay } from "node:timers/promises"
import { answerConsent } from "./consent"
import { answerControlApi } from "./control-api"
import { type Fault, faultReply, faultTargetOf } from "./faults"
import {
  ApiError,
  errorReply,
  redirectReply,
  type Reply,
  type SandboxRequest,
  sendReply,
  toSandboxRequest,
} from "./http"
import { listenOnLoopback } from "./loopback"
import { buildNetwork, type Network } from "./network"
import { withConsentPrompt } from "./oauth"
import { answerPage } from "./pages"
import { answerPostingApi } from "./posting-api"

export type SandboxOptions = {
  /** 0 takes a free one. */
  port: number
  /** Folder that keeps grants, tokens, posts and images; none keeps them in memory. */
  dataDir?: string
}

export type Sandbox = {
  url: string
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/** The request in the form of this server, with the objects that it came from. */
type Exchange = {
  asked: SandboxRequest
  request: IncomingMessage
  response: ServerResponse
  /** Aborted when the server closes: a `slow` fault stops waiting. */
  closing: AbortSignal
}

const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"])

/**
 * A page on the web can have its own name resolve to this computer, or send
 * requests here. Neither may reach a server that trusts whoever can reach it.
 */
function refuseStrangers(asked: SandboxRequest, issuer: string): void {
  const origin = `http://${asked.header("host") ?? ""}`
  const isLocal =
    URL.canParse(origin) && LOCAL_NAMES.has(new URL(origin).hostname)
  const sender = asked.header("origin")
  const isControl = asked.url.pathname.startsWith("/control/")
  if (!isLocal || (isControl && sender !== undefined && sender !== issuer)) {
    throw new ApiError(403, "forbidden", "Reachable from this computer only.")
  }
}

/** Our own answer, or `null` where the authorization server is to give it. */
async function answerOwn(
  network: Network,
  exchange: Exchange
): Promise<Reply | null> {
  const { asked } = exchange
  const path = asked.url.pathname
  if (path.startsWith("/control/")) {
    return answerControlApi(network.controls, asked)
  }
  if (path.startsWith("/api/")) {
    return answerPostingApi(network.api, asked)
  }
  if (path.startsWith("/interaction/")) {
    return answerConsent(network.provider, asked, exchange)
  }
  return answerPage(asked, network.controls.store)
}

/** Keeps a post that is accepted, and loses the answer to it. */
async function dropAfterPosting(
  network: Network,
  fault: Fault,
  { asked, request }: Exchange
): Promise<void> {
  try {
    await answerPostingApi(network.api, asked)
  } catch (error) {
    // What was refused cannot be lost on its way back: the fault waits for a
    // post that is accepted.
    network.controls.faults.restore(fault)
    throw error
  }
  request.socket.destroy()
}

/** @returns whether the fault took the place of an answer */
async function applyFault(
  network: Network,
  fault: Fault,
  exchange: Exchange
): Promise<boolean> {
  const { asked, request, response, closing } = exchange
  if (fault.kind === "slow") {
    // The body is taken first: a client that gives up waiting has nevertheless
    // sent its post, and a real network would publish it.
    const isApi = asked.url.pathname.startsWith("/api/")
    const body = isApi ? asked.readBody() : undefined
    await Promise.all([
      delay(fault.delay_ms, undefined, { signal: closing }),
      body,
    ])
    return false
  }
  if (fault.kind === "drop" && fault.target === "posts") {
    await dropAfterPosting(network, fault, exchange)
    return true
  }
  const reply = faultReply(fault)
  if (reply) {
    sendReply(response, reply)
  } else {
    request.socket.destroy()
  }
  return true
}

async function answerOauth(
  network: Network,
  { asked, request, response }: Exchange
): Promise<void> {
  if (asked.method !== "GET" || asked.url.pathname !== "/auth") {
    return network.answerOauth(request, response)
  }
  if (asked.header("host") !== asked.url.host) {
    // Its cookies belong to the issuer's name: 127.0.0.1 would lose them half way.
    return sendReply(response, redirectReply(302, asked.url.href))
  }
  request.url = withConsentPrompt(asked.url)
  return network.answerOauth(request, response)
}

async function handle(network: Network, exchange: Exchange): Promise<void> {
  const { asked, response } = exchange
  refuseStrangers(asked, network.issuer)
  const { method, url } = asked
  if (!url.pathname.startsWith("/control/")) {
    const entry = network.controls.log.add(method, url.pathname)
    response.once("finish", () => {
      entry.status = response.statusCode
    })
  }
  const target = faultTargetOf(method, url.pathname)
  const fault = target && network.controls.faults.take(target)
  if (fault && (await applyFault(network, fault, exchange))) {
    return
  }
  const reply = await answerOwn(network, exchange)
  if (reply) {
    return sendReply(response, reply)
  }
  return answerOauth(network, exchange)
}

function answerFailure(
  { request, response }: Pick<Exchange, "request" | "response">,
  error: unknown
): void {
  if (error instanceof ApiError && !response.headersSent) {
    return sendReply(response, errorReply(error))
  }
  if (request.socket.destroyed || response.headersSent) {
    // The client has gone; there is nobody to tell.
    response.destroy()
    return
  }
  console.error("The sandbox network failed:", error)
  const failure = new ApiError(500, "server_error", "The sandbox failed.")
  sendReply(response, errorReply(failure))
}

/**
 * Starts the network on this computer's loopback addresses.
 *
 * @returns its URL, which is also its OAuth issuer, and how to stop it
 * @throws Error with the code EADDRINUSE if the port is taken; Error if the data
 * folder holds a file that cannot be read
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const closing = new AbortController()
  let network: Network | undefined
  const listener: RequestListener = (request, response) => {
    if (!network) {
      response.writeHead(503).end()
      return
    }
    const path = (request.url ?? "/").replace(/^\/+/, "/")
    const base = network.issuer
    if (!URL.canParse(path, base)) {
      response.writeHead(400).end()
      return
    }
    const asked = toSandboxRequest(request, new URL(path, base))
    const exchange = { asked, request, response, closing: closing.signal }
    handle(network, exchange).catch((error) => answerFailure(exchange, error))
  }
  // The issuer holds the port, which is known only once it is taken.
  const server = await listenOnLoopback(options.port, listener)
  const url = `http://localhost:${server.port}`
  try {
    network = buildNetwork(url, options.dataDir)
  } catch (error) {
    await server.close()
    throw error
  }
  return {
    url,
    close: async () => {
      closing.abort()
      await server.close()
    },
  }
}
