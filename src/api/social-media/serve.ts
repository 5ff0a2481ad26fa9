import { Readable } from "node:stream"
import type { ReadableStream } from "node:stream/web"
import { pipeline } from "node:stream/promises"
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../credentials/modules"
import { isServiceError } from "../../errors/service-error"
import type { SizedStream } from "../../http/body"
import type { Media } from "../../providers/publication"
import { readAddress } from "../../publishing/media/address"
import { withMedia } from "../../publishing/media/media"
import { type ByteRange, readRange } from "./byte-range"

/** As much of a caller's own name as is kept. */
const MAX_USER_AGENT = 200

/** What became of a request for a file. */
interface Served {
  status: number
  /** Of the file, that were sent. */
  bytes: number
}

/**
 * Serves a file to a network that fetches it, at an address that only this store
 * can make and that leads there for some time. Who asked, and how far it came,
 * is noted with the file.
 */
export const serveMedia = async (req: MedusaRequest, res: MedusaResponse) => {
  const address = await readAddress(req.scope, req.params.token)
  const [media] = address
    ? await socialsModule(req.scope).listSocialMedias({ id: address.id })
    : []
  if (!address || !media) {
    refuse(res, 404, "There is no file at this address.")
    return
  }
  const served =
    address.expires_at < new Date()
      ? refuse(res, 410, "This address has expired.")
      : await sendMedia(req, res, address.id)
  await note(req, address.id, served)
}

const refuse = (res: MedusaResponse, status: number, text: string): Served => {
  res
    .status(status)
    .set({ "cache-control": "no-store" })
    .type("text/plain")
    .send(text)
  return { status, bytes: 0 }
}

/**
 * Sends a file, or the part of it that is asked for.
 *
 * @returns what became of it
 * @throws {MedusaError} NOT_FOUND
 */
export const sendMedia = (
  req: Pick<MedusaRequest, "scope" | "method" | "headers">,
  res: MedusaResponse,
  id: string
): Promise<Served> =>
  withMedia(req.scope, [id], async ([media]) => {
    const etag = `"${media.sha256 ?? `${media.id}-${media.bytes}`}"`
    res.set({
      "accept-ranges": "bytes",
      "cache-control": "private",
      // A file of a shop's is shown or saved, never run as a page of it.
      "content-security-policy": "default-src 'none'; sandbox",
      "content-type": media.content_type,
      "x-content-type-options": "nosniff",
      etag,
    })
    const range = askedRange(req, media.bytes, etag)
    if (range === null) {
      res.set("content-range", `bytes */${media.bytes}`)
      res.status(416).end()
      return { status: 416, bytes: 0 }
    }
    const [start, end] = range ?? [0, media.bytes - 1]
    res.status(range ? 206 : 200).set({
      "content-length": String(end - start + 1),
      ...(range && { "content-range": `bytes ${start}-${end}/${media.bytes}` }),
    })
    if (req.method === "HEAD") {
      res.end()
      return { status: res.statusCode, bytes: 0 }
    }
    return sendBytes(res, media, range)
  })

/** `Range` has a meaning with GET alone (RFC 9110, section 14.2). */
const askedRange = (
  { method, headers }: Pick<MedusaRequest, "method" | "headers">,
  bytes: number,
  etag: string
): ByteRange | null | undefined => {
  const condition = headers["if-range"]
  return method === "GET" && (!condition || condition === etag)
    ? readRange(headers.range, bytes)
    : undefined
}

const sendBytes = async (
  res: MedusaResponse,
  media: Media,
  range: ByteRange | undefined
): Promise<Served> => {
  let bytes = 0
  const counted = async function* ({ stream }: SizedStream) {
    for await (const chunk of Readable.fromWeb(stream as ReadableStream)) {
      yield chunk
      bytes += chunk.byteLength
    }
  }
  try {
    const file = range ? await media.range(...range) : await media.open()
    await pipeline(counted(file), res)
  } catch (error) {
    if (!res.headersSent) {
      for (const name of ["content-length", "content-range", "etag"]) {
        res.removeHeader(name)
      }
      return refuse(
        res,
        isServiceError(error) ? 502 : 500,
        "The file cannot be read at the moment."
      )
    }
    // The other side hung up, or the file ended too early: it sees that by itself.
    res.destroy()
  }
  return { status: res.statusCode, bytes }
}

const note = async (
  req: {
    method: string
    headers: MedusaRequest["headers"]
    scope: MedusaContainer
  },
  id: string,
  served: Served
): Promise<void> => {
  await socialsModule(req.scope).noteMediaFetch(id, {
    at: new Date().toISOString(),
    method: req.method,
    user_agent:
      req.headers["user-agent"]
        ?.replace(/[^\x20-\x7e]/g, "")
        .slice(0, MAX_USER_AGENT) ?? null,
    ...served,
  })
}
