import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { PLAYLIST_ITEM, readJson, VIDEO } from "./body"
import { CHANNEL, Refusal, type State, type StoredVideo } from "./state"

const PRIVACY = ["public", "unlisted", "private"]

/** @throws {Refusal} 403 when the day's units are used up */
export function spend(state: State, units: number): void {
  if (state.units.used + units > state.units.limit) {
    throw new Refusal(
      403,
      "quotaExceeded",
      "The request cannot be completed because you have exceeded your quota.",
      { domain: "youtube.quota" }
    )
  }
  state.units.used += units
}

const invalid = (reason: string, message: string) =>
  new Refusal(400, reason, message, { domain: "youtube.video" })

/** What comes with a request, as far as it is read. */
type Body = {
  id?: string
  snippet?: Partial<StoredVideo["snippet"]> & {
    playlistId?: string
    resourceId?: { kind?: string; videoId?: string }
  }
  status?: Partial<StoredVideo["status"]>
}

const readVideo = (body: Buffer): Body => readJson<Body>(body, VIDEO)

const lengthOfTags = (tags: string[]): number =>
  tags.join(",").length + tags.filter((tag) => tag.includes(" ")).length * 2

/**
 * Snippet and status of a video as they are sent.
 *
 * @throws {Refusal} 400 for what YouTube does not take
 */
export function readFacts(
  body: Buffer
): Pick<StoredVideo, "snippet" | "status"> {
  const { snippet = {}, status = {} } = readVideo(body)
  const { title = "", description = "", tags = [] } = snippet
  if (!title || title.length > 100 || /[<>]/.test(title)) {
    throw invalid(
      "invalidTitle",
      "The request metadata specifies an invalid or empty video title."
    )
  }
  if (Buffer.byteLength(description) > 5000 || /[<>]/.test(description)) {
    throw invalid(
      "invalidDescription",
      "The request metadata specifies an invalid video description."
    )
  }
  if (lengthOfTags(tags) > 500) {
    throw invalid(
      "invalidTags",
      "The request metadata specifies invalid video keywords."
    )
  }
  if (
    snippet.categoryId &&
    !CATEGORIES.some(isAssignable(snippet.categoryId))
  ) {
    throw invalid(
      "invalidCategoryId",
      "The snippet.categoryId property specifies an invalid category ID."
    )
  }
  if (!PRIVACY.includes(status.privacyStatus ?? "public")) {
    throw invalid("invalidVideoMetadata", "The request metadata is invalid.")
  }
  return {
    snippet: {
      ...snippet,
      title,
      description,
      categoryId: snippet.categoryId ?? "22",
      publishedAt: new Date().toISOString(),
    },
    status: {
      embeddable: true,
      license: "youtube",
      ...status,
      privacyStatus: status.privacyStatus ?? "public",
    },
  }
}

const isAssignable = (id: string) => (category: (typeof CATEGORIES)[number]) =>
  category.id === id && category.assignable

export const CATEGORIES = [
  { id: "1", title: "Film & Animation", assignable: true },
  { id: "22", title: "People & Blogs", assignable: true },
  { id: "26", title: "Howto & Style", assignable: true },
  { id: "30", title: "Movies", assignable: false },
]

export function statusOf({ processed_at, fate, status }: StoredVideo): object {
  return {
    publicStatsViewable: true,
    ...status,
    madeForKids: status.selfDeclaredMadeForKids ?? false,
    ...(processed_at > Date.now() ? { uploadStatus: "uploaded" } : fate),
  }
}

/** A video as the API shows it, with all that it has. */
export function presentVideo(
  video: StoredVideo,
  url: string
): Record<string, unknown> {
  const isProcessed = video.processed_at <= Date.now()
  return {
    kind: "youtube#video",
    etag: `"${video.id}"`,
    id: video.id,
    snippet: {
      ...video.snippet,
      channelId: CHANNEL.id,
      channelTitle: CHANNEL.title,
      thumbnails: { default: { url: `${url}/covers/${video.id}` } },
      liveBroadcastContent: "none",
    },
    status: statusOf(video),
    processingDetails: {
      processingStatus: isProcessed ? "succeeded" : "processing",
      ...(!isProcessed && {
        processingProgress: { partsTotal: "1000", partsProcessed: "400" },
      }),
    },
    fileDetails: { fileSize: String(video.file.length) },
    statistics: {
      viewCount: String(video.views),
      likeCount: "3",
      favoriteCount: "0",
      commentCount: "1",
    },
  }
}

/** `GET /youtube/v3/videos` */
export function listVideos(
  state: State,
  { url: asked }: SimulatorRequest,
  url: string
): Reply {
  spend(state, 1)
  const [ids, parts] = ["id", "part"].map((name) =>
    asked.searchParams.getAll(name).join(",").split(",")
  )
  const items = state.videos
    .filter(({ id }) => ids.includes(id))
    .map((video) => {
      const shown = presentVideo(video, url)
      return Object.fromEntries(
        Object.entries(shown).filter(
          ([name]) =>
            ["kind", "etag", "id"].includes(name) || parts.includes(name)
        )
      )
    })
  return jsonReply(200, {
    kind: "youtube#videoListResponse",
    items,
    pageInfo: { totalResults: items.length, resultsPerPage: items.length },
  })
}

