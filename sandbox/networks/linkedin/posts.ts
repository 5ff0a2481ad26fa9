import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { statusOf } from "./assets"
import { POST, readJson } from "./body"
import { readLittleText } from "./little-text"
import {
  type Content,
  MEMBER,
  nextId,
  PAGES,
  Refusal,
  type State,
  type StoredPost,
  wrongInput,
} from "./state"

/** In UTF-16 code units of what a reader sees. */
const MAX_COMMENTARY = 3000

const DURATIONS = ["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"]

const isPage = (urn: string): boolean => urn.startsWith("urn:li:organization:")

/**
 * Refuses whoever may not act in somebody's name.
 *
 * @param what - `social` for posts, `social_feed` for comments
 * @throws {Refusal} 403
 */
export function requireAuthor(
  scopes: string[],
  author: string,
  what: "social" | "social_feed" = "social"
): void {
  const scope = `w_${isPage(author) ? "organization" : "member"}_${what}`
  if (!scopes.includes(scope)) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      "Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901",
      { serviceErrorCode: 100 }
    )
  }
  const page = PAGES.find(({ urn }) => urn === author)
  if (author !== MEMBER.urn && !page?.roles.includes("ADMINISTRATOR")) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      "Organization permissions must be used when using organization as author",
      { serviceErrorCode: 100 }
    )
  }
}

/** Whether somebody's posts may be read: of members nobody's. */
export function requireReader(
  scopes: string[],
  author: string,
  what: "social" | "social_feed" = "social"
): void {
  const scope = `r_${isPage(author) ? "organization" : "member"}_${what}`
  if (!scopes.includes(scope)) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      "Not enough permissions to access: partnerApiPostsExternal.FINDER-author.20260901",
      { serviceErrorCode: 100 }
    )
  }
}

type Written = Partial<StoredPost> & {
  distribution?: { feedDistribution?: string }
}

const filesIn = ({ media, multiImage, article }: Content): string[] => [
  ...(media ? [media.id] : []),
  ...(multiImage?.images ?? []).map(({ id }) => id),
  ...(article?.thumbnail ? [article.thumbnail] : []),
]

const requireContent = (
  state: State,
  author: string,
  content: Content
): void => {
  const [name, ...others] = Object.keys(content)
  if (!name || others.length) {
    throw wrongInput(
      400,
      "INVALID_UNION",
      "/content",
      "Exactly one type of content is required"
    )
  }
  const { article, multiImage, poll } = content
  if (article && (!article.source || !article.title)) {
    throw wrongInput(
      400,
      "MISSING_FIELD",
      "/content/article/title",
      "/content/article/title :: field is required but not found"
    )
  }
  const count = multiImage?.images.length ?? 2
  if (count < 2 || count > 20) {
    throw wrongInput(
      400,
      "INVALID_COUNT",
      "/content/multiImage/images",
      "The number of images must be between 2 and 20"
    )
  }
  if (poll) {
    requirePoll(poll)
  }
  for (const id of filesIn(content)) {
    const asset = state.assets.get(id)
    if (!asset || asset.owner !== author) {
      throw new Refusal(
        400,
        null,
        "com.linkedin.publishing.util.common.ResponseException: One or more of the assets is not owned by the author. All assets must be owned by the author"
      )
    }
    if (statusOf(asset) !== "AVAILABLE") {
      throw new Refusal(
        400,
        null,
        `The asset ${asset.urn} is not yet available: ${statusOf(asset)}`
      )
    }
  }
  if (
    content.media?.id.startsWith("urn:li:document:") &&
    !content.media.title
  ) {
    throw wrongInput(
      400,
      "MISSING_FIELD",
      "/content/media/title",
      "/content/media/title :: field is required but not found"
    )
  }
}

const requirePoll = ({
  question,
  options,
  settings,
}: NonNullable<Content["poll"]>): void => {
  const isFine =
    question.length <= 140 &&
    options.length >= 2 &&
    options.length <= 4 &&
    options.every(({ text }) => text.length <= 30) &&
    DURATIONS.includes(settings.duration)
  if (!isFine) {
    throw wrongInput(
      400,
      "INVALID_POLL",
      "/content/poll",
      "The poll has too many or too long options, or no known duration"
    )
  }
}

/** A shared post is there, may be shared, and has nothing beside it. */
const requireParent = (
  { posts }: State,
  parent: string,
  content: Content | undefined
): void => {
  const original = posts.find(({ id }) => id === parent)
  if (!original || original.isReshareDisabledByAuthor || content) {
    throw wrongInput(
      400,
      "INVALID_RESHARE",
      "/reshareContext/parent",
      `${parent} cannot be reshared`
    )
  }
}

