import { createHash, randomUUID } from "node:crypto"
import { createReadStream } from "node:fs"
import { open as openFile, unlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Readable } from "node:stream"
import type { SizedStream } from "../../http/body"
import { streamOf } from "../../http/body"
import { rejectedMedia } from "../../http/remote-file"
import { sizeInWords } from "../../shared/bytes"

/** As many bytes as decide what kind of file it is. */
const HEAD_BYTES = 512

/** Chunks from a source, and what decides about them. */
type Chunks = AsyncIterable<Uint8Array>

/** The failure of a file that is not the one that was attached. */
export const changed = (name: string): Error =>
  rejectedMedia(
    "media_changed",
    `The file "${name}" is no longer the one that was attached. Attach it again.`
  )

export const tooLarge = (limit: number): Error =>
  rejectedMedia(
    "media_too_large",
    `The file is larger than the ${sizeInWords(limit)} that are taken of its kind.`
  )

/**
 * A stream of exactly so many bytes. Its last bytes come out after all were
 * counted and their digest compared: a request that carries them is not finished
 * with a file that has changed meanwhile.
 */
export const exactly = (
  stream: Chunks,
  { name, size, sha256 }: { name: string; size: number; sha256?: string | null }
): SizedStream => ({
  stream: streamOf(checked(stream, name, size, sha256)),
  size,
})

const checked = async function* (
  stream: Chunks,
  name: string,
  size: number,
  sha256?: string | null
): AsyncGenerator<Uint8Array> {
  const hash = sha256 ? createHash("sha256") : null
  let seen = 0
  let held: Uint8Array | undefined
  for await (const chunk of stream) {
    seen += chunk.byteLength
    if (seen > size) {
      throw changed(name)
    }
    hash?.update(chunk)
    if (held) {
      yield held
    }
    held = chunk
  }
  if (seen !== size || (hash && hash.digest("hex") !== sha256)) {
    throw changed(name)
  }
  if (held) {
    yield held
  }
}

/** A whole file that passes by: what it begins with decides how much of it may come. */
export interface MeasuredStream {
  /** The first bytes, at most 512. */
  head: Uint8Array
  /** All of the file, once. */
  chunks: AsyncGenerator<Uint8Array>
  /** Of what has passed; complete when `chunks` has ended. */
  measured: () => { bytes: number; sha256: string }
}

/** Reads a file's first bytes, without losing them for whoever reads it all. */
export const measure = async (stream: Chunks): Promise<MeasuredStream> => {
  const source = stream[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < HEAD_BYTES) {
    const { done, value } = await source.next()
    if (done) {
      break
    }
    first.push(value)
    length += value.byteLength
  }
  const hash = createHash("sha256")
  let bytes = 0
  const pass = (chunk: Uint8Array): Uint8Array => {
    hash.update(chunk)
    bytes += chunk.byteLength
    return chunk
  }
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of first.splice(0)) {
        yield pass(chunk)
      }
      for (;;) {
        const { done, value } = await source.next()
        if (done) {
          return
        }
        yield pass(value)
      }
    } finally {
      await source.return?.()
    }
  }
  return {
    head: Buffer.concat(first).subarray(0, HEAD_BYTES),
    chunks: chunks(),
    measured: () => ({ bytes, sha256: hash.copy().digest("hex") }),
  }
}

/** Fails as soon as there is more than the limit. */
export const limited = async function* (
  chunks: Chunks,
  limit: number
): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const chunk of chunks) {
    seen += chunk.byteLength
    if (seen > limit) {
      throw tooLarge(limit)
    }
    yield chunk
  }
}

/** A copy on this machine's disk, for what cannot be read in parts. */
export interface TemporaryFile {
  path: string
  bytes: number
  sha256: string
  range: (start: number, end: number) => Readable
  remove: () => Promise<void>
}

/**
 * Copies a stream to a temporary file that nobody else on the machine can read.
 *
 * @throws {ServiceError} `media_too_large`; nothing stays behind
 */
export const copyToDisk = async (
  { chunks, measured }: MeasuredStream,
  limit: number
): Promise<TemporaryFile> => {
  // With its process's id: what a killed one left behind can be told and removed.
  const name = `social-media-${process.pid}-${randomUUID()}`
  const file = path.join(tmpdir(), name)
  const remove = () => unlink(file).catch(() => undefined)
  const handle = await openFile(file, "wx", 0o600)
  try {
    for await (const chunk of limited(chunks, limit)) {
      await handle.writeFile(chunk)
    }
  } catch (error) {
    await remove()
    throw error
  } finally {
    await handle.close()
  }
  return {
    path: file,
    ...measured(),
    range: (start, end) => createReadStream(file, { start, end }),
    remove,
  }
}
