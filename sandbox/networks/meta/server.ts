import { jsonReply, redirectReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  deletePost,
  enterCallback,
  removeApp,
  requestDeletion,
} from "./callbacks"
import { findContainer, presentPost, showContainer } from "./containers"
import { FACEBOOK_ROUTES } from "./facebook"
import { COMMENT_ROUTES } from "./comments"
import { INSTAGRAM_ROUTES } from "./instagram"
import { figures, type Route, unknownObject } from "./route"
import { THREADS_ROUTES } from "./threads"
import {
  askConsent,
  debugToken,
  decide,
  exchangeToken,
  giveToken,
  makeToken,
  requireToken,
} from "./oauth"
import { postsPage } from "./page"
import { presentVideo, VIDEO_ROUTES } from "./videos"
import {
  GraphRefusal,
  type Host,
  HOSTS,
  newState,
  type State,
  type StoredPost,
} from "./state"

export type MetaSimulator = Simulator & {
  /** What there is, and how Meta behaves: tests may change it. */
  state: State
  /** What was published, oldest first. */
  posts(): StoredPost[]
  /** The base address of one of the hosts, for a platform's settings. */
  host(host: Host): string
  /** A long-lived token, as if it had been granted. */
  makeToken(host: Host, scopes: string[], life_ms?: number): string
  /** The token of a page, as a person who manages it gets it. */
  makePageToken(scopes: string[]): string
  /** Makes everything new. */
  reset(): void
}

/** A picture that tests can have fetched: one pixel. */
const SAMPLE = Buffer.from(
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=",
  "base64"
)

/**
 * The permission without which a post is not deleted.
 *
 * @throws GraphRefusal where there is none
 */
const scopeToDelete = (host: Host, { network, kind }: StoredPost): string => {
  if (host === "instagram") {
    throw new GraphRefusal(
      400,
      3,
      undefined,
      "(#3) Application does not have the capability to make this API call."
    )
  }
  if (network === "threads") {
    return "threads_delete"
  }
  if (network === "facebook") {
    return kind === "comment" ? "pages_manage_engagement" : "pages_manage_posts"
  }
  return kind === "comment"
    ? "instagram_manage_comments"
    : "instagram_manage_contents"
}

const ROUTES: readonly Route[] = [
  [
    ["facebook"],
    "GET",
    /^debug_token$/,
    ({ state, request }) => debugToken(state, request),
  ],
  ...FACEBOOK_ROUTES,
  ...VIDEO_ROUTES,
  ...COMMENT_ROUTES,
  ...INSTAGRAM_ROUTES,
  ...THREADS_ROUTES,
  // What has a number of its own.
  [
    HOSTS,
    "GET",
    /^([\d_]+)\/insights$/,
    ({ request }) => figures(request.url.searchParams.get("metric") ?? ""),
  ],
  [
    HOSTS,
    "GET",
    /^([\d_]+)$/,
    ({ state, host, request, found, url }) => {
      requireToken(state, host, request)
      const container = findContainer(state, found[0])
      const post = state.posts.find(({ id }) => id === found[0])
      const video = state.videos.find(({ id }) => id === found[0])
      if (video) {
        return presentVideo(state, video)
      }
      if (container) {
        return showContainer(container)
      }
      if (post) {
        return jsonReply(200, presentPost(post, url))
      }
      throw unknownObject(found[0])
    },
  ],
  [
    HOSTS,
    "DELETE",
    /^([\d_]+)$/,
    ({ state, host, request, found }) => {
      const post = state.posts.find(({ id }) => id === found[0])
      if (!post) {
        throw unknownObject(found[0])
      }
      requireToken(state, host, request, scopeToDelete(host, post))
      void deletePost(state, found[0])
      return jsonReply(200, { success: true })
    },
  ],
]

/** A form, JSON or a query: the Graph API takes all of them. */
function fieldsOf({
  url,
  headers,
  body,
}: SimulatorRequest): Record<string, string> {
  const type = headers["content-type"] ?? ""
  const sent = type.includes("urlencoded")
    ? new URLSearchParams(body.toString())
    : type.includes("json")
      ? Object.entries(parse(body)).map(asField)
      : []
  return {
    ...Object.fromEntries(url.searchParams),
    ...Object.fromEntries(sent),
  }
}

const parse = (body: Buffer): object => {
  try {
    return JSON.parse(body.toString()) as object
  } catch {
    throw new GraphRefusal(400, 100, undefined, "(#100) Invalid JSON.")
  }
}

/** What is no text in JSON, as it stands in a form. */
const asField = ([name, value]: [string, unknown]): [string, string] => [
  name,
  typeof value === "string" ? value : JSON.stringify(value),
]

