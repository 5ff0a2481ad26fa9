import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  createPost,
  deletePost,
  listBusinesses,
  listLocations,
  listPosts,
  requireAccess,
  showPost,
} from "./business"
import {
  askConsent,
  decide,
  giveToken,
  requireScope,
  revokeToken,
} from "./oauth"
import { overview } from "./page"
import { newState, Refusal, type State, type StoredVideo } from "./state"
import { beginUpload, takePiece } from "./upload"
import {
  addItem,
  CATEGORIES,
  deleteVideo,
  listItems,
  listVideos,
  setCover,
  spend,
  updateVideo,
} from "./videos"

export type GoogleSimulator = Simulator & {
  /** What there is, and how Google behaves: tests may change it. */
  state: State
  /** The videos that somebody but their owner can see, oldest first. */
  posts(): StoredVideo[]
  /** Tokens as a person's consent brings them. */
  makeTokens(scopes?: string): { access_token: string; refresh_token: string }
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

const READ = ["youtube", "youtube.readonly"]
const WRITE = ["youtube"]
const UPLOAD = ["youtube", "youtube.upload"]

const BUSINESS = ["business.manage"]

const UPLOADS = "UUsimulatedAdasShop00000"

const form = ({ body }: SimulatorRequest): URLSearchParams =>
  new URLSearchParams(body.toString())

const list = (kind: string, items: object[]): Reply =>
  jsonReply(200, {
    kind: `youtube#${kind}ListResponse`,
    pageInfo: { totalResults: items.length, resultsPerPage: items.length },
    // A list of nothing comes without items.
    ...(items.length > 0 && { items }),
  })

const ROUTES: Route[] = [
  ["GET", /^\/(?:posts|watch)?$/, ({ state }) => overview(state)],
  [
    "GET",
    /^\/(files|covers)\/\w+$/,
    ({ state, request, id }): Reply => {
      const name = request.url.pathname.split("/").pop()
      const video = state.videos.find((one) => one.id === name)
      const file = id === "covers" ? video?.cover : video
      return file
        ? {
            status: 200,
            headers: { "content-type": file.content_type },
            body: file.file,
          }
        : { status: 404, headers: {}, body: "" }
    },
  ],
  [
    "GET",
    /^\/o\/oauth2\/v2\/auth$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/o\/oauth2\/consent\/([\w-]+)$/,
    ({ state, id, request }) => decide(state, id, form(request)),
  ],
  [
    "POST",
    /^\/token$/,
    ({ state, request }) => giveToken(state, form(request)),
  ],
  [
    "POST",
    /^\/revoke$/,
    ({ state, request }) => revokeToken(state, request, form(request)),
  ],
  ["GET", /^\/youtube\/v3\/channels$/, showChannel, READ],
  [
    "GET",
    /^\/youtube\/v3\/videoCategories$/,
    ({ state }) => {
      spend(state, 1)
      return list(
        "videoCategory",
        CATEGORIES.map(({ id, ...snippet }) => ({ id, snippet }))
      )
    },
    READ,
  ],
  [
    "GET",
    /^\/youtube\/v3\/playlists$/,
    ({ state }) => {
      spend(state, 1)
      return list(
        "playlist",
        state.playlists.map(({ id, title, videos }) => ({
          id,
          snippet: { title },
          contentDetails: { itemCount: videos.length },
        }))
      )
    },
    READ,
  ],
  [
    "GET",
    /^\/youtube\/v3\/playlistItems$/,
    ({ state, request }) => listItems(state, request, UPLOADS),
    READ,
  ],
  [
    "POST",
    /^\/youtube\/v3\/playlistItems$/,
    ({ state, request }) => addItem(state, request),
    WRITE,
  ],
  [
    "GET",
    /^\/youtube\/v3\/videos$/,
    ({ state, request, url }) => listVideos(state, request, url),
    READ,
  ],
  [
    "PUT",
    /^\/youtube\/v3\/videos$/,
    ({ state, request, url }) => updateVideo(state, request, url),
    WRITE,
  ],
  [
    "DELETE",
    /^\/youtube\/v3\/videos$/,
    ({ state, request }) => deleteVideo(state, request),
    WRITE,
  ],
  [
    "POST",
    /^\/(?:resumable\/)?upload\/youtube\/v3\/videos$/,
    ({ state, request, url }) => beginUpload(state, request, url),
    UPLOAD,
  ],
  [
    "PUT",
    /^\/upload\/youtube\/v3\/videos$/,
    ({ state, request, url }) => takePiece(state, request, url),
    UPLOAD,
  ],
  [
    "POST",
    /^\/upload\/youtube\/v3\/thumbnails\/set$/,
    ({ state, request, url }) => setCover(state, request, url),
    UPLOAD,
  ],
  [
    "GET",
    /^\/photos\/(\d+)$/,
    ({ state, id }): Reply => {
      const post = state.local_posts.find(({ name }) => name.endsWith(`/${id}`))
      return post?.photo
        ? {
            status: 200,
            headers: { "content-type": "image/jpeg" },
            body: post.photo,
          }
        : { status: 404, headers: {}, body: "" }
    },
  ],
  [
    "GET",
    /^\/v1\/accounts$/,
    ({ state, request }) => {
      requireAccess(state)
      return listBusinesses(request)
    },
    BUSINESS,
  ],
  [
    "GET",
    /^\/v1\/accounts\/(\d+)\/locations$/,
    ({ state, request, id }) => {
      requireAccess(state)
      return listLocations(request, id)
    },
    BUSINESS,
  ],
  [
    "GET",
    /^\/v4\/(accounts\/\d+\/locations\/\d+)\/localPosts$/,
    ({ state, request, id }) => listPosts(state, request, id),
    BUSINESS,
  ],
  [
    "POST",
    /^\/v4\/(accounts\/\d+\/locations\/\d+)\/localPosts$/,
    ({ state, request, id }) => createPost(state, request, id),
    BUSINESS,
  ],
  [
    "GET",
    /^\/v4\/(accounts\/\d+\/locations\/\d+\/localPosts\/\d+)$/,
    ({ state, id }) => showPost(state, id),
    BUSINESS,
  ],
  [
    "DELETE",
    /^\/v4\/(accounts\/\d+\/locations\/\d+\/localPosts\/\d+)$/,
    ({ state, id }) => deletePost(state, id),
    BUSINESS,
  ],
]

function showChannel({ state, url }: Call): Reply {
  spend(state, 1)
  const { channel, verified, videos } = state
  return list(
    "channel",
    channel
      ? [
          {
            kind: "youtube#channel",
            id: channel.id,
            snippet: {
              title: channel.title,
              customUrl: channel.customUrl,
              country: channel.country,
              thumbnails: { default: { url: `${url}/covers/channel` } },
            },
            status: {
              privacyStatus: "public",
              isLinked: true,
              longUploadsStatus: verified ? "allowed" : "eligible",
            },
            contentDetails: { relatedPlaylists: { uploads: UPLOADS } },
            statistics: {
              viewCount: "4200",
              subscriberCount: "128",
              hiddenSubscriberCount: false,
              videoCount: String(videos.length),
            },
          },
        ]
      : []
  )
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
    return jsonReply(404, new Refusal(404, "notFound", "Not Found").body)
  } catch (error) {
    if (error instanceof Refusal) {
      return jsonReply(error.status, error.body)
    }
    throw error
  }
}

/**
 * Starts a simulated Google: consent page and tokens, the YouTube Data API of one
 * channel with resumable uploads, processing, quotas and audit, and the APIs of
 * Business Profile for two locations.
 *
 * @param port - 0 takes a free one
 */
export async function startGoogle(port: number): Promise<GoogleSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () =>
      state.videos.filter(({ status }) => status.privacyStatus !== "private"),
    makeTokens: (scopes = "https://www.googleapis.com/auth/youtube") => {
      state.last_id += 1
      const number = state.last_id
      const access_token = `ya29.simulated-${number}`
      const refresh_token = `1//simulated-${number}`
      state.tokens.set(access_token, {
        scopes: scopes.split(" "),
        refresh_token,
        ends_at: Date.now() + state.token_ttl * 1000,
      })
      state.refresh_tokens.set(refresh_token, { scopes: scopes.split(" ") })
      return { access_token, refresh_token }
    },
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
