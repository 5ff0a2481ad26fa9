import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import {
  type MediaStatus,
  nextId,
  Refusal,
  type State,
  type Upload,
} from "./state"

/** `POST /v5/media` */
export function registerMedia(
  state: State,
  { body }: SimulatorRequest,
  url: string
): Reply {
  const { media_type } = JSON.parse(body.toString() || "{}") as {
    media_type?: string
  }
  if (media_type !== "video") {
    throw new Refusal(400, 1, "Invalid request: 'media_type' is not 'video'")
  }
  const id = nextId(state)
  const signature = randomBytes(16).toString("hex")
  state.uploads.set(id, {
    id,
    signature,
    file: null,
    content_type: "",
    processed_at: Infinity,
    fate: state.fates.shift() ?? "succeeded",
  })
  return jsonReply(201, {
    media_id: id,
    media_type: "video",
    upload_url: `${url}/storage/`,
    upload_parameters: {
      "x-amz-date": "20261122T000000Z",
      "x-amz-signature": signature,
      "x-amz-algorithm": "AWS4-HMAC-SHA256",
      key: `uploads/${id}`,
      policy: "eyJleHBpcmF0aW9uIjoiMj..==",
      "Content-Type": "multipart/form-data",
    },
  })
}

const statusOf = ({ file, processed_at, fate }: Upload): MediaStatus => {
  if (!file) {
    return "registered"
  }
  return processed_at > Date.now() ? "processing" : fate
}

/** @throws {Refusal} 404 */
export function findUpload({ uploads }: State, id: string): Upload {
  const upload = uploads.get(id)
  if (!upload) {
    throw new Refusal(404, 404, "Media not found.")
  }
  return upload
}

/** `GET /v5/media/:id` */
export function showMedia(state: State, id: string): Reply {
  const status = statusOf(findUpload(state, id))
  return jsonReply(200, { media_id: id, media_type: "video", status })
}

/** @throws {Refusal} 400 for a video that is not processed */
export function requireProcessed(state: State, id: string): Upload {
  const upload = findUpload(state, id)
  if (statusOf(upload) !== "succeeded") {
    throw new Refusal(400, 1, "Invalid request: the media is not processed")
  }
  return upload
}

const storageRefusal = (status: number, code: string): Reply => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Refused</Message></Error>`,
})

/**
 * `POST /storage/`: a form as Amazon S3 takes it. What stands behind the file is
 * not read, and a body of unknown length is refused.
 */
export function store(
  state: State,
  { headers, body }: SimulatorRequest
): Reply {
  if (headers.authorization) {
    return storageRefusal(400, "InvalidArgument")
  }
  if (!headers["content-length"]) {
    return storageRefusal(411, "MissingContentLength")
  }
  const parts = readForm(body, headers["content-type"] ?? "")
  const at = parts.findIndex(({ name }) => name === "file")
  const fields = new Map(
    parts
      .slice(0, Math.max(at, 0))
      .map(({ name, body: value }) => [name, String(value)])
  )
  const upload = state.uploads.get(
    (fields.get("key") ?? "").replace("uploads/", "")
  )
  if (
    !upload ||
    fields.get("x-amz-signature") !== upload.signature ||
    !fields.has("policy")
  ) {
    return storageRefusal(403, "AccessDenied")
  }
  upload.file = parts[at].body
  upload.content_type = parts[at].content_type
  upload.processed_at = Date.now() + state.processing_ms
  return { status: 204, headers: {}, body: "" }
}
