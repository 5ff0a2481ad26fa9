import type { MediaFacts } from "./draft"
import type { MediaKind } from "./limits"

const KIND_BY_ENDING: readonly [RegExp, MediaKind][] = [
  [/\.(?:mp4|m4v|mov|webm|mkv)$/i, "video"],
  [/\.pdf$/i, "document"],
]

/**
 * What a file at an address is, as far as its ending says so; else an image.
 *
 * @param url the address
 */
export const kindByAddress = (url: string): MediaKind => {
  const [path] = url.split(/[?#]/)
  return KIND_BY_ENDING.find(([ending]) => ending.test(path))?.[1] ?? "image"
}

/**
 * What is known of a file of which there is only an address.
 *
 * @param url the address
 * @param alt_text as the post has it
 */
export const bareMedia = (
  url: string,
  alt_text: string | null
): MediaFacts => ({
  id: url,
  name: null,
  kind: kindByAddress(url),
  content_type: null,
  bytes: null,
  width: null,
  height: null,
  duration_ms: null,
  frame_rate: null,
  video_codec: null,
  audio_codec: null,
  alt_text,
  poster_kind: null,
})
