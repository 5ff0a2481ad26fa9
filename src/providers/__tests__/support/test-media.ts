import type { Media } from "../../publication"

/** A stream's pieces, in bytes. */
const CHUNK_BYTES = 1024 * 1024

/** The bytes piece by piece, without a copy: large files are sent in many tests. */
export const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => {
  let sent = 0
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (sent >= bytes.byteLength) {
        controller.close()
        return
      }
      controller.enqueue(bytes.subarray(sent, (sent += CHUNK_BYTES)))
    },
  })
}

/** A file of a post that lies in memory. */
export const testMedia = (own: Partial<Media> = {}, bytes = 64): Media => {
  const content_type = own.content_type ?? "image/png"
  const contents = new Uint8Array(bytes).fill(7)
  const sized = (part: Uint8Array) => ({
    stream: streamOf(part),
    size: part.byteLength,
    content_type,
  })
  const self: Media = {
    id: own.name ?? "scarf",
    name: "scarf.png",
    kind: "image",
    content_type,
    bytes,
    width: 800,
    height: 600,
    duration_ms: null,
    alt_text: null,
    poster: null,
    open: async () => sized(contents),
    range: async (start, end) => sized(contents.subarray(start, end + 1)),
    publicUrl: async () => "https://shop.example.com/scarf.png",
    as: async () => self,
    ...own,
  }
  return self
}
