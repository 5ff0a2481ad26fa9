import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import { type Asset, nextId, Refusal, type State } from "./state"

const TYPES: Record<string, string> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "video/mp4": "mp4",
  "video/quicktime": "mov",
}

/** `POST /api/media/asset.json`: leave to put a file into the storage. */
export const leaseUpload = (
  state: State,
  body: URLSearchParams,
  url: string
): Reply => {
  const mimetype = body.get("mimetype") ?? ""
  const filepath = body.get("filepath") ?? ""
  if (!filepath || !TYPES[mimetype]) {
    throw new Refusal(400, "Bad Request", { error: 400 })
  }
  const id = `${nextId(state)}asset`
  const isImage = mimetype.startsWith("image/")
  const asset: Asset = {
    id,
    key: isImage ? `rte_images/${id}` : id,
    policy: randomBytes(24).toString("base64"),
    mimetype,
    file: null,
  }
  state.assets.push(asset)
  const fields = {
    acl: "public-read",
    key: asset.key,
    "X-Amz-Credential": "simulated/us-east-1/s3/aws4_request",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    success_action_status: "201",
    "content-type": mimetype,
    "x-amz-storage-class": "STANDARD",
    "x-amz-meta-ext": filepath.split(".").pop() ?? "",
    policy: asset.policy,
    "X-Amz-Signature": randomBytes(32).toString("hex"),
    "x-amz-security-token": randomBytes(64).toString("base64"),
  }
  return jsonReply(200, {
    args: {
      action: `//${new URL(url).host}/storage`,
      fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    },
    asset: {
      asset_id: id,
      processing_state: "incomplete",
      payload: { filepath },
      websocket_url: `wss://ws.simulated.invalid/${asset.key}?m=AQAA`,
    },
  })
}

const xml = (status: number, body: string, location?: string): Reply => ({
  status,
  headers: { "content-type": "application/xml", ...(location && { location }) },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
})

const refuse = (status: number, code: string, more = ""): Reply =>
  xml(
    status,
    `<Error><Code>${code}</Code><Message>${code}</Message>${more}</Error>`
  )

/** A form to the storage, whose last part has to be the file (Amazon S3, "POST Object"). */
export const storeFile = (
  state: State,
  { body, headers }: SimulatorRequest,
  url: string
): Reply => {
  if (!headers["content-length"]) {
    return refuse(411, "MissingContentLength")
  }
  if (headers.authorization) {
    return refuse(400, "InvalidArgument")
  }
  const parts = readForm(body, headers["content-type"] ?? "")
  const told = (name: string) =>
    parts.find((part) => part.name === name)?.body.toString()
  const asset = state.assets.find(({ key }) => key === told("key"))
  const file = parts.at(-1)
  if (!asset || told("policy") !== asset.policy || asset.file) {
    return refuse(403, "AccessDenied")
  }
  if (file?.name !== "file" || file.filename === null) {
    return refuse(400, "InvalidArgument")
  }
  if (file.body.length > state.max_file_bytes) {
    return refuse(
      400,
      "EntityTooLarge",
      `<ProposedSize>${file.body.length}</ProposedSize><MaxSizeAllowed>${state.max_file_bytes}</MaxSizeAllowed>`
    )
  }
  asset.file = file.body
  const location = `${url}/storage/${encodeURIComponent(asset.key)}`
  return xml(
    201,
    `<PostResponse><Location>${location}</Location><Bucket>storage</Bucket><Key>${asset.key}</Key></PostResponse>`,
    location
  )
}

/** The stored file that an address of the storage names. */
export const assetAt = (
  { assets }: State,
  address: string
): Asset | undefined =>
  assets.find(
    ({ key, file }) =>
      file && decodeURIComponent(address).endsWith(`/storage/${key}`)
  )

/** Where a file is shown from, once a post has it. */
export const shownAt = ({ assets }: State, id: string, url: string): string => {
  const { mimetype = "" } = assets.find((asset) => asset.id === id) ?? {}
  return mimetype.startsWith("video/")
    ? `${url}/v.redd.it/${id}`
    : `${url}/i.redd.it/${id}.${TYPES[mimetype] ?? "png"}`
}

/** A file as readers get it. */
export const showFile = ({ assets }: State, id: string): Reply => {
  const asset = assets.find((one) => one.id === id)
  return asset?.file
    ? {
        status: 200,
        headers: { "content-type": asset.mimetype },
        body: asset.file,
      }
    : { status: 404, headers: {}, body: "" }
}
