import { readForm } from "../form"
import {
  isEdit,
  jsonOf,
  refuse,
  requireRight,
  type RestRequest,
} from "./request"
import { type Attachment, capabilitiesOf, RestError, type Site } from "./site"

const mediaView = ({ home }: RestRequest, media: Attachment) => ({
  id: media.id,
  alt_text: media.alt_text,
  media_type: media.mime_type.startsWith("image/") ? "image" : "file",
  mime_type: media.mime_type,
  source_url: `${home}/wp-content/uploads/${media.file}`,
})

const EXTENSIONS: Record<string, RegExp> = {
  "image/jpeg": /\.jpe?g$/,
  "image/png": /\.png$/,
  "image/gif": /\.gif$/,
  "image/webp": /\.webp$/,
  "video/mp4": /\.mp4$/,
}

type Upload = Pick<Attachment, "file" | "mime_type" | "alt_text" | "content">

/** A file that is the body, named by the headers. */
const readBody = ({ headers, body }: RestRequest): Upload => {
  const type = headers["content-type"]
  if (!type) {
    throw new RestError(
      400,
      "rest_upload_no_content_type",
      "No Content-Type supplied."
    )
  }
  const disposition = headers["content-disposition"]
  if (!disposition) {
    throw new RestError(
      400,
      "rest_upload_no_content_disposition",
      "No Content-Disposition supplied."
    )
  }
  const [, file] = /^attachment; filename="([^"]+)"$/.exec(disposition) ?? []
  if (!file) {
    throw new RestError(
      400,
      "rest_upload_invalid_disposition",
      "Invalid Content-Disposition supplied."
    )
  }
  return { file, mime_type: type, alt_text: "", content: body }
}

/** A file in a form, with what is said of it. */
const readUpload = ({ headers, body }: RestRequest): Upload => {
  const parts = readForm(body, headers["content-type"] ?? "")
  const part = parts.find(({ name }) => name === "file")
  if (!part?.filename) {
    throw new RestError(400, "rest_upload_no_data", "No data supplied.")
  }
  const alt_text = parts.find(({ name }) => name === "alt_text")?.body
  return {
    file: part.filename,
    mime_type: part.content_type,
    alt_text: alt_text?.toString() ?? "",
    content: part.body,
  }
}

/** `POST /wp/v2/media` */
export const addMedia = (site: Site, request: RestRequest) => {
  const { user, headers, body } = request
  if (!user || !capabilitiesOf(user).edit_posts) {
    refuse(user, "rest_cannot_create")
  }
  if (user && !capabilitiesOf(user).upload_files) {
    // The one refusal of a right with this status.
    throw new RestError(
      400,
      "rest_cannot_create",
      "Sorry, you are not allowed to upload media on this site."
    )
  }
  if (!body.length) {
    throw new RestError(400, "rest_upload_no_data", "No data supplied.")
  }
  const upload = headers["content-type"]?.startsWith("multipart/")
    ? readUpload(request)
    : readBody(request)
  const { file, mime_type, content } = upload
  if (!EXTENSIONS[mime_type]?.test(file)) {
    throw new RestError(
      500,
      "rest_upload_sideload_error",
      "Sorry, you are not allowed to upload this file type."
    )
  }
  if (content.length > site.upload_max) {
    throw new RestError(
      400,
      "rest_upload_file_too_big",
      `This file is too big. Files must be less than ${Math.floor(site.upload_max / 1024)} KB in size.`
    )
  }
  const id = site.next_id++
  const media = { ...upload, id, file: `${id}-${file}` }
  site.media.push(media)
  return { status: 201, body: mediaView(request, media) }
}

/** `GET` and `POST /wp/v2/media/<id>` */
export const onMedia = (site: Site, request: RestRequest, id: string) => {
  const media = site.media.find((one) => one.id === Number(id))
  if (!media) {
    throw new RestError(404, "rest_post_invalid_id", "Invalid post ID.")
  }
  if (isEdit(request)) {
    requireRight(request.user, "upload_files", "rest_cannot_edit")
    media.alt_text = String(jsonOf(request).alt_text ?? media.alt_text)
  }
  return { status: 200, body: mediaView(request, media) }
}
