import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { nextId, Refusal, type State, type StoredMedia } from "./state"

const WINDOW_MS = 30 * 60_000

const isLarge = ({ content_type }: StoredMedia): boolean =>
  content_type.startsWith("video/") || content_type === "image/gif"

export const isReady = ({ ready_at }: StoredMedia): boolean =>
  ready_at !== null && ready_at <= Date.now()

/** A file as the API shows it; it has no address before it is processed. */
export function presentMedia(media: StoredMedia, url: string): object {
  const { id, content_type, description, focus } = media
  const address = isReady(media) ? `${url}/media/${id}` : null
  const type = content_type.startsWith("video/")
    ? "video"
    : content_type === "image/gif"
      ? "gifv"
      : "image"
  return {
    id,
    type,
    url: address,
    preview_url: address,
    remote_url: null,
    meta: focus ? { focus } : {},
    description,
    blurhash: null,
  }
}

/** When the window of uploads ends that is full; null while there is room. */
export function uploadLimitEnd(state: State): Date | null {
  const since = Date.now() - WINDOW_MS
  state.uploads = state.uploads.filter((at) => at > since)
  return state.uploads.length >= state.media_limit
    ? new Date(state.uploads[0] + WINDOW_MS)
    : null
}

/** `POST /api/v2/media` (docs.joinmastodon.org/methods/media/#v2). */
export async function upload(
  state: State,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  state.uploads.push(Date.now())
  const form = await formOf(request)
  const file = form.get("file")
  if (!(file instanceof File)) {
    throw new Refusal(422, "Validation failed: File can't be blank")
  }
  const limits = state.configuration.media_attachments
  const content_type = file.type.split(";")[0]
  if (!limits.supported_mime_types.includes(content_type)) {
    throw new Refusal(
      422,
      "Validation failed: File content type is invalid, File is invalid"
    )
  }
  const isVideo = content_type.startsWith("video/")
  const limit = isVideo ? limits.video_size_limit : limits.image_size_limit
  if (file.size > limit) {
    throw new Refusal(
      422,
      `Validation failed: File file size must be less than ${limit} Bytes`
    )
  }
  const media: StoredMedia = {
    id: nextId(state),
    content_type,
    body: Buffer.from(await file.arrayBuffer()),
    description: null,
    focus: null,
    has_thumbnail: form.get("thumbnail") instanceof File,
    ready_at: Date.now(),
    status_id: null,
  }
  describe(state, media, form)
  if (isLarge(media)) {
    media.ready_at =
      state.processing_ms === null ? null : Date.now() + state.processing_ms
  }
  state.media.push(media)
  return jsonReply(isReady(media) ? 200 : 202, presentMedia(media, url))
}

async function formOf({ headers, body }: SimulatorRequest): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), {
      headers: { "content-type": headers["content-type"] ?? "" },
    }).formData()
  } catch {
    throw new Refusal(400, "The form cannot be read")
  }
}

function describe(state: State, media: StoredMedia, form: FormData): void {
  const description = form.get("description")
  const focus = form.get("focus")
  const { description_limit } = state.configuration.media_attachments
  if (typeof description === "string") {
    if (Array.from(description).length > description_limit) {
      throw new Refusal(
        422,
        `Validation failed: Description is too long (maximum is ${description_limit} characters)`
      )
    }
    media.description = description
  }
  if (typeof focus === "string") {
    const [x, y] = focus.split(",").map(Number)
    media.focus = { x, y }
  }
}

function findLoose(state: State, id: string): StoredMedia {
  const media = state.media.find((one) => one.id === id && !one.status_id)
  if (!media) {
    throw new Refusal(404, "Record not found")
  }
  return media
}

/** `GET /api/v1/media/:id`: 206 while it is processed, 404 once it stands in a post. */
export function showMedia(state: State, id: string, url: string): Reply {
  const media = findLoose(state, id)
  if (media.ready_at === null) {
    throw new Refusal(422, "Error processing thumbnail for uploaded media")
  }
  return jsonReply(isReady(media) ? 200 : 206, presentMedia(media, url))
}

/** `PUT /api/v1/media/:id` */
export async function changeMedia(
  state: State,
  id: string,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  const media = findLoose(state, id)
  describe(state, media, await formOf(request))
  return jsonReply(200, presentMedia(media, url))
}
