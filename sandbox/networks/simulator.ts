import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as delay } from "node:timers/promises"
import { type Reply, sendReply } from "../http"
import { listenOnLoopback } from "../loopback"

/** A request as a simulator sees it. */
export type SimulatorRequest = {
  method: string
  /** With the simulator's own address. */
  url: URL
  headers: IncomingMessage["headers"]
  /** The whole body. */
  body: Buffer
}

/** What a simulator does wrong on command, to the next requests that match. */
export type SimulatorFault = {
  method?: string
  path: RegExp
  /**
   * - `reply`: the given reply in place of the real one; nothing is carried out
   * - `drop_request`: the connection ends before anything is carried out
   * - `drop_reply`: the request is carried out, and its reply lost
   * - `delay`: the request is carried out after a while
   */
  kind: "reply" | "drop_request" | "drop_reply" | "delay"
  reply?: Reply
  delay_ms?: number
  /** How many requests it applies to. @default 1 */
  times?: number
}

/** A request that has arrived, in the hands of whoever decides what becomes of it. */
export type Arrival = {
  request: SimulatorRequest
  /** Does what the request asks for; may be called late, or never. */
  carryOut(): Promise<Reply>
  response: ServerResponse
}

export type Simulator = {
  url: string
  /** What was asked, oldest first. */
  requests: { method: string; path: string; status?: number }[]
  fault(fault: SimulatorFault): void
  /** From now on somebody else carries requests out, and responds. */
  intercept(arrived: (arrival: Arrival) => Promise<void>): void
  /** Forgets requests and faults; the network's own state is its own to forget. */
  forget(): void
  close(): Promise<void>
}

/** How often a method and path were asked for. */
export const countRequests = (
  { requests }: Pick<Simulator, "requests">,
  method: string,
  path: RegExp
): number =>
  requests.filter((asked) => asked.method === method && path.test(asked.path))
    .length

/** Without the copies that `node:stream/consumers` makes: files come in here. */
const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Starts a local server that speaks one network's protocol.
 *
 * @param port - 0 takes a free one
 * @param respond - carries a request out; what it throws is a mistake of the
 * simulator's, and replies with 500
 */
export const startSimulator = async (
  port: number,
  respond: (request: SimulatorRequest, url: string) => Reply | Promise<Reply>
): Promise<Simulator> => {
  const requests: Simulator["requests"] = []
  let faults: SimulatorFault[] = []
  let arrived: ((arrival: Arrival) => Promise<void>) | undefined
  let url = ""

  const takeFault = (method: string, path: string) => {
    const fault = faults.find(
      (one) => (one.method ?? method) === method && one.path.test(path)
    )
    if (fault) {
      fault.times = (fault.times ?? 1) - 1
      faults = faults.filter(({ times = 1 }) => times > 0)
    }
    return fault
  }

  const server = await listenOnLoopback(port, (incoming, response) => {
    const handle = async () => {
      const asked = new URL(incoming.url ?? "/", url)
      const method = incoming.method ?? "GET"
      const entry: Simulator["requests"][number] = {
        method,
        path: asked.pathname,
      }
      requests.push(entry)
      const fault = takeFault(method, asked.pathname)
      if (fault?.kind === "drop_request") {
        return incoming.socket.destroy()
      }
      const body = await readBody(incoming)
      if (fault?.kind === "delay") {
        await delay(fault.delay_ms)
      }
      const { headers } = incoming
      const request = { method, url: asked, headers, body }
      const carryOut = async () => respond(request, url)
      if (arrived) {
        return arrived({ request, carryOut, response })
      }
      const reply =
        fault?.kind === "reply" && fault.reply ? fault.reply : await carryOut()
      if (fault?.kind === "drop_reply") {
        return incoming.socket.destroy()
      }
      entry.status = reply.status
      return sendReply(response, reply)
    }
    handle().catch((error: unknown) => {
      if (!response.headersSent && !incoming.socket.destroyed) {
        console.error("The simulator failed:", error)
        sendReply(response, { status: 500, headers: {}, body: String(error) })
      }
    })
  })
  url = `http://localhost:${server.port}`

  return {
    url,
    requests,
    fault: (fault) => void faults.push({ times: 1, ...fault }),
    intercept: (takeOver) => {
      arrived = takeOver
    },
    forget: () => {
      requests.length = 0
      faults = []
    },
    close: () => server.close(),
  }
}
