import { createHash } from "node:crypto"
import { ACCOUNTS, findAccount, USER } from "./directory"
import {
  ApiError,
  jsonReply,
  readJsonObject,
  type Reply,
  type SandboxRequest,
} from "./http"
import { parseNewPost } from "./new-post"
import type { ContentStore, StoredPost } from "./store"

export type PostingApi = {
  issuer: string
  store: ContentStore
  /** The scopes of an access token; `null` if it is not valid. */
  scopesOf(token: string): Promise<Set<string> | null>
}

const ACCOUNTS_PER_PAGE = 2
const POSTS_PER_LIST = 50
const MAX_KEY_LENGTH = 255
const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"]

/**
 * Lets a request pass that carries a valid access token with a scope.
 *
 * @throws ApiError 401 or 403 with the challenge of RFC 6750, section 3
 */
async function requireScope(
  api: PostingApi,
  request: SandboxRequest,
  scope: string
): Promise<void> {
  const [, token] =
    /^Bearer +([\w\-.~+/]+=*)$/i.exec(request.header("authorization") ?? "") ??
    []
  if (!token) {
    throw new ApiError(401, "invalid_token", "No access token was sent.", {
      "www-authenticate": 'Bearer realm="sandbox"',
    })
  }
  const scopes = await api.scopesOf(token)
  if (!scopes) {
    throw new ApiError(
      401,
      "invalid_token",
      "The access token is unknown, expired or revoked.",
      { "www-authenticate": 'Bearer realm="sandbox", error="invalid_token"' }
    )
  }
  if (!scopes.has(scope)) {
    throw new ApiError(
      403,
      "insufficient_scope",
      `The access token lacks the scope ${scope}.`,
      {
        "www-authenticate": `Bearer realm="sandbox", error="insufficient_scope", scope="${scope}"`,
      }
    )
  }
}

function getMe({ issuer }: PostingApi): Reply {
  return jsonReply(200, {
    ...USER,
    avatar_url: `${issuer}/avatars/${USER.id}.svg`,
    url: `${issuer}/accounts/${USER.username}`,
  })
}

function listAccounts({ issuer }: PostingApi, request: SandboxRequest): Reply {
  const cursor = request.url.searchParams.get("cursor")
  const start = cursor
    ? ACCOUNTS.findIndex(({ id }) => `after_${id}` === cursor) + 1
    : 0
  if (cursor && !start) {
    throw new ApiError(400, "invalid_cursor", "The cursor is not one of ours.")
  }
  const page = ACCOUNTS.slice(start, start + ACCOUNTS_PER_PAGE)
  const isLast = start + page.length >= ACCOUNTS.length
  return jsonReply(200, {
    data: page.map((account) => ({
      ...account,
      avatar_url: `${issuer}/avatars/${account.id}.svg`,
      url: `${issuer}/accounts/${account.username}`,
    })),
    next_cursor: isLast ? null : `after_${page[page.length - 1].id}`,
  })
}

async function addMedia(
  { store }: PostingApi,
  request: SandboxRequest
): Promise<Reply> {
  const [type] = (request.header("content-type") ?? "").split(";")
  const contentType = type.trim().toLowerCase()
  if (!IMAGE_TYPES.includes(contentType)) {
    throw new ApiError(
      415,
      "unsupported_media_type",
      `Send one of ${IMAGE_TYPES.join(", ")}.`
    )
  }
  const content = await request.readBody()
  if (!content) {
    throw new ApiError(413, "media_too_large", "An image has at most 5 MB.")
  }
  if (!content.length) {
    throw new ApiError(422, "empty_media", "The body is empty.")
  }
  return jsonReply(201, store.addMedia(contentType, content))
}

function postView({ issuer, store }: PostingApi, post: StoredPost) {
  return {
    id: post.id,
    url: `${issuer}/posts/${post.id}`,
    account_id: post.account_id,
    text: post.text,
    link: post.link,
    media: post.media.map(({ id, alt_text }) => ({
      id,
      url: `${issuer}/media/${id}`,
      content_type: store.findMedia(id)?.content_type ?? null,
      alt_text,
    })),
    created_at: post.created_at,
  }
}

function postReceipt({ issuer }: PostingApi, post: StoredPost) {
  const { id, account_id, created_at } = post
  return { id, url: `${issuer}/posts/${id}`, account_id, created_at }
}

