import { createHash } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { readJson } from "./body"
import {
  type Asset,
  type AssetKind,
  nextId,
  Refusal,
  type State,
  wrongInput,
} from "./state"

const URNS: Record<AssetKind, string> = {
  image: "urn:li:image:C4E10",
  document: "urn:li:document:C4E10",
  video: "urn:li:video:C4E10",
}

/** How long addresses for files last, in ms. */
const URL_LIFE_MS = 60 * 60_000

const addressOf = (url: string, urn: string, piece: number | "cover"): string =>
  `${url}/dms-uploads/${encodeURIComponent(urn)}/${piece}`

type Announced = {
  owner?: string
  fileSizeBytes?: number
  uploadCaptions?: boolean
  uploadThumbnail?: boolean
}

/** `POST …?action=initializeUpload`: where a file is to be sent to. */
export function initializeUpload(
  state: State,
  request: SimulatorRequest,
  url: string,
  kind: AssetKind,
  requireAuthor: (owner: string) => void
): Reply {
  const { initializeUploadRequest: asked = {} } = readJson<{
    initializeUploadRequest?: Announced
  }>(request.body, {
    initializeUploadRequest: {
      owner: true,
      ...(kind === "video" && {
        fileSizeBytes: true,
        uploadCaptions: true,
        uploadThumbnail: true,
      }),
    },
  })
  const { owner = "", fileSizeBytes = 0 } = asked
  requireAuthor(owner)
  if (kind === "video" && !(fileSizeBytes > 0)) {
    throw wrongInput(
      400,
      "MISSING_FIELD",
      "/initializeUploadRequest/fileSizeBytes",
      "fileSizeBytes is required"
    )
  }
  const urn = `${URNS[kind]}${nextId(state)}`
  const pieces: Asset["pieces"] = []
  for (let first = 0; first < fileSizeBytes; first += state.piece_bytes) {
    const last = Math.min(first + state.piece_bytes, fileSizeBytes) - 1
    pieces.push({ first, last, body: null })
  }
  state.assets.set(urn, {
    urn,
    kind,
    owner,
    pieces: kind === "video" ? pieces : [{ first: 0, last: 0, body: null }],
    upload_token: kind === "video" ? `token-${urn}` : "",
    cover: null,
    ready_at: null,
    fate: state.fates.shift() ?? "AVAILABLE",
    content_type: "",
  })
  const ends_at = Date.now() + URL_LIFE_MS
  return jsonReply(200, {
    value:
      kind === "video"
        ? {
            video: urn,
            uploadToken: `token-${urn}`,
            uploadUrlsExpireAt: ends_at,
            uploadInstructions: pieces.map(({ first, last }, index) => ({
              uploadUrl: addressOf(url, urn, index),
              firstByte: first,
              lastByte: last,
            })),
            ...(asked.uploadThumbnail && {
              thumbnailUploadUrl: addressOf(url, urn, "cover"),
            }),
          }
        : {
            [kind]: urn,
            uploadUrl: addressOf(url, urn, 0),
            uploadUrlExpiresAt: ends_at,
          },
  })
}

const text = (status: number, body: string): Reply => ({
  status,
  headers: { "content-type": "text/plain" },
  body,
})

/** `PUT` to an address that was told: a file, a piece of a video, or its cover. */
export function takeFile(
  state: State,
  { body, headers }: SimulatorRequest,
  urn: string,
  place: string,
  requireToken: () => void
): Reply {
  const asset = state.assets.get(urn)
  if (!asset || asset.ready_at !== null) {
    return text(404, "Upload not found")
  }
  if (asset.kind !== "video") {
    requireToken()
  } else if (headers.authorization) {
    return text(400, "Bad Request: unexpected Authorization header")
  }
  if (place === "cover") {
    asset.cover = body
    return text(201, "")
  }
  const piece = asset.pieces[Number(place)]
  const isWhole =
    asset.kind !== "video" || body.length === piece?.last - piece?.first + 1
  if (!piece || !body.length || !isWhole) {
    return text(400, "Bad Request: unexpected length")
  }
  piece.body = body
  if (asset.kind !== "video") {
    asset.content_type = String(headers["content-type"] ?? "")
    asset.ready_at = Date.now() + state.processing_ms
    return text(201, "")
  }
  return {
    status: 200,
    headers: { etag: `"${etagOf(body)}"` },
    body: "",
  }
}

const etagOf = (body: Buffer): string =>
  createHash("sha1").update(body).digest("hex")

/** `POST /rest/videos?action=finalizeUpload`: the pieces are all. */
export function finalizeUpload(
  state: State,
  { body }: SimulatorRequest
): Reply {
  const { finalizeUploadRequest: asked = {} } = readJson<{
    finalizeUploadRequest?: {
      video?: string
      uploadToken?: string
      uploadedPartIds?: string[]
    }
  }>(body, {
    finalizeUploadRequest: {
      video: true,
      uploadToken: true,
      uploadedPartIds: true,
    },
  })
  const asset = state.assets.get(asked.video ?? "")
  if (!asset || asset.ready_at !== null) {
    throw wrongInput(
      400,
      "INVALID_VALUE",
      "/finalizeUploadRequest/video",
      "The video is not waiting for an upload"
    )
  }
  const expected = asset.pieces.map(({ body: piece }) => piece && etagOf(piece))
  if (
    asked.uploadToken !== asset.upload_token ||
    JSON.stringify(asked.uploadedPartIds) !== JSON.stringify(expected)
  ) {
    throw wrongInput(
      400,
      "INVALID_VALUE",
      "/finalizeUploadRequest/uploadedPartIds",
      "The uploaded parts do not match the upload"
    )
  }
  asset.content_type = "video/mp4"
  asset.ready_at = Date.now() + state.processing_ms
  return { status: 200, headers: {}, body: "" }
}

/** How far a file is. */
export const statusOf = ({ ready_at, fate }: Asset): string => {
  if (ready_at === null) {
    return "WAITING_UPLOAD"
  }
  return ready_at > Date.now() ? "PROCESSING" : fate
}

/** `GET /rest/images/{urn}` and its likes. */
export function showAsset(state: State, urn: string): Reply {
  const asset = state.assets.get(urn)
  if (!asset) {
    throw new Refusal(404, "NOT_FOUND", `Could not find ${urn}`)
  }
  const status = statusOf(asset)
  return jsonReply(200, {
    id: urn,
    owner: asset.owner,
    status,
    ...(status === "PROCESSING_FAILED" && {
      processingFailureReason: "The file format is not supported",
    }),
  })
}

/** All of a file. */
export const fileOf = ({ pieces }: Asset): Buffer =>
  Buffer.concat(pieces.flatMap(({ body }) => body ?? []))
