import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import {
  isPublic,
  LOG_ID,
  type PostInfo,
  Refusal,
  type State,
  type StoredPost,
  type Upload,
} from "./state"

const MB = 1024 * 1024

/** A success in TikTok's envelope. */
export const success = (data: object): Reply =>
  jsonReply(200, { data, error: { code: "ok", message: "", log_id: LOG_ID } })

export const invalid = (message: string): Refusal =>
  new Refusal(400, "invalid_params", message)

/** Members that a request may have: what TikTok does not know, a client must not send. */
const MEMBERS: Record<string, readonly string[]> = {
  video: ["post_info", "source_info"],
  inbox: ["source_info"],
  photo: ["media_type", "post_mode", "post_info", "source_info"],
  video_info: [
    ...["title", "privacy_level", "disable_duet", "disable_comment"],
    ...["disable_stitch", "video_cover_timestamp_ms", "is_aigc"],
    ...["brand_content_toggle", "brand_organic_toggle"],
  ],
  photo_info: [
    ...["title", "description", "privacy_level", "disable_comment"],
    ...["auto_add_music", "brand_content_toggle", "brand_organic_toggle"],
  ],
  upload: ["source", "video_size", "chunk_size", "total_chunk_count"],
  photos: ["source", "photo_cover_index", "photo_images"],
}

/** @throws {Refusal} 400 */
export function requireMembers(value: unknown, kind: string): void {
  const unknown = Object.keys((value ?? {}) as object).find(
    (name) => !MEMBERS[kind].includes(name)
  )
  if (unknown) {
    throw invalid(`"${unknown}" is not a member that is known here`)
  }
}

export function readJson<T extends object>({ body }: SimulatorRequest): T {
  try {
    const value: unknown = JSON.parse(body.toString() || "{}")
    if (typeof value === "object" && value !== null) {
      return value as T
    }
  } catch {
    // Falls through to the refusal.
  }
  throw invalid("The request body is not a JSON object")
}

const offeredPrivacy = ({ creator: { is_private } }: State): string[] => [
  is_private ? "FOLLOWER_OF_CREATOR" : "PUBLIC_TO_EVERYONE",
  "MUTUAL_FOLLOW_FRIENDS",
  "SELF_ONLY",
]

/** What keeps the account from posting, for now or for good. */
function requireRoom(state: State, status: number): void {
  if (state.is_banned) {
    throw new Refusal(
      status,
      "spam_risk_user_banned_from_posting",
      "The user is banned from making new posts"
    )
  }
  if (state.posts_left <= 0) {
    throw new Refusal(
      status,
      "spam_risk_too_many_posts",
      "The daily post cap from the API is reached for the current user"
    )
  }
  if (state.users_left <= 0) {
    throw new Refusal(
      status,
      "reached_active_user_cap",
      "The daily quota for active publishing users from your client is reached"
    )
  }
}

/** `POST /v2/post/publish/creator_info/query/`: refuses with HTTP 200. */
export function tellCreator(state: State): Reply {
  requireRoom(state, 200)
  const { creator } = state
  return success({
    creator_avatar_url: "https://p16.tiktokcdn.com/simulated.jpeg",
    creator_username: creator.username,
    creator_nickname: creator.display_name,
    privacy_level_options: offeredPrivacy(state),
    comment_disabled: creator.comment_disabled,
    duet_disabled: creator.duet_disabled || creator.is_private,
    stitch_disabled: creator.stitch_disabled || creator.is_private,
    max_video_post_duration_sec: creator.max_video_post_duration_sec,
  })
}

/** @throws {Refusal} 429 */
export function takeInit(state: State): void {
  if (state.inits_left <= 0) {
    throw new Refusal(
      429,
      "rate_limit_exceeded",
      "Your request is blocked due to exceeding the API rate limit"
    )
  }
  state.inits_left -= 1
}

