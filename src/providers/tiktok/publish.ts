import { ServiceError } from "../../errors/service-error"
import type {
  Json,
  LostCall,
  Media,
  Progress,
  PublishJob,
  Recovery,
} from "../publication"
import type { ProviderContext } from "../types"
import { readOpenId } from "./creator"
import { findPhotos, keptPhotos, publishPhotos } from "./photos"
import { videoInfo } from "./post-info"
import { look, progressOf, settle, stateOf } from "./progress"
import type { PublishState } from "./publish-state"
import { readSettings, type TikTokSettings } from "./settings"
import {
  beginUpload,
  type Begun,
  forgetUpload,
  isComplete,
  keptUpload,
  piecesOf,
  resumeAt,
  sendAhead,
  sendLast,
  type Upload,
} from "./upload"

/** What `recover` needs of an armed part. */
interface Evidence {
  readonly [name: string]: Json | undefined
  /** Of a video, whose post TikTok knows before it has the last byte. */
  publish_id?: string
  bytes?: number
}

/**
 * Publishes a video or photos. A video is sent ahead of its time, piece by
 * piece; with the last one TikTok makes a post of it, once for each upload.
 * Photos it fetches from the store after one call. What becomes of either, it
 * tells only afterwards: until then the part stays armed, and `recover` asks.
 */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const [part] = job.parts
  if (part.published) {
    return { state: "published" }
  }
  const settings = readSettings(job.settings)
  await job.step("account", () => requireAccount(context, job))
  const video = part.media.find(({ kind }) => kind === "video")
  return video
    ? publishVideo(context, job, settings, video)
    : publishPhotos(context, job, settings, part.media)
}

/** A consent is for one account: after another one, posts would land in the wrong place. */
const requireAccount = async (
  context: ProviderContext,
  { account }: PublishJob
): Promise<void> => {
  const { open_id, display_name } = await readOpenId(context)
  if (open_id !== account.external_id) {
    throw new ServiceError(
      "config_error",
      `The platform is connected to the TikTok account "${display_name}", and the post is for "${account.name}". Connect it again with that account.`,
      { code: "other_account" }
    )
  }
}

const publishVideo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
): Promise<Progress> => {
  const resumed = await resume(context, job, file)
  if (resumed && "progress" in resumed) {
    return resumed.progress
  }
  const upload =
    resumed?.upload ??
    (await beginUpload(
      job,
      file,
      await beginVideo(context, job, settings, file)
    ))
  const ready = await sendAhead(context, job, file, upload)
  await sendLast(context, job, file, ready)
  return look("TikTok processes the video", 0)
}

/**
 * Goes on with what an earlier attempt has begun.
 *
 * @returns null where nothing can come of it any more
 */
const resume = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media
): Promise<{ upload: Upload } | { progress: Progress } | null> => {
  const kept = keptUpload(job, file)
  if (!kept) {
    return null
  }
  const state = await stateOf(context, kept.publish_id)
  if (state.state === "processing" && !isComplete(state, file.bytes)) {
    const upload = resumeAt(kept, file, state)
    if (upload) {
      return { upload }
    }
  } else if (state.state !== "failed") {
    const { publish_id, begun_at } = kept
    return {
      progress: await settle(
        context,
        job,
        "video",
        publish_id,
        state,
        begun_at
      ),
    }
  }
  await forgetUpload(job, file)
  return null
}

const beginVideo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
): Promise<Begun> => {
  const source_info = {
    source: "FILE_UPLOAD",
    video_size: file.bytes,
    ...piecesOf(file.bytes),
  }
  const isInbox = settings.post_mode === "inbox"
  const { data } = await context.request<{ data?: Begun }>(
    isInbox
      ? "/v2/post/publish/inbox/video/init/"
      : "/v2/post/publish/video/init/",
    {
      method: "POST",
      json: isInbox
        ? { source_info }
        : {
            post_info: await videoInfo(context, job, settings, file),
            source_info,
          },
    }
  )
  return data ?? {}
}

/** What became of an armed part: TikTok tells by the id of the upload, or of the photos' post. */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const { publish_id, bytes } = lost.evidence as Evidence
  const id = publish_id ?? keptPhotos(lost)?.publish_id
  if (!id) {
    return findPhotos(context, lost)
  }
  const state = await stateOf(context, id)
  if (state.state === "failed") {
    return state.error.code === "invalid_publish_id"
      ? { outcome: "unknown" }
      : { outcome: "not_published", because: "session", error: state.error }
  }
  if (isHalf(state, bytes)) {
    return { outcome: "not_published", because: "session" }
  }
  const kind = publish_id ? "video" : "photo"
  const found = progressOf(
    context,
    lost,
    kind,
    id,
    state,
    lost.armed_at.getTime()
  )
  return "external_id" in found
    ? { outcome: "published", ref: found }
    : { outcome: "taken", progress: found }
}

/** An upload without its last bytes is no post; they can be sent once more, to the same one. */
const isHalf = (state: PublishState, bytes: number | undefined): boolean =>
  state.state === "processing" &&
  state.uploaded_bytes !== null &&
  bytes !== undefined &&
  state.uploaded_bytes < bytes
