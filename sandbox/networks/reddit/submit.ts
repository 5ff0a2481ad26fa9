import { jsonReply, type Reply } from "../../http"
import { assetAt } from "./media"
import {
  type Community,
  type Complaint,
  nextId,
  type State,
  type StoredPost,
  USER,
} from "./state"
import { commentThing, permalinkOf } from "./things"

type Fields = {
  get(name: string): string
  has(name: string): boolean
  isTrue(name: string): boolean
}

/** What a form or JSON says, as text. */
export const fieldsOf = (values: Record<string, unknown>): Fields => ({
  get: (name) => String(values[name] ?? ""),
  has: (name) => values[name] !== undefined && values[name] !== "",
  isTrue: (name) => /^(?:true|1|on|yes)$/i.test(String(values[name] ?? "")),
})

const complain = (...errors: Complaint[]): Reply =>
  jsonReply(200, { json: { errors } })

/** A complaint as Reddit makes it now. */
const takeComplaint = (state: State): Reply | null => {
  const complaint = state.complaints.shift()
  return complaint ? complain(complaint) : null
}

const complaintOfCommunity = (
  { type, is_banned, is_moderator, takes, requirements }: Community,
  kind: string,
  fields: Fields
): Complaint | undefined => {
  if (is_banned || (type === "restricted" && !is_moderator)) {
    return ["SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "sr"]
  }
  if (kind === "self" && takes === "link") {
    return ["NO_SELFS", "This community doesn't allow text posts", "sr"]
  }
  if (kind !== "self" && takes === "self") {
    return ["NO_LINKS", "This community only allows text posts", "sr"]
  }
  return requirements.is_flair_required && !fields.has("flair_id")
    ? [
        "SUBMIT_VALIDATION_FLAIR_REQUIRED",
        "Your post must contain post flair.",
        "flair",
      ]
    : undefined
}

const complaintOf = (
  state: State,
  community: Community | undefined,
  kind: string,
  fields: Fields
): Complaint | undefined => {
  if (!fields.has("sr")) {
    return ["BAD_SR_NAME", "that name isn't going to work", "sr"]
  }
  if (!community) {
    return ["SUBREDDIT_NOEXIST", "that subreddit doesn't exist", "sr"]
  }
  if (!fields.get("title").trim()) {
    return ["NO_TEXT", "we need something here", "title"]
  }
  if (Array.from(fields.get("title")).length > 300) {
    return ["TOO_LONG", "this is too long (max: 300)", "title"]
  }
  if (
    !["self", "link", "image", "video", "videogif", "gallery"].includes(kind)
  ) {
    return ["INVALID_OPTION", "that option is not valid", "kind"]
  }
  const url = fields.get("url")
  if (kind === "link" && !/^https?:\/\//.test(url)) {
    return ["NO_URL", "a url is required", "url"]
  }
  if (kind === "video" && !assetAt(state, fields.get("video_poster_url"))) {
    return [
      "MISSING_VIDEO_URLS",
      "This community requires a video link and a post link",
      "url",
    ]
  }
  if (["image", "video", "videogif"].includes(kind) && !assetAt(state, url)) {
    return ["BAD_URL", "you should check that url", "url"]
  }
  const isRepeated = state.posts.some(
    (post) =>
      post.kind === "link" &&
      post.url === url &&
      post.subreddit === community.name
  )
  if (community.once && isRepeated && !fields.isTrue("resubmit")) {
    return [
      "ALREADY_SUB",
      "This community doesn't allow links to be posted more than once, and this link has already been shared",
      "url",
    ]
  }
  return complaintOfCommunity(community, kind, fields)
}

const communityAt = ({ communities }: State, name: string) =>
  communities.find((one) => one.name.toLowerCase() === name.toLowerCase())

const store = (
  state: State,
  community: Community,
  kind: string,
  fields: Fields,
  own: Pick<StoredPost, "files" | "poster">
): StoredPost => {
  const post: StoredPost = {
    id: nextId(state),
    subreddit: community.name,
    kind,
    title: fields.get("title").trim(),
    text: fields.get("text"),
    url: kind === "link" ? fields.get("url") : "",
    flair: fields.get("flair_id") || null,
    nsfw: fields.isTrue("nsfw"),
    spoiler: fields.isTrue("spoiler"),
    send_replies: fields.isTrue("sendreplies"),
    created_utc: Math.floor(Date.now() / 1000),
    listed_at: Date.now() + (own.files.length ? state.processing_ms : 0),
    removed_by_category: null,
    is_deleted: false,
    score: 1,
    upvote_ratio: 1,
    ...own,
  }
  state.posts.push(post)
  return post
}

/** `POST /api/submit`. */
export const submitPost = (
  state: State,
  fields: Fields,
  url: string
): Reply => {
  const kind = fields.get("kind") || "link"
  const community = communityAt(state, fields.get("sr"))
  const complaint = complaintOf(state, community, kind, fields)
  const refused = takeComplaint(state) ?? (complaint && complain(complaint))
  if (refused || !community) {
    return refused ?? complain()
  }
  const asset = assetAt(state, fields.get("url"))
  const hasFile = ["image", "video", "videogif"].includes(kind) && !!asset
  const post = store(state, community, kind, fields, {
    files: hasFile ? [{ asset: asset.id, caption: "", outbound_url: "" }] : [],
    poster: assetAt(state, fields.get("video_poster_url"))?.id ?? null,
  })
  return jsonReply(200, {
    json: {
      errors: [],
      data: hasFile
        ? {
            user_submitted_page: `${url}/user/${USER.name}/submitted/`,
            websocket_url: `wss://ws.simulated.invalid/${asset.key}?m=AQAA`,
          }
        : {
            url: `${url}${permalinkOf(post)}`,
            drafts_count: 0,
            id: post.id,
            name: `t3_${post.id}`,
          },
    },
  })
}

type Item = { media_id?: string; caption?: string; outbound_url?: string }

/** `POST /api/submit_gallery_post.json`, in JSON. */
export const submitGallery = (
  state: State,
  values: Record<string, unknown>,
  url: string
): Reply => {
  const fields = fieldsOf(values)
  const community = communityAt(state, fields.get("sr"))
  const items = (Array.isArray(values.items) ? values.items : []) as Item[]
  const isThere = ({ media_id }: Item) =>
    state.assets.some(({ id, file }) => id === media_id && file)
  const complaint: Complaint | undefined =
    complaintOf(state, community, "gallery", fields) ??
    (community?.galleries
      ? undefined
      : [
          "GALLERIES_DISABLED",
          "Gallery posts aren't allowed in this subreddit",
          "sr",
        ]) ??
    (items.length < 2
      ? ["TOO_SHORT", "List is too short.", "items"]
      : undefined) ??
    (items.every(isThere) ? undefined : ["BAD_IMAGE", "image problem", "items"])
  const refused = takeComplaint(state) ?? (complaint && complain(complaint))
  if (refused || !community) {
    return refused ?? complain()
  }
  const post = store(state, community, "gallery", fields, {
    files: items.map(({ media_id = "", caption = "", outbound_url = "" }) => ({
      asset: media_id,
      caption,
      outbound_url,
    })),
    poster: null,
  })
  return jsonReply(200, {
    json: {
      errors: [],
      data: { url: `${url}${permalinkOf(post)}`, id: `t3_${post.id}` },
    },
  })
}

/** `POST /api/comment`. */
export const addComment = (state: State, fields: Fields): Reply => {
  const refused = takeComplaint(state)
  if (refused) {
    return refused
  }
  const parent = fields.get("thing_id")
  const isThere = [
    ...state.posts.map(({ id, is_deleted }) => ({
      id: `t3_${id}`,
      is_deleted,
    })),
    ...state.comments.map(({ id, is_deleted }) => ({
      id: `t1_${id}`,
      is_deleted,
    })),
  ].some(({ id, is_deleted }) => id === parent && !is_deleted)
  if (!isThere) {
    return complain(["NO_THING_ID", "id not specified", "parent"])
  }
  if (!fields.get("text").trim()) {
    return complain(["NO_TEXT", "we need something here", "text"])
  }
  const comment = {
    id: nextId(state),
    parent,
    text: fields.get("text"),
    created_utc: Math.floor(Date.now() / 1000),
    is_deleted: false,
  }
  state.comments.push(comment)
  return jsonReply(200, {
    json: { errors: [], data: { things: [commentThing(state, comment)] } },
  })
}
