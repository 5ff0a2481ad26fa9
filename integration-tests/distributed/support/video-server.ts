import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { listenOnLoopback } from "../../../sandbox/loopback"
import type { FileRow } from "../tasks/kill-drill"

/** Serves one file, by ranges too, that is nowhere as a whole. */
export interface VideoServer {
  file: FileRow
  bytesRead: () => number
  sha256: () => string
  close: () => Promise<void>
}

/**
 * @param size - of the file, in bytes
 * @param block - what it repeats, each time with its place in front
 */
export const startVideoServer = async (
  size: number,
  block: Buffer
): Promise<VideoServer> => {
  let read = 0
  const piecesOf = function* (start: number, end: number) {
    for (let at = start; at <= end;) {
      const place = Math.floor(at / block.length)
      const content = Buffer.from(block)
      content.writeUInt32BE(place)
      const from = at % block.length
      const piece = content.subarray(from, from + end - at + 1)
      at += piece.length
      yield piece
    }
  }
  const server = await listenOnLoopback(0, (request, response) => {
    const [, from, to] =
      /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []
    const [start, end] = from ? [Number(from), Number(to)] : [0, size - 1]
    read += end - start + 1
    response.writeHead(from ? 206 : 200, {
      "content-type": "video/mp4",
      "content-length": end - start + 1,
      ...(from && { "content-range": `bytes ${start}-${end}/${size}` }),
    })
    Readable.from(piecesOf(start, end)).pipe(response)
  })
  return {
    file: {
      source_url: `http://localhost:${server.port}/film.mp4`,
      name: "film.mp4",
      kind: "video",
      content_type: "video/mp4",
      bytes: size,
      ...{ width: 1280, height: 720, duration_ms: 300_000 },
    },
    bytesRead: () => read,
    sha256: () => {
      const hash = createHash("sha256")
      for (const piece of piecesOf(0, size - 1)) {
        hash.update(piece)
      }
      return hash.digest("hex")
    },
    close: server.close,
  }
}
