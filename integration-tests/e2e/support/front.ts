import { createReadStream, existsSync, statSync } from "node:fs"
import http, { type IncomingMessage, type ServerResponse } from "node:http"
import path from "node:path"

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/**
 * One address for the built dashboard (/app) and Medusa (everything else), as
 * in production. Medusa itself serves a build only from a folder of the
 * repository, which tests must not write to.
 *
 * @param dashboard folder of the build
 * @param medusaPort where Medusa listens
 */
export function createFront(
  dashboard: string,
  medusaPort: number
): http.Server {
  return http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost")
    if (pathname === "/app" || pathname.startsWith("/app/")) {
      serveDashboard(dashboard, pathname.slice("/app".length), response)
      return
    }
    forward(request, response, medusaPort)
  })
}

function serveDashboard(
  dashboard: string,
  name: string,
  response: ServerResponse
): void {
  const file = path.join(dashboard, path.normalize(`/${name}`))
  const isAsset = existsSync(file) && statSync(file).isFile()
  // Every other address is a page of the single-page application.
  const served = isAsset ? file : path.join(dashboard, "index.html")
  response.writeHead(200, {
    "content-type": TYPES[path.extname(served)] ?? "application/octet-stream",
    "cache-control": isAsset ? "max-age=31536000, immutable" : "no-cache",
  })
  createReadStream(served).pipe(response)
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  port: number
): void {
  const { method, url, headers } = request
  const upstream = http.request(
    { host: "localhost", port, method, path: url, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }
  )
  upstream.once("error", () => {
    if (response.headersSent) {
      response.destroy()
      return
    }
    response.writeHead(502).end()
  })
  request.pipe(upstream)
}
