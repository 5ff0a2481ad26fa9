import { createHash } from "node:crypto"
import type { Access } from "./account-tokens"
import { type Account, ACCOUNTS, BOARDS, findAccount, USER } from "./directory"
import {
  ApiError,
  jsonReply,
  readJsonObject,
  type Reply,
  type SandboxRequest,
} from "./http"
import {
  addMedia,
  addPiece,
  getMedia,
  type MediaApi,
  progressOf,
} from "./media-api"
import { parseNewPost } from "./new-post"
import { quotaHeaders, quotaOf, requireQuota } from "./quota"
import type { StoredPost } from "./store"

export type PostingApi = MediaApi & {
  issuer: string
  /** Whom an access token stands for; `null` if it is not valid. */
  accessOf(token: string): Promise<Access | null>
}

const ACCOUNTS_PER_PAGE = 2
const POSTS_PER_LIST = 50
const MAX_KEY_LENGTH = 255

/**
 * Lets a request pass that carries a valid access token with a scope.
 *
 * @throws ApiError 401 or 403 with the challenge of RFC 6750, section 3
 */
async function requireScope(
  api: PostingApi,
  request: SandboxRequest,
  scope: string
): Promise<Access> {
  const [, token] =
    /^Bearer +([\w\-.~+/]+=*)$/i.exec(request.header("authorization") ?? "") ??
    []
  if (!token) {
    throw new ApiError(401, "invalid_token", "No access token was sent.", {
      "www-authenticate": 'Bearer realm="sandbox"',
    })
  }
  const access = await api.accessOf(token)
  if (!access) {
    throw new ApiError(
      401,
      "invalid_token",
      "The access token is unknown, expired or revoked.",
      { "www-authenticate": 'Bearer realm="sandbox", error="invalid_token"' }
    )
  }
  if (!access.scopes.has(scope)) {
    throw new ApiError(
      403,
      "insufficient_scope",
      `The access token lacks the scope ${scope}.`,
      {
        "www-authenticate": `Bearer realm="sandbox", error="insufficient_scope", scope="${scope}"`,
      }
    )
  }
  return access
}

/** @throws ApiError 403 for the token of another page */
function requireOwnPage({ page }: Access, account: string): void {
  if (page !== null && page !== account) {
    throw new ApiError(
      403,
      "wrong_page",
      `The access token is the one of ${page}.`
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

function listAccounts(
  { issuer }: PostingApi,
  request: SandboxRequest,
  { page: own, tokenOf }: Access
): Reply {
  if (own !== null) {
    throw new ApiError(403, "person_required", "Pages manage no accounts.")
  }
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
      ...(account.kind === "page" && { access_token: tokenOf(account.id) }),
    })),
    next_cursor: isLast ? null : `after_${page[page.length - 1].id}`,
  })
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
    placement: post.placement ?? "feed",
    visibility: post.visibility ?? "public",
    board: post.board ?? null,
    content_warning: post.content_warning ?? null,
    reply_to: post.reply_to ?? null,
    rejected: post.rejected ?? null,
  }
}

function postReceipt({ issuer }: PostingApi, post: StoredPost) {
  const { id, account_id, created_at, is_draft } = post
  const url = is_draft ? `${issuer}/inbox` : `${issuer}/posts/${id}`
  return { id, url, account_id, created_at, is_draft: is_draft ?? false }
}

async function createPost(
  api: PostingApi,
  request: SandboxRequest,
  access: Access
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
  requireOwnPage(access, post.account_id)
  for (const { id } of post.media) {
    requireReadyMedia(api, id)
  }
  if (post.reply_to && !api.store.findPost(post.reply_to)) {
    throw new ApiError(422, "reply_not_found", "reply_to is no post.")
  }
  requireQuota(api, post.account_id)
  const sent_by = access.page === null ? "person" : "page"
  const stored = api.store.addPost({ ...post, idempotency_key: key, sent_by })
  return jsonReply(
    201,
    postReceipt(api, stored),
    quotaHeaders(api, post.account_id)
  )
}

function requireReadyMedia(api: PostingApi, id: string): void {
  const media = api.store.findMedia(id)
  if (!media) {
    throw new ApiError(422, "media_not_found", `There is no image ${id}.`)
  }
  if (progressOf(api, media) < 100) {
    throw new ApiError(422, "media_not_ready", `${id} is still processed.`)
  }
}

function requireAccount(id: string): Account {
  const account = findAccount(id)
  if (!account) {
    throw new ApiError(404, "account_not_found", "There is no such account.")
  }
  return account
}