async function createPost(
  api: PostingApi,
  request: SandboxRequest
): Promise<Reply> {
  const key = request.header("idempotency-key") ?? null
  if (key !== null && (!key || key.length > MAX_KEY_LENGTH)) {
    throw new ApiError(
      400,
      "invalid_idempotency_key",
      `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters.`
    )
  }
  const body = await readJsonObject(request)
  // Nothing may wait between this look-up and the write below, or two requests
  // with one key could both find nothing and both publish.
  const earlier = key !== null && api.store.findPostByKey(key)
  if (earlier) {
    return jsonReply(200, postReceipt(api, earlier))
  }
  const post = parseNewPost(body)
  if (!findAccount(post.account_id)) {
    throw new ApiError(404, "account_not_found", "There is no such account.")
  }
  const missing = post.media.find(({ id }) => !api.store.findMedia(id))
  if (missing) {
    throw new ApiError(
      422,
      "media_not_found",
      `There is no image ${missing.id}.`
    )
  }
  const stored = api.store.addPost({ ...post, idempotency_key: key })
  return jsonReply(201, postReceipt(api, stored))
}

function listPosts(api: PostingApi, request: SandboxRequest): Reply {
  const key = request.url.searchParams.get("idempotency_key")
  const posts = api.store
    .listPosts()
    .filter((post) => key === null || post.idempotency_key === key)
    .slice(0, POSTS_PER_LIST)
  return jsonReply(200, { data: posts.map((post) => postView(api, post)) })
}

function requirePost({ store }: PostingApi, id: string): StoredPost {
  const post = store.findPost(id)
  if (!post) {
    throw new ApiError(404, "post_not_found", "There is no such post.")
  }
  return post
}

/** Figures made from the id, so that the same post always has the same ones. */
function getInsights(api: PostingApi, id: string): Reply {
  const digest = createHash("sha256").update(requirePost(api, id).id).digest()
  const views = 200 + (digest.readUInt16BE(0) % 4800)
  return jsonReply(200, {
    views,
    likes: Math.floor((views * (digest[2] % 16)) / 100),
    shares: Math.floor((views * (digest[3] % 5)) / 100),
    clicks: Math.floor((views * (digest[4] % 10)) / 100),
  })
}

/** Figures made from the id, as those of posts are. */
function getAccountInsights(id: string): Reply {
  if (!findAccount(id)) {
    throw new ApiError(404, "account_not_found", "There is no such account.")
  }
  const digest = createHash("sha256").update(id).digest()
  return jsonReply(200, { followers: 100 + (digest.readUInt16BE(0) % 9900) })
}

function removePost(api: PostingApi, id: string): Reply {
  api.store.removePost(requirePost(api, id).id)
  return { status: 204, headers: {}, body: "" }
}

type Handler = {
  method: string
  pattern: RegExp
  scope: string
  run(request: SandboxRequest, id: string): Reply | Promise<Reply>
}

function handlersOf(api: PostingApi): Handler[] {
  return [
    {
      method: "GET",
      pattern: /^\/api\/me$/,
      scope: "profile",
      run: () => getMe(api),
    },
    {
      method: "GET",
      pattern: /^\/api\/accounts$/,
      scope: "accounts:read",
      run: (request) => listAccounts(api, request),
    },
    {
      method: "POST",
      pattern: /^\/api\/media$/,
      scope: "posts:write",
      run: (request) => addMedia(api, request),
    },
    {
      method: "POST",
      pattern: /^\/api\/posts$/,
      scope: "posts:write",
      run: (request) => createPost(api, request),
    },
    {
      method: "GET",
      pattern: /^\/api\/posts$/,
      scope: "posts:write",
      run: (request) => listPosts(api, request),
    },
    {
      method: "GET",
      pattern: /^\/api\/posts\/([^/]+)$/,
      scope: "posts:write",
      run: (_request, id) =>
        jsonReply(200, postView(api, requirePost(api, id))),
    },
    {
      method: "DELETE",
      pattern: /^\/api\/posts\/([^/]+)$/,
      scope: "posts:write",
      run: (_request, id) => removePost(api, id),
    },
    {
      method: "GET",
      pattern: /^\/api\/accounts\/([^/]+)\/insights$/,
      scope: "insights:read",
      run: (_request, id) => getAccountInsights(id),
    },
    {
      method: "GET",
      pattern: /^\/api\/posts\/([^/]+)\/insights$/,
      scope: "insights:read",
      run: (_request, id) => getInsights(api, id),
    },
  ]
}

/**
 * Answers a request on `/api/`.
 *
 * @throws ApiError for every refusal
 */
export async function answerPostingApi(
  api: PostingApi,
  request: SandboxRequest
): Promise<Reply> {
  const path = request.url.pathname
  const handlers = handlersOf(api).filter(({ pattern }) => pattern.test(path))
  if (!handlers.length) {
    throw new ApiError(404, "not_found", "There is no such resource.")
  }
  const handler = handlers.find(({ method }) => method === request.method)
  if (!handler) {
    throw new ApiError(405, "method_not_allowed", "Not with this method.", {
      allow: handlers.map(({ method }) => method).join(", "),
    })
  }
  await requireScope(api, request, handler.scope)
  return handler.run(request, handler.pattern.exec(path)?.[1] ?? "")
}
