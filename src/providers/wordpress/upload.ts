import type { Media, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import type { Upload } from "./blocks"
import { malformed } from "./site"

interface Attachment {
  id?: number
  source_url?: string
}

/** WordPress wants the name to fit the content. */
const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
}

export const IMAGE_TYPES = Object.keys(EXTENSIONS).filter((type) =>
  type.startsWith("image/")
)
export const VIDEO_TYPES = Object.keys(EXTENSIONS).filter((type) =>
  type.startsWith("video/")
)

/** WordPress makes all its sizes of an image before it answers. */
const UPLOAD_TIMEOUT_MS = 120_000

/** A name that a header can carry and that tells nothing but the file's. */
const fileName = (name: string, contentType: string): string => {
  const base = name
    .replace(/[?#].*$/, "")
    .replace(/^.*\//, "")
    .replace(/\.[^.]*$/, "")
    .normalize("NFKD")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80)
  return `${base || "file"}.${EXTENSIONS[contentType] ?? "bin"}`
}

/** Brings a file into the site's library, once for a publication. */
export const upload = async (
  { request }: ProviderContext,
  job: PublishJob,
  api: string,
  media: Media
): Promise<{ id: number; url: string }> => {
  const file = await job.step(`upload ${media.id}`, async () => {
    const body = await media.open()
    const contentType = body.content_type ?? media.content_type
    const { id, source_url } = await request<Attachment>(`${api}/wp/v2/media`, {
      method: "POST",
      body,
      headers: {
        "content-type": contentType,
        "content-disposition": `attachment; filename="${fileName(media.name, contentType)}"`,
      },
      timeout_ms: UPLOAD_TIMEOUT_MS,
    })
    if (!id || !source_url) {
      throw malformed("the file's id and address")
    }
    return { id, url: source_url }
  })
  // The upload itself takes nothing but the file.
  const { alt_text } = media
  if (alt_text) {
    await job.step(`describe ${media.id}`, async () => {
      await request(`${api}/wp/v2/media/${file.id}`, {
        method: "POST",
        json: { alt_text },
      })
    })
  }
  return file
}

/** Brings all files of a part into the library, with the pictures of videos. */
export const uploadAll = async (
  context: ProviderContext,
  job: PublishJob,
  api: string
): Promise<Upload[]> => {
  const uploads: Upload[] = []
  for (const media of job.parts[0].media) {
    const { poster } = media
    const cover =
      poster && "media" in poster
        ? await upload(context, job, api, poster.media)
        : null
    uploads.push({
      ...(await upload(context, job, api, media)),
      kind: media.kind === "video" ? "video" : "image",
      alt_text: media.alt_text,
      poster: cover?.url ?? null,
    })
  }
  return uploads
}
