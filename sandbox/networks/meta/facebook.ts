import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import { makeToken, requireToken } from "./oauth"
import { type Call, figures, type Route, unknownObject } from "./route"
import {
  ADA,
  GraphRefusal,
  INSTAGRAM,
  nextId,
  PAGE,
  type State,
  type StoredFile,
  type StoredPost,
  type StoredVideo,
} from "./state"

const HOST = ["facebook"] as const

const fileIn = (request: SimulatorRequest, name: string): StoredFile | null => {
  const type = request.headers["content-type"] ?? ""
  const part = readForm(request.body, type).find((one) => one.name === name)
  return part
    ? { content_type: part.content_type, body: part.body, alt_text: null }
    : null
}

/** The fields of a form with files, besides what was in the query. */
const formOf = ({ request, fields }: Call): Record<string, string> => ({
  ...fields,
  ...Object.fromEntries(
    readForm(request.body, request.headers["content-type"] ?? "")
      .filter(({ filename }) => filename === null)
      .map(({ name, body }) => [name, body.toString()])
  ),
})

/** Pages publish with a token of their own. */
const requirePage = ({ state, host, request }: Call): void => {
  const token = requireToken(state, host, request, "pages_manage_posts")
  if (token.kind !== "page") {
    throw new GraphRefusal(
      403,
      200,
      undefined,
      "(#200) This action requires a page access token."
    )
  }
}

const addPost = (
  state: State,
  own: Partial<StoredPost> & Pick<StoredPost, "kind">
): StoredPost => {
  const post: StoredPost = {
    id: `${PAGE.id}_${nextId(state)}`,
    network: "facebook",
    text: "",
    link: null,
    files: [],
    fields: {},
    reply_to: null,
    made_of: [],
    created_at: new Date().toISOString(),
    ...own,
  }
  state.posts.push(post)
  return post
}

const photosIn = (state: State, ids: readonly string[]): StoredFile[] =>
  ids.map((id) => {
    const photo = state.photos.find((one) => one.id === id)
    if (!photo) {
      throw unknownObject(id)
    }
    return photo.file
  })

const addPhoto = (call: Call): Reply => {
  requirePage(call)
  const file = fileIn(call.request, "source")
  if (!file || !["image/jpeg", "image/png"].includes(file.content_type)) {
    throw new GraphRefusal(
      400,
      324,
      1366046,
      "Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG or PNG."
    )
  }
  const { alt_text_custom } = formOf(call)
  const id = nextId(call.state)
  call.state.photos.push({
    id,
    file: { ...file, alt_text: alt_text_custom ?? null },
  })
  return jsonReply(200, { id })
}

const addFeedPost = (call: Call): Reply => {
  requirePage(call)
  const { message = "", link, attached_media } = call.fields
  const photos = JSON.parse(attached_media ?? "[]") as { media_fbid: string }[]
  if (!message && !link && !photos.length) {
    throw new GraphRefusal(400, 100, undefined, "(#100) The post is empty.")
  }
  const ids = photos.map(({ media_fbid }) => media_fbid)
  const { id } = addPost(call.state, {
    kind: "feed",
    text: message,
    link: link ?? null,
    files: photosIn(call.state, ids),
    fields: call.fields,
    made_of: ids,
  })
  return jsonReply(200, { id })
}

const presentFeed = ({ state, url }: Call): Reply =>
  jsonReply(200, {
    data: state.posts
      .filter(({ network, kind }) => network === "facebook" && kind === "feed")
      .reverse()
      .map(({ id, text, made_of, created_at }) => ({
        id,
        ...(text && { message: text }),
        created_time: created_at.replace("Z", "+0000"),
        permalink_url: `${url}/posts/${id}`,
        ...(made_of.length && {
          attachments: {
            data: [
              {
                media_type: "album",
                subattachments: {
                  data: made_of.map((target) => ({ target: { id: target } })),
                },
              },
            ],
          },
        }),
      })),
  })

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
    is_finished: false,
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
  if (video.is_finished) {
    throw new GraphRefusal(400, 100, 1363041, "The upload is finished already.")
  }
  video.is_finished = true
  video.fields = fields
  const isStory = edge === "video_stories"
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

