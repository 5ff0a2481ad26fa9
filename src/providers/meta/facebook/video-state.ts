import { ServiceError } from "../../../errors/service-error"
import type { Progress } from "../../publication"
import type { ProviderContext } from "../../types"
import { facebookGraph } from "../facebook-login"
import { malformed, META_SERVICE } from "../graph"

/*
 * How far Facebook is with a video: it is uploaded, then worked on, then public
 * (developers.facebook.com/docs/video-api/guides/reels-publishing).
 */

interface Phase {
  status?: string
}

export interface VideoStatus {
  video_status?: string
  uploading_phase?: Phase & { bytes_transferred?: number }
  processing_phase?: Phase & { errors?: { message?: string }[] }
  publishing_phase?: Phase
}

export const readVideo = async (
  context: ProviderContext,
  id: string
): Promise<VideoStatus> => {
  const { status } = await facebookGraph(context).get<{ status?: VideoStatus }>(
    `/${id}`,
    { fields: "status" }
  )
  if (!status) {
    throw malformed(META_SERVICE, "the state of the video")
  }
  return status
}

const isStarted = (phase: Phase | undefined): boolean =>
  !!phase?.status && phase.status !== "not_started"

/** What becomes of a video: nothing so far, something, a post, or an error. */
export const fateOf = ({
  video_status,
  processing_phase,
  publishing_phase,
}: VideoStatus): "idle" | "working" | "public" | "failed" => {
  const words = [
    video_status,
    processing_phase?.status,
    publishing_phase?.status,
  ]
  if (words.includes("error")) {
    return "failed"
  }
  if (publishing_phase?.status === "complete") {
    return "public"
  }
  return isStarted(processing_phase) || isStarted(publishing_phase)
    ? "working"
    : "idle"
}

/** What Facebook could not work with, in its words where it has any. */
export const processingError = (
  file: string,
  { processing_phase }: VideoStatus
): ServiceError => {
  const why = processing_phase?.errors?.[0]?.message?.replace(/[.\s]*$/, "")
  return new ServiceError(
    "content_rejected",
    `Facebook could not work with ${file}${why ? `: ${why}` : ""}. Replace it, and publish again.`,
    { code: "processing_error" }
  )
}

/** Under what is kept that Facebook has confirmed the end of a video's upload. */
export const confirmedName = (video: string): string => `confirmed ${video}`

/**
 * How long a confirmed video is looked at, in ms: what takes longer counts as
 * published, as Facebook has said.
 */
export const WATCHED_MS = 60 * 60_000

const MINUTE_MS = 60_000

/**
 * The wait for a video that is worked on: looked at after 10 s, then ever more
 * seldom, up to once a minute.
 *
 * @param since - when its upload was finished, in ms since the epoch
 */
export const videoWait = (
  file: string,
  since: number
): Extract<Progress, { state: "wait" }> => {
  const age = Date.now() - since
  return {
    state: "wait",
    until: new Date(Date.now() + Math.min(MINUTE_MS, Math.max(10_000, age))),
    giveUpAt: new Date(since + WATCHED_MS + 10 * MINUTE_MS),
    why: `Facebook processes ${file}`,
  }
}
