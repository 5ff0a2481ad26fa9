import { isServiceError, ServiceError } from "../../../errors/service-error"
import type {
  Destination,
  Media,
  PostState,
  Progress,
  PublishJob,
  RemoteRef,
} from "../../publication"
import type { ProviderContext } from "../../types"
import { forgetUpload, readVideos, type Uploaded, type Video } from "./upload"

/** How long a video may be processed, in ms; long ones in high quality take hours. */
const PATIENCE_MS = 6 * 60 * 60_000

/** What is soon ready is asked for often, in ms. */
const QUICK_MS = 10_000
const SLOW_MS = 30_000
const QUICK_PHASE_MS = 2 * 60_000

/** Why YouTube could not process a file (`status.failureReason`). */
const FAILURES: Record<string, string> = {
  codec: "it does not know the codec. Use H.264 with AAC sound",
  conversion: "it could not convert the file. Export the video anew",
  emptyFile: "the file is empty. Use another one",
  invalidFile: "the file is no video that it knows. Use an MP4 file",
  tooSmall: "the file is too small. Use another one",
  uploadAborted: "the upload was broken off. Publish again",
}

/** Why YouTube does not show a video (`status.rejectionReason`). */
const REJECTIONS: Record<string, string> = {
  claim: "somebody claims rights in it. Look at YouTube Studio",
  copyright: "it violates a copyright. Look at YouTube Studio",
  duplicate: "the channel has this video already. Use another one",
  inappropriate: "it violates the community guidelines. Look at YouTube Studio",
  legal: "of a legal complaint. Look at YouTube Studio",
  length:
    "it is too long for this channel. Verify the channel's phone number at youtube.com/verify, or shorten the video",
  termsOfUse: "it violates the terms of use. Look at YouTube Studio",
  trademark: "it violates a trademark. Look at YouTube Studio",
  uploaderAccountClosed: "the channel's account is closed",
  uploaderAccountSuspended:
    "the channel's account is suspended. Log in at YouTube Studio",
}

const ACCOUNT_REASONS = /^uploaderAccount/

/** @throws {ServiceError} for a video that YouTube could not process, or does not show */
export const requireNotRefused = ({ status }: Pick<Video, "status">): void => {
  const {
    uploadStatus,
    failureReason = "",
    rejectionReason = "",
  } = status ?? {}
  if (uploadStatus === "failed") {
    throw new ServiceError(
      "content_rejected",
      `YouTube could not process the video: ${FAILURES[failureReason] ?? "it did not say why. Export the video anew"}.`,
      { code: failureReason || "processing_failed" }
    )
  }
  if (uploadStatus === "rejected") {
    throw new ServiceError(
      ACCOUNT_REASONS.test(rejectionReason)
        ? "account_restricted"
        : "content_rejected",
      `YouTube rejected the video, because ${REJECTIONS[rejectionReason] ?? "of a reason that it does not tell. Look at YouTube Studio"}.`,
      { code: rejectionReason || "rejected" }
    )
  }
}

/** @returns null once the video can be watched */
export const waitForProcessing = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  { id, at }: Uploaded
): Promise<Progress | null> => {
  const name = `processed ${id}`
  if (job.kept(name)) {
    return null
  }
  const [video] = await readVideos(context, [id], "status,processingDetails")
  const isNew = Date.now() - at < QUICK_PHASE_MS
  const wait = {
    state: "wait",
    until: new Date(Date.now() + (isNew ? QUICK_MS : SLOW_MS)),
    giveUpAt: new Date(at + PATIENCE_MS),
    why: "YouTube processes the video",
  } as const
  if (!video && isNew) {
    // What was just sent may be shown a moment later.
    return wait
  }
  try {
    requireThere(video)
    requireNotRefused(video)
  } catch (error) {
    await forgetUpload(job, file)
    throw error
  }
  if (video.status?.uploadStatus === "processed") {
    await job.save(name, true)
    return null
  }
  const { partsProcessed, partsTotal } =
    video.processingDetails?.processingProgress ?? {}
  return {
    ...wait,
    ...(Number(partsTotal) > 0 && {
      done: Number(partsProcessed ?? 0),
      of: Number(partsTotal),
    }),
  }
}

function requireThere(video: Video | undefined): asserts video is Video {
  if (!video || video.status?.uploadStatus === "deleted") {
    throw new ServiceError(
      "content_rejected",
      "The video was deleted at YouTube before it was published. Publish again to send it anew.",
      { code: "video_deleted" }
    )
  }
}

/** What has become of a video that was shown: YouTube rejects some of them later. */
export const fetchPostState = async (
  context: ProviderContext,
  _account: Destination,
  { external_id }: RemoteRef
): Promise<PostState> => {
  const [video] = await readVideos(context, [external_id], "status")
  if (!video || video.status?.uploadStatus === "deleted") {
    return { state: "gone" }
  }
  try {
    requireNotRefused(video)
    return { state: "public" }
  } catch (error) {
    if (isServiceError(error)) {
      return { state: "rejected", reason: error.message }
    }
    throw error
  }
}