const findVideo = (state: State, id: unknown): StoredVideo => {
  const video = state.videos.find((one) => one.id === id)
  if (!video) {
    throw new Refusal(
      404,
      "videoNotFound",
      "The video that you are trying to update cannot be found.",
      { domain: "youtube.video" }
    )
  }
  return video
}

/** `PUT /youtube/v3/videos`: what is not named is gone. */
export function updateVideo(
  state: State,
  { body }: SimulatorRequest,
  url: string
): Reply {
  spend(state, 50)
  const { id, snippet } = readVideo(body)
  const video = findVideo(state, id)
  if (!snippet?.categoryId) {
    throw invalid(
      "invalidCategoryId",
      "The snippet.categoryId property specifies an invalid category ID."
    )
  }
  const facts = readFacts(body)
  video.snippet = {
    ...facts.snippet,
    publishedAt: video.snippet.publishedAt,
  }
  video.status = {
    ...facts.status,
    // A project that has not passed the audit shows nothing to anybody.
    ...(!state.audited && { privacyStatus: "private" }),
  }
  return jsonReply(200, presentVideo(video, url))
}

/** `DELETE /youtube/v3/videos` */
export function deleteVideo(state: State, { url }: SimulatorRequest): Reply {
  spend(state, 50)
  const video = findVideo(state, url.searchParams.get("id"))
  state.videos = state.videos.filter((one) => one !== video)
  for (const playlist of state.playlists) {
    playlist.videos = playlist.videos.filter((id) => id !== video.id)
  }
  return { status: 204, headers: {}, body: "" }
}

const MAX_COVER_BYTES = 2_097_152

/** `POST /upload/youtube/v3/thumbnails/set` */
export function setCover(
  state: State,
  { url: asked, headers, body }: SimulatorRequest,
  url: string
): Reply {
  spend(state, 50)
  const video = findVideo(state, asked.searchParams.get("videoId"))
  const content_type = String(headers["content-type"] ?? "")
  if (!state.verified) {
    throw new Refusal(
      403,
      "forbidden",
      "The authenticated user doesn't have permissions to upload and set custom video thumbnails.",
      { domain: "youtube.thumbnail" }
    )
  }
  if (
    !/^image\/(?:jpeg|png)$/.test(content_type) ||
    !body.length ||
    body.length > MAX_COVER_BYTES
  ) {
    throw new Refusal(400, "invalidImage", "The provided image is invalid.", {
      domain: "youtube.thumbnail",
    })
  }
  video.cover = { content_type, file: body }
  return jsonReply(200, {
    kind: "youtube#thumbnailSetResponse",
    items: [{ default: { url: `${url}/covers/${video.id}` } }],
  })
}

/** `GET /youtube/v3/playlistItems`, of a playlist or of the channel's uploads. */
export function listItems(
  state: State,
  { url }: SimulatorRequest,
  uploads: string
): Reply {
  spend(state, 1)
  const { searchParams } = url
  const playlistId = searchParams.get("playlistId")
  const videoId = searchParams.get("videoId")
  const ids =
    playlistId === uploads
      ? state.videos.map(({ id }) => id).reverse()
      : findPlaylist(state, playlistId).videos
  return jsonReply(200, {
    kind: "youtube#playlistItemListResponse",
    items: ids
      .filter((id) => !videoId || id === videoId)
      .slice(0, Number(searchParams.get("maxResults") ?? 5))
      .map((id) => ({
        kind: "youtube#playlistItem",
        id: `${playlistId}.${id}`,
        contentDetails: { videoId: id },
      })),
  })
}

const findPlaylist = (state: State, id: unknown) => {
  const playlist = state.playlists.find((one) => one.id === id)
  if (!playlist) {
    throw new Refusal(
      404,
      "playlistNotFound",
      "The playlist identified with the request's playlistId parameter cannot be found.",
      { domain: "youtube.playlistItem" }
    )
  }
  return playlist
}

/** `POST /youtube/v3/playlistItems`: as often as it is asked to. */
export function addItem(state: State, { body }: SimulatorRequest): Reply {
  spend(state, 50)
  const { snippet } = readJson<Body>(body, PLAYLIST_ITEM)
  const playlist = findPlaylist(state, snippet?.playlistId)
  const video = findVideo(state, snippet?.resourceId?.videoId)
  if (snippet?.resourceId?.kind !== "youtube#video") {
    throw new Refusal(400, "invalidResourceType", "Invalid resource type.", {
      domain: "youtube.playlistItem",
    })
  }
  playlist.videos.push(video.id)
  return jsonReply(200, {
    kind: "youtube#playlistItem",
    id: `${playlist.id}.${video.id}`,
    snippet,
  })
}
