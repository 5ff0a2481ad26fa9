import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64"
)

export interface PictureServer {
  /** Address of a picture, as a merchant's file storage would give it. */
  url: string
  close: () => Promise<void>
}

/** Serves a picture over HTTP. */
export const startPictureServer = async (): Promise<PictureServer> => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "image/png" }).end(PNG)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}/scarf.png`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