const OAUTH: Record<
  string,
  (
    state: State,
    host: Host,
    request: SimulatorRequest,
    fields: Record<string, string>
  ) => Reply
> = {
  "GET dialog/oauth": askConsent,
  "GET oauth/authorize": askConsent,
  "POST oauth/access_token": (state, host, _, fields) =>
    giveToken(state, host, fields),
  "GET oauth/access_token": (state, host, _, fields) =>
    exchangeToken(state, host, fields),
  "GET access_token": (state, host, _, fields) =>
    exchangeToken(state, host, fields),
  "GET refresh_access_token": (state, host, _, fields) =>
    exchangeToken(state, host, fields),
}

async function respond(
  state: State,
  request: SimulatorRequest,
  url: string
): Promise<Reply> {
  const { method, url: asked } = request
  const [, first = "", ...rest] = asked.pathname.split("/")
  const host = HOSTS.find((one) => one === first)
  if (!host) {
    return method === "POST"
      ? respondToPerson(state, [first, ...rest], fieldsOf(request))
      : respondAsSite(state, first, rest)
  }
  const path = rest
    .filter((part, index) => index > 0 || !/^v\d+\.\d+$/.test(part))
    .join("/")
  const usage = {
    "x-app-usage": JSON.stringify({
      call_count: state.usage,
      total_time: 1,
      total_cputime: 1,
    }),
  }
  try {
    const fields = fieldsOf(request)
    const oauth = OAUTH[`${method} ${path}`]
    if (oauth) {
      return oauth(state, host, request, fields)
    }
    for (const [hosts, verb, pattern, handler] of ROUTES) {
      const found =
        hosts.includes(host) && verb === method && pattern.exec(path)
      if (found) {
        const reply = await handler({
          state,
          host,
          request,
          fields,
          path,
          found: found.slice(1),
          url,
        })
        return { ...reply, headers: { ...usage, ...reply.headers } }
      }
    }
    throw new GraphRefusal(
      400,
      2500,
      undefined,
      `Unknown path components: /${path}`
    )
  } catch (error) {
    if (error instanceof GraphRefusal) {
      return jsonReply(error.status, error.body(), usage)
    }
    throw error
  }
}

/** What the person does on the pages. */
async function respondToPerson(
  state: State,
  [first, second = "", third = ""]: string[],
  fields: Record<string, string>
): Promise<Reply> {
  if (first === "consent") {
    return decide(state, second, fields)
  }
  const host = HOSTS.find((one) => one === second)
  if (first === "callbacks" && host) {
    return enterCallback(state, host, fields)
  }
  if (first === "apps" && host && third === "remove") {
    await removeApp(state, host)
    return redirectReply(303, "/")
  }
  if (first === "apps" && host && third === "delete-data") {
    await requestDeletion(state, host)
    return redirectReply(303, "/")
  }
  if (first === "posts" && third === "delete") {
    await deletePost(state, second)
    return redirectReply(303, "/")
  }
  return jsonReply(404, { error: `There is nothing at /${first}` })
}

/** What a browser sees, and the files behind it. */
function respondAsSite(
  state: State,
  first: string,
  [second = "", third = "0"]: string[]
): Reply {
  if (/^sample\.(?:jpg|mp4)$/.test(first)) {
    const type = first.endsWith("jpg") ? "image/jpeg" : "video/mp4"
    return { status: 200, headers: { "content-type": type }, body: SAMPLE }
  }
  const file =
    first === "files" &&
    state.posts.find(({ id }) => id === second)?.files[Number(third)]
  if (file) {
    return {
      status: 200,
      headers: { "content-type": file.content_type },
      body: file.body,
    }
  }
  return first === "" || first === "posts"
    ? postsPage(state)
    : jsonReply(404, { error: `There is nothing at /${first}` })
}

/**
 * Starts Meta: Facebook, Instagram and Threads of one person, Ada, with their
 * consent pages, token exchanges, containers and quotas, as
 * developers.facebook.com describes them. The hosts are `/facebook`,
 * `/instagram` and `/threads`; what they fetch, they fetch for real.
 *
 * @param port - 0 takes a free one
 */
export async function startMeta(port: number): Promise<MetaSimulator> {
  const state = newState()
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, request, url)
  )
  return {
    ...simulator,
    state,
    posts: () => state.posts,
    host: (host) => `${simulator.url}/${host}`,
    makeToken: (host, scopes, life_ms) =>
      makeToken(state, host, "long", scopes, life_ms),
    makePageToken: (scopes) =>
      makeToken(state, "facebook", "page", scopes, null),
    reset: () => {
      Object.assign(state, newState())
      simulator.forget()
    },
  }
}