/** What decides what an account takes, and how many posts it still takes today. */
function getAccount(api: PostingApi, id: string, access: Access): Reply {
  requireOwnPage(access, id)
  return jsonReply(200, { ...requireAccount(id), quota: quotaOf(api, id) })
}

function listBoards({ store }: PostingApi, { url }: SandboxRequest): Reply {
  const words = (url.searchParams.get("q") ?? "").toLowerCase()
  const posts = store.listPosts()
  return jsonReply(200, {
    data: BOARDS.filter(({ name }) => name.toLowerCase().includes(words)).map(
      (board) => ({
        ...board,
        posts: posts.filter((post) => post.board === board.id).length,
      })
    ),
  })
}

function listPosts(api: PostingApi, request: SandboxRequest): Reply {
  const key = request.url.searchParams.get("idempotency_key")
  const posts = api.store
    .listPosts()
    .filter((post) => key === null || post.idempotency_key === key)
    .slice(0, POSTS_PER_LIST)
  return jsonReply(200, { data: posts.map((post) => postView(api, post)) })
}

function requirePost(
  { store }: PostingApi,
  id: string,
  access: Access
): StoredPost {
  const post = store.findPost(id)
  if (!post) {
    throw new ApiError(404, "post_not_found", "There is no such post.")
  }
  requireOwnPage(access, post.account_id)
  return post
}

/** Figures made from the id, so that the same post always has the same ones. */
function getInsights(api: PostingApi, id: string, access: Access): Reply {
  const post = requirePost(api, id, access)
  const digest = createHash("sha256").update(post.id).digest()
  const views = 200 + (digest.readUInt16BE(0) % 4800)
  return jsonReply(200, {
    views,
    likes: Math.floor((views * (digest[2] % 16)) / 100),
    shares: Math.floor((views * (digest[3] % 5)) / 100),
    clicks: Math.floor((views * (digest[4] % 10)) / 100),
  })
}

/** Figures made from the id, as those of posts are. */
function getAccountInsights(id: string, access: Access): Reply {
  requireAccount(id)
  requireOwnPage(access, id)
  const digest = createHash("sha256").update(id).digest()
  return jsonReply(200, { followers: 100 + (digest.readUInt16BE(0) % 9900) })
}

function removePost(api: PostingApi, id: string, access: Access): Reply {
  api.store.removePost(requirePost(api, id, access).id)
  return { status: 204, headers: {}, body: "" }
}

type Handler = {
  method: string
  pattern: RegExp
  scope: string
  run(
    request: SandboxRequest,
    id: string,
    access: Access
  ): Reply | Promise<Reply>
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
      run: (request, _id, access) => listAccounts(api, request, access),
    },
    {
      method: "POST",
      pattern: /^\/api\/media$/,
      scope: "posts:write",
      run: (request) => addMedia(api, request),
    },
    {
      method: "GET",
      pattern: /^\/api\/media\/([^/]+)$/,
      scope: "posts:write",
      run: (_request, id) => getMedia(api, id),
    },
    {
      method: "PATCH",
      pattern: /^\/api\/media\/([^/]+)$/,
      scope: "posts:write",
      run: (request, id) => addPiece(api, request, id),
    },
    {
      method: "GET",
      pattern: /^\/api\/accounts\/([^/]+)$/,
      scope: "accounts:read",
      run: (_request, id, access) => getAccount(api, id, access),
    },
    {
      method: "GET",
      pattern: /^\/api\/boards$/,
      scope: "accounts:read",
      run: (request) => listBoards(api, request),
    },
    {
      method: "POST",
      pattern: /^\/api\/posts$/,
      scope: "posts:write",
      run: (request, _id, access) => createPost(api, request, access),
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
      run: (_request, id, access) =>
        jsonReply(200, postView(api, requirePost(api, id, access))),
    },
    {
      method: "DELETE",
      pattern: /^\/api\/posts\/([^/]+)$/,
      scope: "posts:write",
      run: (_request, id, access) => removePost(api, id, access),
    },
    {
      method: "GET",
      pattern: /^\/api\/accounts\/([^/]+)\/insights$/,
      scope: "insights:read",
      run: (_request, id, access) => getAccountInsights(id, access),
    },
    {
      method: "GET",
      pattern: /^\/api\/posts\/([^/]+)\/insights$/,
      scope: "insights:read",
      run: (_request, id, access) => getInsights(api, id, access),
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
  const access = await requireScope(api, request, handler.scope)
  return handler.run(request, handler.pattern.exec(path)?.[1] ?? "", access)
}
