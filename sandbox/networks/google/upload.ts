import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import { nextVideoId, Refusal, type Session, type State } from "./state"
import { presentVideo, readFacts, spend } from "./videos"

/** What has arrived of a file is kept in multiples of this, in bytes. */
const GRAIN = 256 * 1024

const incomplete = ({ taken }: Session): Reply => ({
  status: 308,
  headers: {
    "content-type": "text/plain",
    ...(taken.length > 0 && { range: `bytes=0-${taken.length - 1}` }),
  },
  body: "",
})

const headerOf = ({ headers }: SimulatorRequest, name: string): string =>
  String(headers[name] ?? "")

/** @throws {Refusal} 400 when the channel has no room for another video today */
function requireRoom({ uploads }: State): void {
  if (uploads.used >= uploads.limit) {
    throw new Refusal(
      400,
      "uploadLimitExceeded",
      "The user has exceeded the number of videos they may upload.",
      { domain: "youtube.video" }
    )
  }
}

/** @throws {Refusal} 400 for what is no video */
function requireVideo(content_type: string, size: number): void {
  if (!/^(?:video\/|application\/octet-stream)/.test(content_type) || !size) {
    throw new Refusal(
      400,
      "badContent",
      `Media type '${content_type}' is not supported. Valid media types: [video/*, application/octet-stream]`
    )
  }
}

const notifies = ({ url }: SimulatorRequest): boolean =>
  url.searchParams.get("notifySubscribers") !== "false"

/** `POST /upload/youtube/v3/videos?uploadType=multipart`: all in one request. */
function takeWhole(
  state: State,
  request: SimulatorRequest,
  url: string
): Reply {
  const [about, file] = readForm(
    request.body,
    headerOf(request, "content-type")
  )
  requireVideo(file?.content_type ?? "", file?.body.length ?? 0)
  const facts = readFacts(about.body)
  requireRoom(state)
  const video = makeVideo(state, {
    facts,
    content_type: file.content_type,
    size: file.body.length,
    notify: notifies(request),
    taken: file.body,
    video_id: null,
  })
  return jsonReply(200, presentVideo(video, url))
}

/** `POST /upload/youtube/v3/videos` */
export function beginUpload(
  state: State,
  request: SimulatorRequest,
  url: string
): Reply {
  const type = request.url.searchParams.get("uploadType")
  if (type === "multipart") {
    return takeWhole(state, request, url)
  }
  if (type !== "resumable") {
    throw new Refusal(
      400,
      "mediaBodyRequired",
      "The request does not include the video content.",
      { domain: "youtube.video" }
    )
  }
  const size = Number(headerOf(request, "x-upload-content-length"))
  const content_type = headerOf(request, "x-upload-content-type")
  requireVideo(content_type, size)
  const facts = readFacts(request.body)
  requireRoom(state)
  const id = randomBytes(24).toString("base64url")
  state.sessions.set(id, {
    facts,
    content_type,
    size,
    notify: notifies(request),
    taken: Buffer.alloc(0),
    video_id: null,
  })
  return {
    status: 200,
    headers: {
      location: `${url}/upload/youtube/v3/videos?uploadType=resumable&upload_id=${id}`,
    },
    body: "",
  }
}

/** `PUT` to a session's address: a piece of the file, or the question how much is there. */
export function takePiece(
  state: State,
  request: SimulatorRequest,
  url: string
): Reply {
  const session = state.sessions.get(
    request.url.searchParams.get("upload_id") ?? ""
  )
  if (!session) {
    return { status: 404, headers: {}, body: "Not Found" }
  }
  const made = state.videos.find(({ id }) => id === session.video_id)
  if (made) {
    return jsonReply(200, presentVideo(made, url))
  }
  const range = headerOf(request, "content-range")
  if (range === `bytes */${session.size}`) {
    return incomplete(session)
  }
  const [, start, end, size] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range)?.map(Number) ??
    (range ? [] : [0, 0, request.body.length - 1, request.body.length])
  if (
    start !== session.taken.length ||
    size !== session.size ||
    end - start + 1 !== request.body.length
  ) {
    return {
      status: 400,
      headers: {},
      body: "Invalid request. The number of bytes uploaded is required to be equal or greater than 262144, except for the final request.",
    }
  }
  const all = session.taken.length
    ? Buffer.concat([session.taken, request.body])
    : request.body
  const isWhole = all.length === session.size
  session.taken = isWhole
    ? all
    : all.subarray(0, Math.floor(all.length / GRAIN) * GRAIN)
  return isWhole
    ? jsonReply(200, presentVideo(makeVideo(state, session), url))
    : incomplete(session)
}

function makeVideo(state: State, session: Session) {
  spend(state, 1)
  state.uploads.used += 1
  const id = nextVideoId(state)
  session.video_id = id
  const video = {
    id,
    ...session.facts,
    content_type: session.content_type,
    file: session.taken,
    processed_at: Date.now() + state.processing_ms,
    fate: state.fates.shift() ?? ({ uploadStatus: "processed" } as const),
    notified: session.notify,
    cover: null,
    views: 0,
  }
  state.videos.push(video)
  return video
}
