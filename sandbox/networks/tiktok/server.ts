import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  askConsent,
  decide,
  giveToken,
  grantTokens,
  requireScope,
  revokeToken,
} from "./oauth"
import { overview } from "./page"
import { beginPhotos } from "./photos"
import {
  beginVideo,
  readJson,
  success,
  takePiece,
  tellCreator,
  tellStatus,
} from "./posting"
import {
  isOut,
  isPublic,
  newState,
  Refusal,
  type State,
  type StoredPost,
} from "./state"

export type TikTokSimulator = Simulator & {
  /** What there is, and how TikTok behaves: tests may change it. */
  state: State
  /** The posts that are out, whoever can see them, oldest first. */
  posts(): StoredPost[]
  /** What lies in the account's inbox. */
  inbox(): StoredPost[]
  /** Tokens as a person's consent brings them. */
  makeTokens(scopes?: readonly string[]): {
    access_token: string
    refresh_token: string
  }
  /** Makes everything new. */
  reset(): void
}

type Call = { state: State; request: SimulatorRequest; url: string; id: string }

type Route = [
  method: string,
  path: RegExp,
  handler: (call: Call) => Reply | Promise<Reply>,
  /** Of which one is needed. */
  scopes?: string[],
]

const ALL_SCOPES = [
  "user.info.basic",
  "user.info.profile",
  "user.info.stats",
  "video.list",
  "video.publish",
  "video.upload",
]

/** The beginning of a JPEG: nobody looks further here. */
const SAMPLE = Buffer.from([0xff, 0xd8, 0xff, 0xd9])

const form = ({ body }: SimulatorRequest): URLSearchParams =>
  new URLSearchParams(body.toString())

const PUBLISH = ["video.publish"]
const EITHER = ["video.publish", "video.upload"]

const ROUTES: Route[] = [
  [
    "GET",
    /^\/(?:@\w+\/(?:video|photo)\/\d+)?$/,
    ({ state }) => overview(state),
  ],
  ["GET", /^\/files\/(\d+\/\d+)$/, showFile],
  [
    "GET",
    /^\/(?:avatar|sample)\.jpeg$/,
    () => ({
      status: 200,
      headers: { "content-type": "image/jpeg" },
      body: SAMPLE,
    }),
  ],
  [
    "GET",
    /^\/v2\/auth\/authorize\/$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/v2\/auth\/consent\/([\w-]+)$/,
    ({ state, id, request }) => decide(state, id, form(request)),
  ],
  [
    "POST",
    /^\/v2\/oauth\/token\/$/,
    ({ state, request }) => giveToken(state, form(request)),
  ],
  [
    "POST",
    /^\/v2\/oauth\/revoke\/$/,
    ({ state, request }) => revokeToken(state, form(request)),
  ],
  ["GET", /^\/v2\/user\/info\/$/, showUser, ["user.info.basic"]],
  [
    "POST",
    /^\/v2\/post\/publish\/creator_info\/query\/$/,
    ({ state }) => tellCreator(state),
    PUBLISH,
  ],
  [
    "POST",
    /^\/v2\/post\/publish\/video\/init\/$/,
    ({ state, request, url }) => beginVideo(state, request, url, "direct"),
    PUBLISH,
  ],
  [
    "POST",
    /^\/v2\/post\/publish\/inbox\/video\/init\/$/,
    ({ state, request, url }) => beginVideo(state, request, url, "inbox"),
    ["video.upload"],
  ],
  [
    "POST",
    /^\/v2\/post\/publish\/content\/init\/$/,
    ({ state, request }) => beginPhotos(state, request),
    EITHER,
  ],
  [
    "POST",
    /^\/v2\/post\/publish\/status\/fetch\/$/,
    ({ state, request }) => tellStatus(state, request),
    EITHER,
  ],
  ["PUT", /^\/video\/$/, ({ state, request }) => takePiece(state, request)],
  ["POST", /^\/v2\/video\/list\/$/, listVideos, ["video.list"]],
  ["POST", /^\/v2\/video\/query\/$/, queryVideos, ["video.list"]],
]

