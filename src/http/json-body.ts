import { randomUUID } from "node:crypto"
import { type SizedStream, streamOf } from "./body"

/**
 * JSON in which files stand as Base64, for services that take them in no other
 * way. Nothing is held in memory, and the length of the whole is known.
 *
 * @param write - makes what is sent; `file` gives the text that stands for a file
 */
export const jsonWithFiles = (
  write: (file: (contents: SizedStream) => string) => unknown
): SizedStream => {
  const mark = randomUUID()
  const files: SizedStream[] = []
  const json = JSON.stringify(
    write((contents) => `${mark}:${files.push(contents) - 1}:`)
  )
  const pieces = json
    .split(new RegExp(`${mark}:(\\d+):`))
    .map((text, index) =>
      index % 2 ? files[Number(text)] : (Buffer.from(text) as Uint8Array)
    )
  return {
    stream: streamOf(inOrder(pieces)),
    size: pieces.reduce(
      (sum, piece) =>
        sum +
        ("stream" in piece ? lengthInBase64(piece.size) : piece.byteLength),
      0
    ),
    content_type: "application/json",
  }
}

const lengthInBase64 = (bytes: number): number => Math.ceil(bytes / 3) * 4

const inOrder = async function* (
  pieces: readonly (Uint8Array | SizedStream)[]
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ("stream" in piece) {
      yield* inBase64(piece.stream)
    } else {
      yield piece
    }
  }
}

/** Three bytes become four characters: what a chunk has beyond that waits for the next. */
const inBase64 = async function* (
  stream: ReadableStream<Uint8Array>
): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    const bytes = Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % 3)
    rest = bytes.subarray(whole)
    if (whole) {
      yield Buffer.from(bytes.subarray(0, whole).toString("base64"))
    }
  }
  if (rest.length) {
    yield Buffer.from(rest.toString("base64"))
  }
}
