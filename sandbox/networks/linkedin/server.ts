import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import { listRoles, showFigures, showMe, showPage, showUser } from "./accounts"
import {
  fileOf,
  finalizeUpload,
  initializeUpload,
  showAsset,
  takeFile,
} from "./assets"
import { createComment, deleteComment, listComments } from "./comments"
import {
  askConsent,
  decide,
  giveToken,
  introspect,
  makeToken,
  revoke,
  scopesOf,
} from "./oauth"
import { overview } from "./page"
import {
  createPost,
  deletePost,
  listPosts,
  requireAuthor,
  showPost,
} from "./posts"
import {
  type AssetKind,
  newState,
  PAGE_SCOPES,
  Refusal,
  type State,
  type StoredPost,
} from "./state"

export type LinkedInSimulator = Simulator & {
  /** What there is, and how LinkedIn behaves: tests may change it. */
  state: State
  /** What is public, oldest first. */
  posts(): StoredPost[]
  /** A token as a person's consent brings it. */
  makeToken(scopes?: string[]): string
  /** Makes everything new. */
  reset(): void
}

type Call = {
  state: State
  request: SimulatorRequest
  url: string
  /** What stands in the path. */
  ids: string[]
  /** Of the request's token; nothing where none is needed. */
  scopes: string[]
}

type Route = [
  method: string,
  path: RegExp,
  handler: (call: Call) => Reply,
  /** Whose rules the request has to keep to. */
  api?: "v2" | "rest",
]

const form = ({ body }: SimulatorRequest): URLSearchParams =>
  new URLSearchParams(body.toString())

const KINDS: Record<string, AssetKind> = {
  images: "image",
  documents: "document",
  videos: "video",
}

const upload = ({ state, request, url, ids: [name], scopes }: Call): Reply => {
  const kind = KINDS[name]
  const action = request.url.searchParams.get("action")
  if (action === "finalizeUpload" && kind === "video") {
    return finalizeUpload(state, request)
  }
  if (action !== "initializeUpload") {
    throw new Refusal(400, "ILLEGAL_ARGUMENT", "Unknown action")
  }
  return initializeUpload(state, request, url, kind, (owner) =>
    requireAuthor(scopes, owner)
  )
}

/** The state of images and documents is told to pages alone. */
const asset = ({ state, ids: [name, urn], scopes }: Call): Reply => {
  if (name !== "videos" && !scopes.includes("r_organization_social")) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      "Accessing this document resource is forbidden. Please check your permissions for this resource"
    )
  }
  return showAsset(state, urn)
}

const file = ({ state, ids: [urn] }: Call): Reply => {
  const found = state.assets.get(urn)
  return found
    ? {
        status: 200,
        headers: { "content-type": found.content_type },
        body: fileOf(found),
      }
    : { status: 404, headers: {}, body: "" }
}