/** Whether the account may have such a post by this app. */
export function requireAllowed(state: State, info: PostInfo): void {
  requireRoom(state, 403)
  if (!offeredPrivacy(state).includes(info.privacy_level ?? "")) {
    throw new Refusal(
      403,
      "privacy_level_option_mismatch",
      "privacy_level is not specified or not among the options from the privacy_level_options"
    )
  }
  const isAllowed =
    state.audited ||
    (state.creator.is_private && info.privacy_level === "SELF_ONLY")
  if (!isAllowed) {
    throw new Refusal(
      403,
      "unaudited_client_can_only_post_to_private_accounts",
      "Unaudited clients can only post to a private account"
    )
  }
  if (info.brand_content_toggle && info.privacy_level === "SELF_ONLY") {
    throw invalid("Branded content cannot be private")
  }
}

/** @throws {Refusal} 403 */
export function requireInbox(state: State): void {
  if (state.inbox_left <= 0) {
    throw new Refusal(
      403,
      "spam_risk_too_many_pending_share",
      "There may be at most 5 pending shares within any 24-hour period"
    )
  }
  state.inbox_left -= 1
}

export type Source = {
  source?: string
  video_size?: number
  chunk_size?: number
  total_chunk_count?: number
  photo_images?: string[]
  photo_cover_index?: number
}

/** `POST …/video/init/` and `…/inbox/video/init/` */
export function beginVideo(
  state: State,
  request: SimulatorRequest,
  url: string,
  mode: StoredPost["mode"]
): Reply {
  takeInit(state)
  const asked = readJson<{ post_info?: PostInfo; source_info?: Source }>(
    request
  )
  const { post_info = {}, source_info = {} } = asked
  requireMembers(asked, mode === "direct" ? "video" : "inbox")
  requireMembers(post_info, "video_info")
  requireMembers(source_info, "upload")
  if ((post_info.title ?? "").length > 2200) {
    throw invalid("title is longer than 2200")
  }
  const pieces = requirePieces(source_info)
  if (mode === "direct") {
    requireAllowed(state, post_info)
  } else {
    requireInbox(state)
  }
  const post = addPost(state, "video", mode, post_info)
  const id = randomBytes(16).toString("hex")
  state.uploads.set(id, {
    ...pieces,
    publish_id: post.publish_id,
    content_type: "",
    pieces: 0,
    taken: Buffer.alloc(0),
    ends_at: Date.now() + 3_600_000,
  })
  return success({
    publish_id: post.publish_id,
    upload_url: `${url}/video/?upload_id=${id}&upload_token=${randomBytes(9).toString("base64url")}`,
  })
}

function requirePieces(source: Source) {
  const { video_size: size = 0, chunk_size = 0, total_chunk_count = 0 } = source
  const isWhole = total_chunk_count === 1
  const last = size - chunk_size * (total_chunk_count - 1)
  const fits =
    source.source === "FILE_UPLOAD" &&
    size > 0 &&
    total_chunk_count === Math.floor(size / chunk_size) &&
    (isWhole ? size <= 64 * MB : chunk_size >= 5 * MB) &&
    chunk_size <= 64 * MB &&
    last <= 128 * MB
  if (!fits) {
    throw invalid("The total chunk count is invalid")
  }
  return { size, chunk_size, total_chunk_count }
}

const prefixes = {
  video: { direct: "v_pub_file~v2-1.", inbox: "v_inbox_file~v2." },
  photo: { direct: "p_pub_url~v2.", inbox: "p_inbox_url~v2." },
}

/** What TikTok makes of a request that begins a post. */
export function addPost(
  state: State,
  kind: StoredPost["kind"],
  mode: StoredPost["mode"],
  info: PostInfo
): StoredPost {
  state.last_id += 1
  const number = 7_300_000_000_000_000_000n + BigInt(state.last_id)
  const post: StoredPost = {
    publish_id: `${prefixes[kind][mode]}${number}`,
    id: String(number),
    kind,
    mode,
    info,
    addresses: [],
    files: [],
    is_whole: false,
    done_at: Infinity,
    reviewed_at: Infinity,
    fail_reason: null,
    create_time: Math.floor(Date.now() / 1000),
  }
  state.posts.push(post)
  return post
}

