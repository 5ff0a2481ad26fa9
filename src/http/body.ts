import { randomUUID } from "node:crypto"

/**
 * A request body that is sent as it comes in, with its length told beforehand:
 * storages and some instances refuse a body in chunks of unknown number.
 */
export interface SizedStream {
  stream: ReadableStream<Uint8Array>
  /** In bytes; a stream that has more or less breaks the request off. */
  size: number
  /** Sent as `content-type`, unless the request has one of its own. */
  content_type?: string
}

/** One file of a form. */
export interface FormFile extends SizedStream {
  /** Of the form's field. */
  name: string
  filename: string
}

export const isSizedStream = (body: unknown): body is SizedStream =>
  typeof body === "object" &&
  body !== null &&
  (body as SizedStream).stream instanceof ReadableStream &&
  typeof (body as SizedStream).size === "number"

/** A name in a part's header (WHATWG, multipart/form-data encoding algorithm). */
const escaped = (name: string): string =>
  name.replace(/\r\n?|\n/g, "%0D%0A").replace(/"/g, "%22")

/**
 * A form with files (RFC 7578): the fields first, the files after them, each in
 * the given order, because storages ignore what stands behind the file. Nothing
 * is held in memory, and the length of the whole is known.
 *
 * @param fields - names and values; a name may come more than once
 * @param files - read one after the other, as the form is sent
 */
export const multipart = (
  fields: readonly (readonly [name: string, value: string | number])[],
  files: readonly FormFile[]
): SizedStream => {
  const boundary = `form-${randomUUID()}`
  const opening = (disposition: string, type?: string): Uint8Array =>
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${
        type ? `content-type: ${type}\r\n` : ""
      }\r\n`
    )
  const lineEnd = Buffer.from("\r\n")
  const pieces: (Uint8Array | FormFile)[] = [
    ...fields.flatMap(([name, value]) => [
      opening(`name="${escaped(name)}"`),
      Buffer.from(String(value)),
      lineEnd,
    ]),
    ...files.flatMap((file) => [
      opening(
        `name="${escaped(file.name)}"; filename="${escaped(file.filename)}"`,
        file.content_type ?? "application/octet-stream"
      ),
      file,
      lineEnd,
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]
  return {
    stream: streamOf(inOrder(pieces)),
    size: pieces.reduce(
      (sum, piece) => sum + ("stream" in piece ? piece.size : piece.byteLength),
      0
    ),
    content_type: `multipart/form-data; boundary=${boundary}`,
  }
}

const inOrder = async function* (
  pieces: readonly (Uint8Array | FormFile)[]
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ("stream" in piece) {
      yield* piece.stream
    } else {
      yield piece
    }
  }
}

/** A stream that takes from its source only what is asked for. */
export const streamOf = (
  source: AsyncGenerator<Uint8Array>
): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await source.next()
        if (done) {
          controller.close()
        } else {
          controller.enqueue(value)
        }
      },
      cancel: async () => {
        await source.return(undefined)
      },
    },
    { highWaterMark: 0 }
  )
