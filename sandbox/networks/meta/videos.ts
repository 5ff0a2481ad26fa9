import { jsonReply, type Reply } from "../../http"
import { fetchFile } from "./containers"
import {
  addPost,
  fileIn,
  formOf,
  HOST,
  PAGE_PATH,
  requirePage,
} from "./facebook"
import { requireToken } from "./oauth"
import { type Call, type Route, unknownObject } from "./route"
import { GraphRefusal, nextId, type State, type StoredVideo } from "./state"

const startVideo = (
  { state, fields, url }: Call,
  edge: StoredVideo["edge"]
): Reply => {
  const video: StoredVideo = {
    id: nextId(state),
    session: nextId(state),
    edge,
    size: Number(fields.file_size ?? 0),
    body: Buffer.alloc(0),
    fields: {},
    finished_at: null,
    error: "",
  }
  state.videos.push(video)
  return jsonReply(
    200,
    edge === "videos"
      ? {
          upload_session_id: video.session,
          video_id: video.id,
          start_offset: "0",
          end_offset: String(video.size),
        }
      : {
          video_id: video.id,
          upload_url: `${url}/facebook/upload/${video.id}`,
        }
  )
}

const videoOf = (state: State, fields: Record<string, string>): StoredVideo => {
  const video = state.videos.find(
    ({ id, session }) =>
      id === fields.video_id || session === fields.upload_session_id
  )
  if (!video) {
    throw unknownObject(fields.video_id ?? fields.upload_session_id)
  }
  return video
}

const transfer = (call: Call): Reply => {
  const fields = formOf(call)
  const video = videoOf(call.state, fields)
  const chunk = fileIn(call.request, "video_file_chunk")
  if (Number(fields.start_offset) !== video.body.length || !chunk) {
    throw new GraphRefusal(400, 6001, 1363037, "The offset is wrong.")
  }
  video.body = Buffer.concat([video.body, chunk.body])
  return jsonReply(200, {
    start_offset: String(video.body.length),
    end_offset: String(video.size),
  })
}

const finishVideo = (
  { state, fields }: Call,
  edge: StoredVideo["edge"]
): Reply => {
  const video = videoOf(state, fields)
  if (!video.size || video.body.length < video.size || video.edge !== edge) {
    throw new GraphRefusal(400, 6000, 1363030, "The upload is not complete.")
  }
  if (video.finished_at !== null) {
    throw new GraphRefusal(400, 100, 1363041, "The upload is finished already.")
  }
  video.finished_at = Date.now()
  video.error = state.video_error
  video.fields = fields
  const isStory = edge === "video_stories"
  if (video.error) {
    return jsonReply(200, { success: true })
  }
  const post = addPost(state, {
    ...(!isStory && { id: video.id }),
    kind: { videos: "feed", video_reels: "reel", video_stories: "story" }[edge],
    text: fields.description ?? "",
    files: [{ content_type: "video/mp4", body: video.body, alt_text: null }],
    fields,
    made_of: [video.id],
  })
  return jsonReply(200, { success: true, ...(isStory && { post_id: post.id }) })
}

/** A video that Facebook fetches from its address. */
const fetchVideo = async (call: Call): Promise<Reply> => {
  const { state, fields } = call
  const file = await fetchFile(fields.file_url).catch(() => null)
  if (!file) {
    throw new GraphRefusal(
      400,
      389,
      undefined,
      "Unable to fetch video file from URL."
    )
  }
  const video: StoredVideo = {
    id: nextId(state),
    session: nextId(state),
    edge: "videos",
    size: file.body.length,
    body: file.body,
    fields: {},
    finished_at: null,
    error: "",
  }
  state.videos.push(video)
  finishVideo({ ...call, fields: { ...fields, video_id: video.id } }, "videos")
  return jsonReply(200, { id: video.id })
}

const publishVideo =
  (edge: StoredVideo["edge"]) =>
  (call: Call): Reply | Promise<Reply> => {
    requirePage(call)
    if (edge === "videos" && call.fields.file_url) {
      return fetchVideo(call)
    }
    switch (formOf(call).upload_phase) {
      case "start":
        return startVideo(call, edge)
      case "transfer":
        return transfer(call)
      default:
        return finishVideo(call, edge)
    }
  }

/** What the host for uploads does with bytes. */
const receive = (call: Call): Reply => {
  requireToken(call.state, call.host, call.request, "pages_manage_posts")
  const { headers, body } = call.request
  const video = videoOf(call.state, { video_id: call.found[0] })
  if (Number(headers.offset) !== video.body.length) {
    throw new GraphRefusal(400, 100, 1363037, "The offset is wrong.")
  }
  video.size = Number(headers.file_size)
  video.body = Buffer.concat([video.body, body])
  return jsonReply(200, { success: true })
}

/** `GET /{video}?fields=status` */
export const presentVideo = (state: State, video: StoredVideo): Reply => {
  const { id, size, body, finished_at } = video
  const isUploaded = size > 0 && body.length >= size
  const isProcessed =
    finished_at !== null &&
    Date.now() >= finished_at + state.processing_ms.page_video
  const hasFailed = isProcessed && !!video.error
  const processing =
    finished_at === null
      ? "not_started"
      : isProcessed
        ? "complete"
        : "in_progress"
  return jsonReply(200, {
    id,
    status: {
      video_status: hasFailed
        ? "error"
        : isProcessed
          ? "ready"
          : isUploaded
            ? "upload_complete"
            : "uploading",
      uploading_phase: {
        status: isUploaded ? "complete" : "in_progress",
        bytes_transferred: body.length,
      },
      processing_phase: hasFailed
        ? { status: "error", errors: [{ message: video.error }] }
        : { status: processing },
      publishing_phase:
        isProcessed && !hasFailed
          ? { status: "complete", publish_status: "published" }
          : { status: "not_started" },
    },
  })
}

/** Videos of a page: of its feed, reels and stories. */
export const VIDEO_ROUTES: readonly Route[] = [
  [HOST, "POST", PAGE_PATH("videos"), publishVideo("videos")],
  [HOST, "POST", PAGE_PATH("video_reels"), publishVideo("video_reels")],
  [HOST, "POST", PAGE_PATH("video_stories"), publishVideo("video_stories")],
  [HOST, "POST", /^upload\/(\d+)$/, receive],
]