/** `POST /rest/posts` */
export function createPost(
  state: State,
  { body }: SimulatorRequest,
  scopes: string[]
): Reply {
  const {
    author = "",
    commentary = "",
    content,
    visibility,
    distribution,
    lifecycleState,
    isReshareDisabledByAuthor = false,
    reshareContext,
  } = readJson<Written>(body, POST)
  requireAuthor(scopes, author)
  for (const [name, value] of Object.entries({
    visibility,
    lifecycleState,
    distribution: distribution?.feedDistribution,
  })) {
    if (!value) {
      throw wrongInput(
        422,
        "MISSING_FIELD",
        `/${name}`,
        `/${name} :: field is required but not found and has no default value`
      )
    }
  }
  const text = readLittleText(commentary)
  if (text.length > MAX_COMMENTARY) {
    throw wrongInput(
      422,
      "FIELD_LENGTH_TOO_LONG",
      "/commentary",
      "The length of the commentary exceeds the maximum of 3000 characters"
    )
  }
  if (content) {
    requireContent(state, author, content)
  }
  if (reshareContext) {
    requireParent(state, reshareContext.parent, content)
  }
  const post: StoredPost = {
    id: "",
    author,
    commentary,
    text,
    visibility: String(visibility),
    isReshareDisabledByAuthor,
    ...(content && { content }),
    ...(reshareContext && { reshareContext }),
    createdAt: Date.now(),
    lifecycleState: "PUBLISHED",
  }
  requireNew(state, post)
  const kind = content?.media?.id.startsWith("urn:li:video:")
    ? "ugcPost"
    : "share"
  post.id = `urn:li:${kind}:${nextId(state)}`
  state.posts.push(post)
  return { status: 201, headers: { "x-restli-id": post.id }, body: "" }
}

const essenceOf = ({
  author,
  text,
  content,
  reshareContext,
}: StoredPost): string =>
  JSON.stringify([author, text, content ?? null, reshareContext ?? null])

const requireNew = (state: State, post: StoredPost): void => {
  const earlier = state.posts.find(
    (known) =>
      essenceOf(known) === essenceOf(post) &&
      known.createdAt > Date.now() - state.duplicate_ms
  )
  if (earlier) {
    throw new Refusal(
      422,
      null,
      `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of ${earlier.id}`,
      {
        errorDetailType: "com.linkedin.common.error.BadRequest",
        errorDetails: {
          inputErrors: [
            {
              description: "Duplicate post is detected",
              input: {},
              code: "DUPLICATE_POST",
            },
          ],
        },
      }
    )
  }
}

const present = ({ text: _, ...post }: StoredPost) => ({
  ...post,
  publishedAt: post.createdAt,
  lastModifiedAt: post.createdAt,
})

/** The most that LinkedIn lists at once. */
const MAX_COUNT = 100

/** A page of a list, from `start` on and of up to `count`. */
export const listOf = (
  { url: { searchParams, pathname } }: SimulatorRequest,
  elements: object[]
): Reply => {
  const start = Number(searchParams.get("start") ?? 0)
  const count = Number(searchParams.get("count") ?? 10)
  if (!(start >= 0 && count >= 0 && count <= MAX_COUNT)) {
    throw wrongInput(
      400,
      "PARAM_INVALID",
      "/count",
      `The count must be between 0 and ${MAX_COUNT}`
    )
  }
  const end = start + count
  const next = {
    type: "application/json",
    rel: "next",
    href: `${pathname}?start=${end}&count=${count}`,
  }
  return jsonReply(200, {
    paging: { start, count, links: end < elements.length ? [next] : [] },
    elements: elements.slice(start, end),
  })
}

/** `GET /rest/posts?q=author`: the newest first. */
export function listPosts(
  state: State,
  request: SimulatorRequest,
  scopes: string[]
): Reply {
  const author = request.url.searchParams.get("author") ?? ""
  requireReader(scopes, author)
  return listOf(
    request,
    state.posts
      .filter((post) => post.author === author)
      .reverse()
      .map(present)
  )
}

/** @throws {Refusal} 404 */
export const findPost = (state: State, id: string): StoredPost => {
  const post = state.posts.find((known) => known.id === id)
  if (!post) {
    throw new Refusal(404, "NOT_FOUND", `Could not find ${id}`)
  }
  return post
}

/** `GET /rest/posts/{urn}` */
export function showPost(state: State, id: string, scopes: string[]): Reply {
  const author = state.posts.find((known) => known.id === id)?.author
  requireReader(scopes, author ?? PAGES[0].urn)
  return jsonReply(200, present(findPost(state, id)))
}

/** `DELETE /rest/posts/{urn}`: confirmed for what is gone, too. */
export function deletePost(state: State, id: string, scopes: string[]): Reply {
  const post = state.posts.find((known) => known.id === id)
  if (post) {
    requireAuthor(scopes, post.author)
    state.posts = state.posts.filter((known) => known !== post)
    state.comments = state.comments.filter((known) => known.post !== id)
  }
  return { status: 204, headers: {}, body: "" }
}
