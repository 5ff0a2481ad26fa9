import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export interface ServedFile {
  body: Buffer
  type: string
  etag?: string
  /** Whether the server gives parts of it. @default true */
  ranges?: boolean
}

export interface FileServer {
  url: string
  /** By path, without the slash before it. */
  files: Map<string, ServedFile>
  /** The `Range` of each request since the last look; empty for the whole file. */
  asked: () => string[]
  close: () => Promise<void>
}

/** A storage as merchants have them: with parts, entity tags and types that may lie. */
export const startFileServer = async (): Promise<FileServer> => {
  const files = new Map<string, ServedFile>()
  const ranges: string[] = []
  const server = createServer(({ url, headers }, response) => {
    const file = files.get(decodeURIComponent(url!.slice(1)))
    ranges.push(headers.range ?? "")
    if (!file) {
      response.writeHead(404).end()
      return
    }
    const { body, type, etag } = file
    const common = { "content-type": type, ...(etag && { etag }) }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? []
    if (!from || file.ranges === false) {
      response.writeHead(200, { ...common, "content-length": body.length })
      response.end(body)
      return
    }
    const end = Math.min(Number(to), body.length - 1)
    const part = body.subarray(Number(from), end + 1)
    response.writeHead(206, {
      ...common,
      "content-length": part.length,
      "content-range": `bytes ${from}-${end}/${body.length}`,
    })
    response.end(part)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    asked: () => ranges.splice(0),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