/** All of it has come: now it is worked on. */
export function finish(state: State, post: StoredPost): void {
  post.is_whole = true
  post.done_at = Date.now() + state.processing_ms
  post.reviewed_at = post.done_at + state.review_ms
  post.fail_reason = state.fates.shift()?.fail_reason ?? null
  if (post.mode === "direct") {
    state.posts_left -= 1
  }
}

const plain = (status: number, upload?: Upload): Reply => ({
  status,
  headers: upload
    ? { "content-range": `bytes 0-${upload.taken.length}/${upload.size}` }
    : {},
  body: "",
})

/** `PUT` to an upload's address: the next piece of the file. */
export function takePiece(state: State, request: SimulatorRequest): Reply {
  const { headers, body, url } = request
  const upload = state.uploads.get(url.searchParams.get("upload_id") ?? "")
  if (!upload) {
    return plain(404)
  }
  if (upload.ends_at <= Date.now()) {
    return plain(403)
  }
  const [, start, end, size] =
    /^bytes (\d+)-(\d+)\/(\d+)$/
      .exec(String(headers["content-range"]))
      ?.map(Number) ?? []
  const isVideo = /^video\/(?:mp4|quicktime|webm)$/.test(
    headers["content-type"] ?? ""
  )
  if (!isVideo || size !== upload.size || end - start + 1 !== body.length) {
    return plain(400)
  }
  const isLast = upload.pieces === upload.total_chunk_count - 1
  const wanted = isLast ? upload.size - upload.taken.length : upload.chunk_size
  if (start !== upload.taken.length || body.length !== wanted) {
    return plain(416, upload)
  }
  upload.taken = Buffer.concat([upload.taken, body])
  upload.pieces += 1
  upload.content_type = headers["content-type"] ?? ""
  if (!isLast) {
    return plain(206, upload)
  }
  const post = state.posts.find(
    ({ publish_id }) => publish_id === upload.publish_id
  )
  if (post) {
    post.files = [{ content_type: upload.content_type, body: upload.taken }]
    finish(state, post)
  }
  return plain(201, upload)
}

/** `POST /v2/post/publish/status/fetch/`, with ids as the numbers that TikTok writes. */
export function tellStatus(state: State, request: SimulatorRequest): Reply {
  const { publish_id } = readJson<{ publish_id?: string }>(request)
  const post = state.posts.find((one) => one.publish_id === publish_id)
  if (!post) {
    throw new Refusal(
      400,
      "invalid_publish_id",
      "The publish_id does not exist"
    )
  }
  const upload = [...state.uploads.values()].find(
    (one) => one.publish_id === publish_id
  )
  const data = JSON.stringify({
    status: statusOf(post),
    ...(statusOf(post) === "FAILED" && { fail_reason: post.fail_reason }),
    ...(upload && state.tells_bytes && { uploaded_bytes: upload.taken.length }),
    publicaly_available_post_id: isPublic(post) ? ["ID"] : [],
  }).replace('"ID"', post.id)
  return {
    ...success({}),
    body: `{"data":${data},"error":{"code":"ok","message":"","log_id":"${LOG_ID}"}}`,
  }
}

function statusOf(post: StoredPost): string {
  if (!post.is_whole || Date.now() < post.done_at) {
    return post.kind === "video" ? "PROCESSING_UPLOAD" : "PROCESSING_DOWNLOAD"
  }
  if (post.fail_reason) {
    return "FAILED"
  }
  return post.mode === "inbox" ? "SEND_TO_USER_INBOX" : "PUBLISH_COMPLETE"
}