const ROUTES: Route[] = [
  [
    "GET",
    /^\/(?:posts|feed\/update\/[^/]+\/)?$/,
    ({ state }) => overview(state),
  ],
  ["GET", /^\/files\/([^/]+)$/, file],
  [
    "GET",
    /^\/oauth\/v2\/authorization$/,
    ({ state, request }) => askConsent(state, request),
  ],
  [
    "POST",
    /^\/oauth\/v2\/consent\/([\w-]+)$/,
    ({ state, request, ids: [id] }) => decide(state, id, form(request)),
  ],
  [
    "POST",
    /^\/oauth\/v2\/accessToken$/,
    ({ state, request }) => giveToken(state, form(request)),
  ],
  [
    "POST",
    /^\/oauth\/v2\/introspectToken$/,
    ({ state, request }) => introspect(state, form(request)),
  ],
  [
    "POST",
    /^\/oauth\/v2\/revoke$/,
    ({ state, request }) => revoke(state, form(request)),
  ],
  ["GET", /^\/v2\/userinfo$/, ({ scopes }) => showUser(scopes), "v2"],
  ["GET", /^\/v2\/me$/, ({ scopes }) => showMe(scopes), "v2"],
  [
    "GET",
    /^\/rest\/organizationAcls$/,
    ({ request, scopes }) => listRoles(request, scopes),
    "rest",
  ],
  [
    "GET",
    /^\/rest\/organizations\/(\d+)$/,
    ({ ids: [id], scopes }) => showPage(id, scopes),
    "rest",
  ],
  ["POST", /^\/rest\/(images|documents|videos)$/, upload, "rest"],
  ["GET", /^\/rest\/(images|documents|videos)\/([^/]+)$/, asset, "rest"],
  [
    "PUT",
    /^\/dms-uploads\/([^/]+)\/(\d+|cover)$/,
    ({ state, request, ids: [urn, place] }) =>
      takeFile(state, request, urn, place, () => scopesOf(state, request)),
  ],
  [
    "POST",
    /^\/rest\/posts$/,
    ({ state, request, scopes }) => createPost(state, request, scopes),
    "rest",
  ],
  [
    "GET",
    /^\/rest\/posts$/,
    ({ state, request, scopes }) => listPosts(state, request, scopes),
    "rest",
  ],
  [
    "GET",
    /^\/rest\/posts\/([^/]+)$/,
    ({ state, ids: [id], scopes }) => showPost(state, id, scopes),
    "rest",
  ],
  [
    "DELETE",
    /^\/rest\/posts\/([^/]+)$/,
    ({ state, ids: [id], scopes }) => deletePost(state, id, scopes),
    "rest",
  ],
  [
    "POST",
    /^\/rest\/socialActions\/([^/]+)\/comments$/,
    ({ state, request, ids: [id], scopes }) =>
      createComment(state, request, id, scopes),
    "rest",
  ],
  [
    "GET",
    /^\/rest\/socialActions\/([^/]+)\/comments$/,
    ({ state, request, ids: [id], scopes }) =>
      listComments(state, request, id, scopes),
    "rest",
  ],
  [
    "DELETE",
    /^\/rest\/socialActions\/([^/]+)\/comments\/(\d+)$/,
    ({ state, request, ids: [object, id], scopes }) =>
      deleteComment(state, request, object, id, scopes),
    "rest",
  ],
  [
    "GET",
    /^\/rest\/(organizationalEntityShareStatistics|networkSizes|memberCreatorPostAnalytics|memberFollowersCount|socialActions)(?:\/([^/]+))?$/,
    ({ state, request, ids: [name, id], scopes }) =>
      showFigures(state, request, name, id, scopes),
    "rest",
  ],
]

/** @throws {Refusal} for a request to the versioned APIs that is not as they ask for it */
function requireVersion(
  { versions }: State,
  { headers, url }: SimulatorRequest
): void {
  const version = String(headers["linkedin-version"] ?? "")
  if (!version) {
    throw new Refusal(
      400,
      "VERSION_MISSING",
      "A version must be present. Please specify a version by adding the LinkedIn-Version header."
    )
  }
  if (version < versions.first || version > versions.last) {
    throw new Refusal(
      426,
      "NONEXISTENT_VERSION",
      `Requested version ${version} is not active`
    )
  }
  if (headers["x-restli-protocol-version"] !== "2.0.0") {
    throw new Refusal(
      400,
      "ILLEGAL_ARGUMENT",
      "X-RestLi-Protocol-Version 2.0.0 is required"
    )
  }
  if (url.pathname.includes(":")) {
    throw new Refusal(
      400,
      "ILLEGAL_ARGUMENT",
      "Syntax exception in path variables: URNs must be encoded"
    )
  }
}

function spend({ requests_a_day }: State): void {
  if (requests_a_day.used >= requests_a_day.limit) {
    throw new Refusal(
      429,
      "TOO_MANY_REQUESTS",
      "Resource level throttle MEMBER DAY limit for calls to this resource is reached.",
      { serviceErrorCode: 101 }
    )
  }
  requests_a_day.used += 1
}

function respond(state: State, request: SimulatorRequest, url: string): Reply {
  try {
    for (const [method, path, handler, api] of ROUTES) {
      const found = method === request.method && path.exec(request.url.pathname)
      if (found) {
        if (api === "rest") {
          requireVersion(state, request)
        }
        const scopes = api ? scopesOf(state, request) : []
        if (api) {
          spend(state)
        }
        const ids = found.slice(1).map((id) => decodeURIComponent(id ?? ""))
        return handler({ state, request, url, ids, scopes })
      }
    }
    throw new Refusal(
      404,
      "RESOURCE_NOT_FOUND",
      `No virtual resource found for ${request.url.pathname}`
    )
  } catch (error) {
    if (error instanceof Refusal) {
      return jsonReply(error.status, error.body)
    }
    throw error
  }
}

/**
 * Starts a simulated LinkedIn: consent page and tokens, a member's profile and
 * two pages, posts, images, documents, videos in pieces, polls and comments.
 *
 * @param port - 0 takes a free one
 */
export async function startLinkedIn(port: number): Promise<LinkedInSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.posts,
    makeToken: (scopes = PAGE_SCOPES) => makeToken(state, scopes),
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
