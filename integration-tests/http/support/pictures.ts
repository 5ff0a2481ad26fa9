import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64"
)

/** One megabyte more than the sandbox network takes. */
const TOO_MANY_BYTES = 6 * 1024 * 1024

/** A picture with nothing of worth behind it. */
const padded = (bytes: number): Buffer => {
  const content = Buffer.alloc(bytes)
  PNG.copy(content)
  return content
}

export interface PictureServer {
  /** Address of a picture, as a merchant's file storage would give it. */
  url: string
  /** Address of a text file. */
  textUrl: string
  /** Address of a picture that says that it is too large. */
  largeUrl: string
  /** Address of a picture that is too large and does not say so. */
  endlessUrl: string
  /** Address where there is nothing. */
  missingUrl: string
  /** How many answers are still on their way. */
  countOpen: () => number
  close: () => Promise<void>
}

const answer: RequestListener = (request, response) => {
  switch (request.url) {
    case "/notes.txt":
      response.writeHead(200, { "content-type": "text/plain" }).end("No image")
      return
    case "/large.png":
      response.writeHead(200, {
        "content-type": "image/png",
        "content-length": TOO_MANY_BYTES,
      })
      response.end(padded(TOO_MANY_BYTES))
      return
    case "/endless.png":
      // Without a length the body goes out in chunks.
      response.writeHead(200, { "content-type": "image/png" })
      response.write(padded(TOO_MANY_BYTES / 2))
      response.end(Buffer.alloc(TOO_MANY_BYTES / 2))
      return
    case "/missing.png":
      response.writeHead(404, { "content-type": "text/plain" }).end("Gone")
      return
    default:
      response.writeHead(200, { "content-type": "image/png" }).end(PNG)
  }
}

/** Serves pictures, good and bad, over HTTP. */
export const startPictureServer = async (): Promise<PictureServer> => {
  let open = 0
  const server = createServer((request, response) => {
    open++
    response.once("close", () => open--)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://localhost:${port}`

  return {
    url: `${base}/scarf.png`,
    textUrl: `${base}/notes.txt`,
    largeUrl: `${base}/large.png`,
    endlessUrl: `${base}/endless.png`,
    missingUrl: `${base}/missing.png`,
    countOpen: () => open,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
