import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import {
  invalidRequest,
  nextId,
  Refusal,
  type State,
  type StoredMedia,
} from "./state"

/** In bytes. */
const MAX_BYTES: Record<string, number> = {
  tweet_image: 5 * 1024 * 1024,
  tweet_gif: 15 * 1024 * 1024,
  tweet_video: 512 * 1024 * 1024,
  amplify_video: 512 * 1024 * 1024,
}
const MAX_PIECE_BYTES = 5 * 1024 * 1024
const MAX_ALT_TEXT = 1000

const TYPES: Record<string, RegExp> = {
  tweet_image: /^image\/(?:jpeg|png|webp|gif)$/,
  tweet_gif: /^image\/gif$/,
  tweet_video: /^video\/(?:mp4|quicktime)$/,
  amplify_video: /^video\/(?:mp4|quicktime)$/,
}

/** How the number before a media key's `_` tells kinds apart. */
const KEY_PREFIX: Record<string, string> = {
  tweet_image: "3",
  tweet_gif: "16",
  tweet_video: "7",
  amplify_video: "13",
}

const SESSION_SECONDS = 1_295_999
const FILE_SECONDS = 86_400

/** What version 1 says of a file that is not there. */
const unknownMedia = (): Refusal =>
  new Refusal(404, {
    errors: [{ code: 325, message: "A media id was not found." }],
  })

const findMedia = (state: State, id: string): StoredMedia => {
  const media = state.media.find((one) => one.id === id)
  if (!media) {
    throw unknownMedia()
  }
  return media
}

/** `POST /2/media/upload/initialize` */
export function initialize(
  state: State,
  { media_type, media_category, total_bytes }: Record<string, unknown>
): Reply {
  const category = String(media_category)
  if (!TYPES[category]?.test(String(media_type))) {
    throw invalidRequest(
      `The media type ${String(media_type)} is not supported for the media_category ${category}.`
    )
  }
  const bytes = Number(total_bytes)
  if (!(bytes > 0) || bytes > MAX_BYTES[category]) {
    throw invalidRequest("File size exceeds the limit of its media category.")
  }
  const id = nextId(state)
  const media: StoredMedia = {
    id,
    media_key: `${KEY_PREFIX[category]}_${id}`,
    category,
    media_type: String(media_type),
    total_bytes: bytes,
    pieces: new Map(),
    ready_at: null,
    alt_text: null,
    warning: null,
  }
  state.media.push(media)
  return jsonReply(200, {
    data: {
      id,
      media_key: media.media_key,
      expires_after_secs: SESSION_SECONDS,
    },
  })
}

/** `POST /2/media/upload/{id}/append` */
export function append(
  state: State,
  id: string,
  { headers, body }: SimulatorRequest
): Reply {
  const media = findMedia(state, id)
  const form = readForm(body, headers["content-type"] ?? "")
  const index = Number(
    form.find(({ name }) => name === "segment_index")?.body.toString()
  )
  const piece = form.find(({ name }) => name === "media")?.body
  if (!Number.isInteger(index) || index < 0 || index > 999 || !piece?.length) {
    throw invalidRequest("A piece has a segment_index of 0 to 999, and media.")
  }
  if (piece.length > MAX_PIECE_BYTES) {
    throw invalidRequest("File size of a segment is over 5 MB.")
  }
  media.pieces.set(index, Buffer.from(piece))
  return jsonReply(200, {
    data: { expires_at: Math.floor(Date.now() / 1000) + SESSION_SECONDS },
  })
}

/** The whole file, in the order of its pieces. */
export const contentsOf = ({ pieces }: StoredMedia): Buffer =>
  Buffer.concat([...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece))

const isSlow = ({ category }: StoredMedia): boolean =>
  category !== "tweet_image"

/** `POST /2/media/upload/{id}/finalize` */
export function finalize(state: State, id: string): Reply {
  const media = findMedia(state, id)
  if (contentsOf(media).length !== media.total_bytes) {
    throw invalidRequest("Segments do not add up to provided total file size.")
  }
  const took = isSlow(media) ? (state.processing_ms ?? 0) : 0
  media.ready_at ??= Date.now() + took
  return showMedia(state, media)
}

/** `GET /2/media/upload?command=STATUS` */
export function statusOf(state: State, query: URLSearchParams): Reply {
  return showMedia(state, findMedia(state, query.get("media_id") ?? ""))
}

const showMedia = (state: State, media: StoredMedia): Reply => {
  const { id, media_key, total_bytes, ready_at } = media
  const left = (ready_at ?? Infinity) - Date.now()
  const info =
    state.processing_ms === null
      ? {
          state: "failed",
          error: {
            code: 1,
            name: "InvalidMedia",
            message: "Video codec is not supported",
          },
        }
      : left > 0
        ? {
            state: "in_progress",
            check_after_secs: Math.ceil(Math.min(left, 5_000) / 1000),
            progress_percent: 50,
          }
        : { state: "succeeded", progress_percent: 100 }
  return jsonReply(200, {
    data: {
      id,
      media_key,
      size: total_bytes,
      expires_after_secs: FILE_SECONDS,
      ...(isSlow(media) && { processing_info: info }),
    },
  })
}

/** `POST /2/media/metadata` */
export function describeMedia(
  state: State,
  body: Record<string, unknown>
): Reply {
  const media = findMedia(state, String(body.id))
  const { alt_text, sensitive_media_warning: warnings } = (body.metadata ??
    {}) as {
    alt_text?: { text?: string }
    sensitive_media_warning?: Record<string, boolean>
  }
  const text = alt_text?.text
  if (text !== undefined && (!text || text.length > MAX_ALT_TEXT)) {
    throw invalidRequest("alt_text has 1 to 1000 characters.")
  }
  const [warning] = Object.keys(warnings ?? {})
  if (warning && !WARNINGS.includes(warning)) {
    throw invalidRequest("sensitive_media_warning is of an unknown kind.")
  }
  media.alt_text = text ?? media.alt_text
  media.warning = warning ?? media.warning
  return jsonReply(200, {
    data: { id: media.id, associated_metadata: body.metadata },
  })
}

const WARNINGS = ["adult_content", "graphic_violence", "other"]

/** The picture that is shown of a video. */
export function attachCover(
  state: State,
  files: StoredMedia[],
  id: string | undefined
): StoredMedia | null {
  if (!id) {
    return null
  }
  const [cover] = attach(state, [id])
  if (isSlow(cover) || files[0]?.category !== "tweet_video") {
    throw invalidRequest("preview_media_id is an image for a video.")
  }
  return cover
}

/** The files of a post, which must be ready and go together. */
export function attach(state: State, ids: string[]): StoredMedia[] {
  const files = ids.map((id) => state.media.find((one) => one.id === id))
  const ready = files.filter(
    (file): file is StoredMedia =>
      file?.ready_at != null && file.ready_at <= Date.now()
  )
  if (ready.length !== ids.length) {
    throw invalidRequest("Your media IDs are invalid.", { media_ids: ids })
  }
  const slow = ready.filter(isSlow)
  if (slow.length > 1 || (slow.length && ready.length > 1) || ids.length > 4) {
    throw new Refusal(400, {
      errors: [{ code: 386, message: "Too many attachment types" }],
    })
  }
  return ready
}
