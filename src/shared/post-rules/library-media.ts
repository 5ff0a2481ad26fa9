import type { MediaFacts } from "./draft"
import { posterKindOf } from "./poster"

/** A file of the library, as far as rules look at it. */
export type LibraryMedia = Omit<MediaFacts, "poster_kind"> & {
  sha256: string | null
  poster: unknown
}

/**
 * What is known of a file in the library.
 *
 * @param file as it is stored
 * @param alt_text as the post has it; null leaves that of the file
 */
export const libraryMedia = (
  file: LibraryMedia,
  alt_text: string | null
): MediaFacts => ({
  // The same bytes are the same file, however often they were uploaded.
  id: file.sha256 ?? file.id,
  name: file.name,
  kind: file.kind,
  content_type: file.content_type,
  bytes: file.bytes,
  width: file.width,
  height: file.height,
  duration_ms: file.duration_ms,
  frame_rate: file.frame_rate,
  video_codec: file.video_codec,
  audio_codec: file.audio_codec,
  alt_text: alt_text ?? file.alt_text,
  poster_kind: posterKindOf(file.poster),
})
