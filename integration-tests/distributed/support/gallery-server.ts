import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"

/** What becomes of one request of a publication. */
export type Fault =
  /** It arrives, and is never carried out. */
  | "lost"
  /** It arrives, and is carried out when {@link GalleryServer.carryOutLate} is called. */
  | "late"
  /** It is carried out, and its response held back until {@link GalleryServer.respondLate}. */
  | "held"
  /** It is carried out, and the connection ends without a response. */
  | "dropped"
  /** Its response is sent twice. */
  | "doubled"

/** A service that takes everything as often as it is sent; see fixtures/gallery. */
export interface GalleryServer {
  url: string
  /** How often each part is public, by its key. */
  exhibits: ReadonlyMap<string, number>
  /** How many pieces of pictures have arrived. */
  pieces: () => number
  /** Lets something happen to the n-th request of a publication, counted from now. */
  plan: (publication: string, nth: number, fault: Fault) => void
  /** How many requests of a publication have arrived since it was planned for. */
  requestsOf: (publication: string) => number
  carryOutLate: () => void
  respondLate: () => void
  close: () => Promise<void>
}

interface Options {
  /** Told when a planned fault has happened to a publication. */
  onFault: (publication: string) => void
}

export const startGalleryServer = async ({
  onFault,
}: Options): Promise<GalleryServer> => {
  const exhibits = new Map<string, number>()
  const plans = new Map<string, { nth: number; fault: Fault }>()
  const requests = new Map<string, number>()
  let late: (() => void)[] = []
  let held: (() => void)[] = []
  let pieces = 0
  let uploads = 0

  const carryOut = (method: string, url: URL, body: unknown): unknown => {
    if (url.pathname === "/uploads") {
      uploads += 1
      return { id: `upload-${uploads}` }
    }
    if (url.pathname.startsWith("/uploads/")) {
      pieces += 1
      return {}
    }
    if (method === "GET") {
      const key = url.searchParams.get("key") ?? ""
      return exhibits.has(key) ? [{ id: key, url: addressOf(key) }] : []
    }
    const { key } = body as { key: string }
    exhibits.set(key, (exhibits.get(key) ?? 0) + 1)
    return { id: key, url: addressOf(key) }
  }

  const server = createServer(async (request, response) => {
    const body = request.method === "POST" ? await bodyOf(request) : null
    const url = new URL(request.url ?? "/", "http://gallery")
    const act = () => carryOut(request.method ?? "GET", url, body)
    const publication = String(request.headers["x-publication"] ?? "")
    const count = (requests.get(publication) ?? 0) + 1
    requests.set(publication, count)
    const plan = plans.get(publication)
    if (!publication || plan?.nth !== count) {
      return respond(response, act())
    }
    plans.delete(publication)
    switch (plan.fault) {
      case "lost":
        break
      case "late":
        late.push(act)
        break
      case "held": {
        const content = act()
        held.push(() => respond(response, content))
        break
      }
      case "dropped":
        act()
        request.socket.destroy()
        break
      case "doubled":
        respondTwice(response, act())
    }
    onFault(publication)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}`,
    exhibits,
    pieces: () => pieces,
    plan: (publication, nth, fault) => {
      requests.delete(publication)
      plans.set(publication, { nth, fault })
    },
    requestsOf: (publication) => requests.get(publication) ?? 0,
    carryOutLate: () => {
      late.forEach((act) => act())
      late = []
    },
    respondLate: () => {
      held.forEach((send) => send())
      held = []
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const addressOf = (key: string): string => `https://gallery.example/${key}`

const bodyOf = (request: Parameters<typeof json>[0]): Promise<unknown> =>
  json(request).catch(() => null)

const respond = (response: ServerResponse, content: unknown): void => {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify(content))
}

/** As a proxy does that has lost count. */
const respondTwice = ({ socket }: ServerResponse, content: unknown): void => {
  const body = JSON.stringify(content)
  const message = [
    "HTTP/1.1 200 OK",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n")
  socket?.write(message + message)
}
