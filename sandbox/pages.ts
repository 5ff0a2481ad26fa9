import {
  type Account,
  ACCOUNTS,
  avatarSvg,
  BOARDS,
  findAccount,
} from "./directory"
import { type Html, html } from "./html"
import { redirectReply, type Reply, type SandboxRequest } from "./http"
import { messageReply, pageReply } from "./layout"
import type { ContentStore, StoredPost } from "./store"

const DATE = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
})

function postLink(link: string): Html {
  return html`<a class="link" href="${link}" rel="noopener noreferrer nofollow"
    ><strong>${new URL(link).host}</strong>${link}</a
  >`
}

function postMedia(post: StoredPost, store: ContentStore): Html | false {
  if (!post.media.length) {
    return false
  }
  const files = post.media.map((media) =>
    store.findMedia(media.id)?.content_type.startsWith("video/")
      ? html`<video
          controls
          src="/media/${media.id}"
          aria-label="${media.alt_text ?? "Video"}"
        ></video>`
      : html`<img src="/media/${media.id}" alt="${media.alt_text ?? ""}" />`
  )
  return html`<div class="images ${files.length > 1 && "many"}">${files}</div>`
}

/** What was chosen for it and what it answers, where that is not the usual. */
function postChoices(post: StoredPost): Html | false {
  const board = BOARDS.find(({ id }) => id === post.board)
  const choices = [
    post.placement === "story" && "Story",
    post.visibility === "followers" && "For followers",
    board && `On the board ${board.name}`,
  ].filter(Boolean)
  const isReply = !!post.reply_to
  return (
    (choices.length > 0 || isReply) &&
    html`<p class="muted">
      ${choices.join(" · ")}
      ${isReply && html`<a href="/posts/${post.reply_to}">Answers a post</a>`}
    </p>`
  )
}

function postBody(post: StoredPost, store: ContentStore): Html {
  const content = html`${post.text && html`<p class="text">${post.text}</p>`}
  ${postMedia(post, store)} ${post.link && postLink(post.link)}`
  return html`${postChoices(post)}
  ${
    post.content_warning
      ? html`<details>
          <summary>${post.content_warning}</summary>
          ${content}
        </details>`
      : content
  }`
}

function postTime(post: StoredPost): Html {
  const date = DATE.format(new Date(post.created_at))
  return html`<time datetime="${post.created_at}">${date} UTC</time>`
}

function accountHeader(account: Account, detail: Html): Html {
  return html`<div class="who">
    <img class="avatar" src="/avatars/${account.id}.svg" alt="" />
    <div>
      <h2><a href="/accounts/${account.username}">${account.name}</a></h2>
      <p class="muted">@${account.username} · ${account.kind} · ${detail}</p>
    </div>
  </div>`
}

function accountSection(
  account: Account,
  posts: StoredPost[],
  store: ContentStore
): Html {
  const count = posts.length === 1 ? "1 post" : `${posts.length} posts`
  const cards = posts.map(
    (post) =>
      html`<article class="card post" id="${post.id}">
        <h3><a href="/posts/${post.id}">Post of ${postTime(post)}</a></h3>
        ${postBody(post, store)}
      </article>`
  )
  return html`<section
    class="group"
    aria-label="${account.name}, @${account.username}"
  >
    ${accountHeader(account, html`${count}`)}
    ${cards.length ? cards : html`<p class="card empty">Nothing published here yet.</p>`}
  </section>`
}

function feedReply(
  title: string,
  accounts: readonly Account[],
  store: ContentStore
): Reply {
  const posts = store.listPosts()
  const sections = accounts.map((account) =>
    accountSection(
      account,
      posts.filter((post) => post.account_id === account.id),
      store
    )
  )
  return pageReply(
    200,
    title,
    html`<h1>${title}</h1>
      <p class="muted">What connected applications published, newest first.</p>
      ${sections}`
  )
}

function postReply(id: string, store: ContentStore): Reply {
  const post = store.findPost(id)
  const account = post && findAccount(post.account_id)
  if (!post || !account) {
    return messageReply(404, "No such post", "It was never published here.")
  }
  return pageReply(
    200,
    `Post by ${account.name}`,
    html`<h1>Post by ${account.name}</h1>
      <article class="card post">
        ${accountHeader(account, postTime(post))} ${postBody(post, store)}
      </article>`
  )
}

/** Drafts that applications have handed over: their owner publishes them here. */
function inboxReply(store: ContentStore): Reply {
  const drafts = store.listDrafts().map(
    (draft) =>
      html`<article class="card post">
        ${postBody(draft, store)}
        <form method="post" action="/inbox/${draft.id}">
          <button>Publish</button>
        </form>
      </article>`
  )
  return pageReply(
    200,
    "Inbox",
    html`<h1>Inbox</h1>
      <p class="muted">
        Drafts of connected applications. Nobody sees them yet.
      </p>
      ${drafts.length ? drafts : html`<p class="card empty">No drafts.</p>`}`
  )
}

function mediaReply(id: string, store: ContentStore): Reply | null {
  const media = store.findMedia(id)
  const body = store.readMedia(id)
  if (!media || !body) {
    return null
  }
  return {
    status: 200,
    headers: {
      "content-type": media.content_type,
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "public, max-age=3600",
    },
    body,
  }
}

function avatarReply(file: string): Reply | null {
  const body = avatarSvg(file.replace(/\.svg$/, ""))
  if (!body) {
    return null
  }
  return {
    status: 200,
    headers: {
      "content-type": "image/svg+xml",
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "public, max-age=3600",
    },
    body,
  }
}

/**
 * The public side of the network: its pages, images and pictures.
 *
 * @returns the answer, or `null` for a path that is none of these
 */
export function answerPage(
  request: SandboxRequest,
  store: ContentStore
): Reply | null {
  const [, draft] = /^\/inbox\/([^/]+)$/.exec(request.url.pathname) ?? []
  // A page on another origin may not publish in its owner's name.
  const origin = request.header("origin") ?? request.url.origin
  if (request.method === "POST" && draft && origin === request.url.origin) {
    store.publishDraft(draft)
    return redirectReply(303, "/inbox")
  }
  if (request.method !== "GET") {
    return null
  }
  const [section = "", name = "", ...rest] = request.url.pathname
    .slice(1)
    .split("/")
  if (rest.length) {
    return null
  }
  if (section === "") {
    return feedReply("Published posts", ACCOUNTS, store)
  }
  if (section === "inbox" && !name) {
    return inboxReply(store)
  }
  if (section === "posts") {
    return postReply(name, store)
  }
  if (section === "media") {
    return mediaReply(name, store)
  }
  if (section === "avatars") {
    return avatarReply(name)
  }
  const account = ACCOUNTS.find(({ username }) => username === name)
  if (section === "accounts" && account) {
    return feedReply(account.name, [account], store)
  }
  return null
}