function showFile({ state, id }: Call): Reply {
  const [post_id, index] = id.split("/")
  const file = state.posts.find((post) => post.id === post_id)?.files[
    Number(index)
  ]
  return file
    ? {
        status: 200,
        headers: { "content-type": file.content_type },
        body: file.body,
      }
    : { status: 404, headers: {}, body: "" }
}

const fieldsOf = ({ url }: SimulatorRequest): string[] => {
  const fields = (url.searchParams.get("fields") ?? "").split(",")
  if (!fields.some(Boolean)) {
    throw new Refusal(400, "invalid_params", "Fields is required")
  }
  return fields
}

/** The members that were asked for, of those that there are. */
function pick(
  all: Record<string, unknown>,
  fields: string[]
): Record<string, unknown> {
  const unknown = fields.find((field) => !(field in all))
  if (unknown) {
    throw new Refusal(400, "invalid_params", `Unknown field ${unknown}`)
  }
  return Object.fromEntries(fields.map((field) => [field, all[field]]))
}

const OF_PROFILE = ["username", "profile_deep_link", "is_verified"]
const OF_STATS = ["follower_count", "likes_count", "video_count"]

function showUser({ state, request, url }: Call): Reply {
  const fields = fieldsOf(request)
  const needs = [
    [OF_PROFILE, "user.info.profile"],
    [OF_STATS, "user.info.stats"],
  ] as const
  for (const [names, scope] of needs) {
    if (fields.some((field) => names.includes(field))) {
      requireScope(state, request, scope)
    }
  }
  const { open_id, username, display_name } = state.creator
  return success({
    user: pick(
      {
        open_id,
        union_id: "simulated-union",
        avatar_url: `${url}/avatar.jpeg`,
        display_name,
        username,
        profile_deep_link: `${url}/@${username}`,
        is_verified: false,
        follower_count: 128,
        likes_count: 4200,
        video_count: state.posts.filter(isPublic).length,
      },
      fields
    ),
  })
}

const present = ({ state, url }: Call, post: StoredPost, fields: string[]) =>
  pick(
    {
      id: post.id,
      create_time: post.create_time,
      title: post.info.title ?? "",
      video_description: post.info.description ?? post.info.title ?? "",
      share_url: `${url}/@${state.creator.username}/${post.kind}/${post.id}`,
      view_count: 42,
      like_count: 7,
      comment_count: 2,
      share_count: 1,
    },
    fields
  )

function listVideos(call: Call): Reply {
  const fields = fieldsOf(call.request)
  const posts = call.state.posts.filter(isPublic).reverse().slice(0, 20)
  return success({
    videos: posts.map((post) => present(call, post, fields)),
    cursor: 0,
    has_more: false,
  })
}

function queryVideos(call: Call): Reply {
  const fields = fieldsOf(call.request)
  const { filters } = readJson<{ filters?: { video_ids?: string[] } }>(
    call.request
  )
  const ids = filters?.video_ids ?? []
  return success({
    videos: call.state.posts
      .filter((post) => ids.includes(post.id) && isPublic(post))
      .map((post) => present(call, post, fields)),
  })
}

async function respond(
  state: State,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  try {
    for (const [method, path, handler, scopes] of ROUTES) {
      const found = method === request.method && path.exec(request.url.pathname)
      if (found) {
        if (scopes) {
          requireScope(state, request, ...scopes)
        }
        return await handler({ state, request, url, id: found[1] ?? "" })
      }
    }
    return jsonReply(
      404,
      new Refusal(404, "unsupported_path", "Unsupported path").body
    )
  } catch (error) {
    if (error instanceof Refusal) {
      return jsonReply(error.status, error.body)
    }
    throw error
  }
}

/**
 * Starts a simulated TikTok: consent page and rotating tokens, the Content
 * Posting API of one account (uploads in pieces, photos that are fetched,
 * processing, review, inbox, audit, limits) and the account's posts.
 *
 * @param port - 0 takes a free one
 */
export async function startTikTok(port: number): Promise<TikTokSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.posts.filter(isOut),
    inbox: () =>
      state.posts.filter(
        ({ mode, is_whole, fail_reason }) =>
          mode === "inbox" && is_whole && !fail_reason
      ),
    makeTokens: (scopes = ALL_SCOPES) => {
      const { access_token, refresh_token } = grantTokens(state, [...scopes])
      return { access_token, refresh_token }
    },
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
