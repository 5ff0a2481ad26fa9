import type { Media } from "../../publication"

/** A file of a post that lies in memory. */
export const testMedia = (own: Partial<Media> = {}, bytes = 64): Media => {
  const content_type = own.content_type ?? "image/png"
  const contents = new Uint8Array(bytes).fill(7)
  const sized = (part: Uint8Array<ArrayBuffer>) => ({
    stream: new Blob([part]).stream(),
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
    range: async (start, end) => sized(contents.slice(start, end + 1)),
    publicUrl: async () => "https://shop.example.com/scarf.png",
    as: async () => self,
    ...own,
  }
  return self
}
