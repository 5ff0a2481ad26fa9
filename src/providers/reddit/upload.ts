import { createHash } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import { multipart } from "../../http/body"
import { filenameOf } from "../armed-files"
import type { Media, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { apiAddress } from "./description"
import { MAX_IMAGE_BYTES } from "./limits"
import { malformedResponse } from "./things"

/** Leave to put one file into Reddit's storage (`POST /api/media/asset.json`). */
interface Lease {
  args?: {
    /** The storage's address, without its scheme. */
    action?: string
    fields?: { name: string; value: string }[]
  }
  asset?: { asset_id?: string }
}

/** A file in Reddit's storage, which no post has yet. */
export type Uploaded = {
  /** The post that gets the file shows it under this id. */
  readonly id: string
  readonly url: string
}

/** How long a file that no post has may be relied on, in ms. Reddit does not say it. */
const FILE_TTL_MS = 2 * 60 * 60_000

const stepOf = ({ id }: Media): string =>
  `upload ${createHash("sha256").update(id).digest("base64url")}`

/** Sends a file once for the publication. */
export const uploadOnce = (
  context: ProviderContext,
  job: PublishJob,
  media: Media
): Promise<Uploaded> =>
  job.step(stepOf(media), async () => upload(context, await fitting(media)), {
    validForMs: FILE_TTL_MS,
  })

/** Has files sent anew when the post is tried again. */
export const forgetUploads = async (
  job: PublishJob,
  files: readonly Media[]
): Promise<void> => {
  for (const file of files) {
    await job.forget(stepOf(file))
  }
}

/** Reddit knows JPEG, PNG and GIF: any other picture becomes a PNG. */
const fitting = async (media: Media): Promise<Media> => {
  if (media.kind !== "image") {
    return media
  }
  const isKnown = /^image\/(?:jpeg|png)$/.test(media.content_type)
  return media.as({
    ...(!isKnown && { format: "png" }),
    max_bytes: MAX_IMAGE_BYTES,
  })
}

const upload = async (
  { request, fetch, settings }: ProviderContext,
  media: Media
): Promise<Uploaded> => {
  const filename = filenameOf(media)
  const { args, asset } = await request<Lease>("/api/media/asset.json", {
    method: "POST",
    query: { raw_json: 1 },
    body: new URLSearchParams({
      api_type: "json",
      filepath: filename,
      mimetype: media.content_type,
    }),
  })
  const { action, fields } = args ?? {}
  const key = fields?.find(({ name }) => name === "key")?.value
  if (!action || !fields || !key || !asset?.asset_id) {
    throw malformedResponse("a place for the file")
  }
  const storage = new URL(action, apiAddress(settings))
  const response = await fetch(storage, {
    method: "POST",
    // The leave is in the fields; the token is none of the storage's business.
    credentials: "omit",
    body: multipart(
      fields.map(({ name, value }) => [name, value] as const),
      [
        {
          content_type: media.content_type,
          ...(await media.open()),
          name: "file",
          filename,
        },
      ]
    ),
  })
  if (!response.ok) {
    throw refusedBy(response, await response.text(), media)
  }
  return {
    id: asset.asset_id,
    url: `${storage.href.replace(/\/$/, "")}/${key}`,
  }
}

const inMegabytes = (bytes: number): string =>
  `${(bytes / 1_048_576).toFixed(1)} MB`

/** The storage is Amazon's and refuses in XML. */
const refusedBy = (
  { status }: Response,
  xml: string,
  media: Media
): ServiceError => {
  const told = (name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ""
  const code = told("Code") || `http_${status}`
  if (code === "EntityTooLarge") {
    const most = Number(told("MaxSizeAllowed"))
    return new ServiceError(
      "content_rejected",
      `${filenameOf(media)} has ${inMegabytes(media.bytes)}${
        most > 0 ? `, and Reddit takes up to ${inMegabytes(most)}` : ""
      }. Use a smaller file.`,
      { code, status }
    )
  }
  // A lease that has run out, or a storage that is out of order: a new one will do.
  return new ServiceError(
    "transient",
    `Reddit's storage answered ${status} (${code}) to the file ${filenameOf(media)}.`,
    { code, status }
  )
}
