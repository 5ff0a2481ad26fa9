import type { MediaKind, PosterKind } from "./limits"

/** What is known of a file without opening it; null where it is not known. */
export interface MediaFacts {
  id: string
  /** The file's name, as a person knows it. */
  name: string | null
  kind: MediaKind
  content_type: string | null
  bytes: number | null
  /** In pixels, as shown: after the rotation that the file asks for. */
  width: number | null
  height: number | null
  duration_ms: number | null
  /** Frames for each second. */
  frame_rate: number | null
  /** As in `MediaRule.codecs`. */
  video_codec: string | null
  /** Null for a video without sound, too. */
  audio_codec: string | null
  alt_text: string | null
  poster_kind: PosterKind | "none" | null
}

/** One thing that becomes public by itself: the post, a thread's next entry, a comment. */
export interface PartDraft {
  text: string
  media: readonly MediaFacts[]
  /** After the part before it, in s. @default 0 */
  delay_s?: number
}

/** What the card of a link is made of: of the post's first product; null where it has none. */
export interface CardFacts {
  title: string | null
  description: string | null
  image: MediaFacts | null
}

/** A post as it is to go to one account. */
export interface PostDraft {
  title: string | null
  link: string | null
  /** Of the link; absent where it is not known. */
  card?: CardFacts
  /** The post itself first. */
  parts: readonly PartDraft[]
}