const publishVideo =
  (edge: StoredVideo["edge"]) =>
  (call: Call): Reply => {
    requirePage(call)
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
export const presentVideo = (video: StoredVideo): Reply => {
  const isUploaded = video.size > 0 && video.body.length >= video.size
  const done = video.is_finished ? "complete" : "not_started"
  return jsonReply(200, {
    id: video.id,
    status: {
      video_status: video.is_finished
        ? "ready"
        : isUploaded
          ? "upload_complete"
          : "uploading",
      uploading_phase: {
        status: isUploaded ? "complete" : "in_progress",
        bytes_transferred: video.body.length,
      },
      processing_phase: { status: done },
      publishing_phase: {
        status: done,
        ...(video.is_finished && { publish_status: "published" }),
      },
    },
  })
}

/** One token for each person's, as long as there is a page. */
const pageToken = (state: State, scopes: string[]): string => {
  const known = [...state.tokens].find(
    ([, { kind, is_revoked }]) => kind === "page" && !is_revoked
  )
  return known?.[0] ?? makeToken(state, "facebook", "page", scopes, null)
}

const PAGE_PATH = (edge: string): RegExp => new RegExp(`^${PAGE.id}/${edge}$`)

/** A page of Facebook's, and who manages it. */
export const FACEBOOK_ROUTES: readonly Route[] = [
  [
    HOST,
    "GET",
    /^me$/,
    ({ state, host, request }) => {
      requireToken(state, host, request)
      return jsonReply(200, ADA)
    },
  ],
  [
    HOST,
    "DELETE",
    /^me\/permissions$/,
    ({ state, host, request }) => {
      requireToken(state, host, request)
      for (const token of state.tokens.values()) {
        token.is_revoked ||= token.host === "facebook"
      }
      return jsonReply(200, { success: true })
    },
  ],
  [
    HOST,
    "GET",
    /^me\/accounts$/,
    ({ state, host, request }) => {
      const { scopes } = requireToken(state, host, request, "pages_show_list")
      return jsonReply(200, {
        data: [
          {
            ...PAGE,
            link: `https://www.facebook.com/${PAGE.username}`,
            access_token: pageToken(state, scopes),
            tasks: ["CREATE_CONTENT", "MANAGE"],
            instagram_business_account: { ...INSTAGRAM, name: PAGE.name },
          },
        ],
        paging: { cursors: { before: "a", after: "b" } },
      })
    },
  ],
  [
    HOST,
    "GET",
    new RegExp(`^${PAGE.id}$`),
    ({ state, host, request }) => {
      requireToken(state, host, request)
      return jsonReply(200, { ...PAGE, followers_count: 512 })
    },
  ],
  [
    HOST,
    "GET",
    PAGE_PATH("insights"),
    ({ request }) => figures(request.url.searchParams.get("metric") ?? ""),
  ],
  [HOST, "POST", PAGE_PATH("photos"), addPhoto],
  [HOST, "POST", PAGE_PATH("feed"), addFeedPost],
  [
    HOST,
    "GET",
    PAGE_PATH("feed"),
    (call) => {
      requireToken(call.state, call.host, call.request, "pages_read_engagement")
      return presentFeed(call)
    },
  ],
  [HOST, "POST", PAGE_PATH("videos"), publishVideo("videos")],
  [HOST, "POST", PAGE_PATH("video_reels"), publishVideo("video_reels")],
  [HOST, "POST", PAGE_PATH("video_stories"), publishVideo("video_stories")],
  [HOST, "POST", /^upload\/(\d+)$/, receive],
  [
    HOST,
    "POST",
    PAGE_PATH("photo_stories"),
    (call) => {
      requirePage(call)
      const { photo_id } = call.fields
      const post = addPost(call.state, {
        kind: "story",
        files: photosIn(call.state, [photo_id]),
        fields: call.fields,
        made_of: [photo_id],
      })
      return jsonReply(200, { success: true, post_id: post.id })
    },
  ],
  [
    HOST,
    "GET",
    PAGE_PATH("stories"),
    (call) => {
      requireToken(call.state, call.host, call.request, "pages_read_engagement")
      const stories = call.state.posts.filter(
        ({ network, kind }) => network === "facebook" && kind === "story"
      )
      return jsonReply(200, {
        data: stories.reverse().map(({ id, made_of: [media] }) => ({
          post_id: id,
          status: "PUBLISHED",
          media_id: media,
          url: `${call.url}/posts/${id}`,
        })),
      })
    },
  ],
]
