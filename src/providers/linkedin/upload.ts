import { createHash } from "node:crypto"
import { isServiceError, ServiceError } from "../../errors/service-error"
import { failureIn } from "../api-errors"
import type { Json, Media, Progress, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { encodedUrn, malformedResponse } from "./restli"
import { withUsual } from "../usual"
import { isOwn, linkedinDescription, USUAL_WAITS } from "./description"
import { IMAGE_PRESET } from "./limits"

/** A file that lies at LinkedIn, which nobody sees until a post has it. */
export interface Uploaded {
  readonly [name: string]: Json
  urn: string
  /** In ms since the epoch. */
  at: number
}

/** The APIs that files go to, by what their URNs call them. */
const COLLECTIONS = {
  image: "images",
  document: "documents",
  video: "videos",
} as const

export type AssetKind = keyof typeof COLLECTIONS

/** How long a file that stands in no post is relied on, in ms. */
export const ASSET_LIFE_MS = 12 * 60 * 60_000

/** How long LinkedIn may process a file, in ms. */
const PATIENCE_MS = 30 * 60_000

/** How long LinkedIn may take for a file without a byte, in ms. */
export const SEND_TIMEOUT_MS = 120_000

/** Another file is another upload; what a post says of it is said with the post. */
export const stepOf = (kind: AssetKind, { id, bytes }: Media): string =>
  `${kind} ${createHash("sha256")
    .update(JSON.stringify([id, bytes]))
    .digest("base64url")}`

/** Asks for an address to send a file to. */
export const initializeUpload = async <T>(
  { request }: ProviderContext,
  kind: AssetKind,
  asked: Readonly<Record<string, Json>>
): Promise<T> => {
  const { value } = await request<{ value?: T }>(
    `/rest/${COLLECTIONS[kind]}?action=initializeUpload`,
    { method: "POST", json: { initializeUploadRequest: asked } }
  )
  if (!value) {
    throw malformedResponse(`an address for the ${kind}`)
  }
  return value
}

/** LinkedIn takes JPEG, PNG and GIF as they are. */
const sendable = (kind: AssetKind, media: Media): Promise<Media> => {
  if (kind !== "image" || media.kind === "gif") {
    return Promise.resolve(media)
  }
  return media.as(
    ["image/jpeg", "image/png"].includes(media.content_type)
      ? { ...IMAGE_PRESET, strip_metadata: true }
      : { ...IMAGE_PRESET, format: "jpeg" }
  )
}

/** Uploads an image or a document: one request tells where to, a second one sends it. */
export const uploadFile = (
  context: ProviderContext,
  job: PublishJob,
  kind: "image" | "document",
  media: Media
): Promise<Uploaded> =>
  job.step(
    stepOf(kind, media),
    async () => {
      const told = await initializeUpload<{
        uploadUrl?: string
        image?: string
        document?: string
      }>(context, kind, { owner: job.account.external_id })
      const urn = told[kind]
      if (!urn || !told.uploadUrl || !URL.canParse(told.uploadUrl)) {
        throw malformedResponse(`an address for the ${kind}`)
      }
      const file = await sendable(kind, media)
      const response = await context.fetch(told.uploadUrl, {
        method: "PUT",
        headers: { "content-type": file.content_type },
        body: await file.open(),
        timeout_ms: SEND_TIMEOUT_MS,
        ...withToken(context, told.uploadUrl),
      })
      await requireSuccess(context, response)
      return { urn, at: Date.now() }
    },
    { validForMs: ASSET_LIFE_MS }
  )

const withToken = ({ settings }: ProviderContext, address: string) =>
  isOwn(settings, address) ? {} : ({ credentials: "omit" } as const)

/** @throws {ServiceError} for a refusal */
export const requireSuccess = async (
  { redact }: ProviderContext,
  response: Response
): Promise<void> => {
  const failure = failureIn(
    linkedinDescription,
    response,
    redact(await response.text())
  )
  if (failure) {
    throw failure
  }
}

interface AssetState {
  status?: string
  processingFailureReason?: string
}

/** How far LinkedIn is with a file; null where the account may not ask. */
export const readAsset = async (
  { request }: ProviderContext,
  kind: AssetKind,
  urn: string
): Promise<AssetState | null> => {
  try {
    const state = await request<AssetState>(
      `/rest/${COLLECTIONS[kind]}/${encodedUrn(urn)}`
    )
    if (!state.status) {
      throw malformedResponse(`the state of the ${kind}`)
    }
    return state
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "permission") {
      return null
    }
    throw error
  }
}

/** How long a file is given whose state LinkedIn does not tell, in ms. */
const blindWait = (
  { settings }: Pick<ProviderContext, "settings">,
  kind: AssetKind
): number => {
  const { file_wait_seconds, video_wait_seconds } = withUsual(
    settings,
    USUAL_WAITS
  )
  return 1000 * (kind === "video" ? video_wait_seconds : file_wait_seconds)
}

/** @returns null once a file can stand in a post */
export const waitForAsset = async (
  context: ProviderContext,
  job: PublishJob,
  kind: AssetKind,
  media: Media,
  { urn, at }: Uploaded
): Promise<Progress | null> => {
  const name = `ready ${urn}`
  if (job.kept(name)) {
    return null
  }
  const isBlind = kind !== "video" && job.account.kind !== "page"
  const state = isBlind ? null : await readAsset(context, kind, urn)
  if (state?.status === "PROCESSING_FAILED") {
    await job.forget(stepOf(kind, media))
    throw notProcessed(media, state)
  }
  const age = Date.now() - at
  const enough = blindWait(context, kind)
  const isReady = state ? state.status === "AVAILABLE" : age >= enough
  if (isReady) {
    await job.save(name, true)
    return null
  }
  const next = state
    ? Date.now() + Math.min(Math.max(age, 5_000), 30_000)
    : at + enough
  return {
    state: "wait",
    until: new Date(next),
    giveUpAt: new Date(at + PATIENCE_MS),
    why: `LinkedIn processes the ${kind}`,
  }
}

const notProcessed = (
  { name }: Media,
  { processingFailureReason }: AssetState
): ServiceError =>
  new ServiceError(
    "content_rejected",
    `LinkedIn could not process ${name}${
      processingFailureReason
        ? `: ${processingFailureReason.replace(/[.\s]*$/, "")}`
        : ""
    }. Replace it, and publish again.`,
    { code: "processing_failed" }
  )
