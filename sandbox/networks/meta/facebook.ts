import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import type { SimulatorRequest } from "../simulator"
import { fetchFile } from "./containers"
import { makeToken, requireToken } from "./oauth"
import { type Call, figures, pageOf, type Route, unknownObject } from "./route"
import {
  ADA,
  GraphRefusal,
  INSTAGRAM,
  nextId,
  PAGE,
  type State,
  type StoredFile,
  type StoredPost,
} from "./state"

export const HOST = ["facebook"] as const

export const fileIn = (
  request: SimulatorRequest,
  name: string
): StoredFile | null => {
  const type = request.headers["content-type"] ?? ""
  const part = readForm(request.body, type).find((one) => one.name === name)
  return part
    ? { content_type: part.content_type, body: part.body, alt_text: null }
    : null
}

/** The fields of a form with files, besides what was in the query. */
export const formOf = ({ request, fields }: Call): Record<string, string> => ({
  ...fields,
  ...Object.fromEntries(
    readForm(request.body, request.headers["content-type"] ?? "")
      .filter(({ filename }) => filename === null)
      .map(({ name, body }) => [name, body.toString()])
  ),
})

/** Pages publish with a token of their own. */
export const requirePage = (
  { state, host, request }: Call,
  scope = "pages_manage_posts"
): void => {
  const token = requireToken(state, host, request, scope)
  if (token.kind !== "page") {
    throw new GraphRefusal(
      403,
      200,
      undefined,
      "(#200) This action requires a page access token."
    )
  }
}

export const addPost = (
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

/** `POST /{page}/photos`: with the file, or with its address, which is fetched. */
const addPhoto = async (call: Call): Promise<Reply> => {
  requirePage(call)
  const { alt_text_custom, caption, published, url } = formOf(call)
  const file = url
    ? await fetchFile(url).catch(() => null)
    : fileIn(call.request, "source")
  if (!file || !["image/jpeg", "image/png"].includes(file.content_type)) {
    throw new GraphRefusal(
      400,
      324,
      1366046,
      "Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG or PNG."
    )
  }
  const id = nextId(call.state)
  const photo = { ...file, alt_text: alt_text_custom ?? null }
  call.state.photos.push({ id, file: photo })
  if (published === "false") {
    return jsonReply(200, { id })
  }
  const post = addPost(call.state, {
    kind: "feed",
    text: caption ?? "",
    files: [photo],
    made_of: [id],
  })
  return jsonReply(200, { id, post_id: post.id })
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

const presentFeed = (call: Call): Reply =>
  pageOf(
    call,
    call.state.posts
      .filter(({ network, kind }) => network === "facebook" && kind === "feed")
      .reverse(),
    ({ id, text, made_of, created_at }) => ({
      id,
      ...(text && { message: text }),
      created_time: created_at.replace("Z", "+0000"),
      permalink_url: `${call.url}/posts/${id}`,
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
    })
  )

/** One token for each person's, as long as there is a page. */
const pageToken = (state: State, scopes: string[]): string => {
  const known = [...state.tokens].find(
    ([, { kind, is_revoked }]) => kind === "page" && !is_revoked
  )
  return known?.[0] ?? makeToken(state, "facebook", "page", scopes, null)
}

export const PAGE_PATH = (edge: string): RegExp =>
  new RegExp(`^${PAGE.id}/${edge}$`)

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
  [
    HOST,
    "GET",
    PAGE_PATH("subscribed_apps"),
    (call) => {
      requirePage(call, "pages_manage_metadata")
      const { apps, subscribed_fields } = call.state
      const app = { id: apps.facebook.id, name: "Your app", subscribed_fields }
      return jsonReply(200, { data: subscribed_fields.length ? [app] : [] })
    },
  ],
  [
    HOST,
    "POST",
    PAGE_PATH("subscribed_apps"),
    (call) => {
      requirePage(call, "pages_manage_metadata")
      call.state.subscribed_fields = call.fields.subscribed_fields.split(",")
      return jsonReply(200, { success: true })
    },
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
      return pageOf(call, stories.reverse(), ({ id, made_of: [media] }) => ({
        post_id: id,
        status: "PUBLISHED",
        media_id: media,
        url: `${call.url}/posts/${id}`,
      }))
    },
  ],
]
