import { type Account, ACCOUNTS, avatarSvg, findAccount } from "./directory"
import { type Html, html } from "./html"
import type { Reply, SandboxRequest } from "./http"
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

function postImages(post: StoredPost): Html | false {
  if (!post.media.length) {
    return false
  }
  const images = post.media.map(
    (media) =>
      html`<img src="/media/${media.id}" alt="${media.alt_text ?? ""}" />`
  )
  return html`<div class="images ${images.length > 1 && "many"}">
    ${images}
  </div>`
}

function postBody(post: StoredPost): Html {
  return html`${post.text && html`<p class="text">${post.text}</p>`}
  ${postImages(post)} ${post.link && postLink(post.link)}`
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

function accountSection(account: Account, posts: StoredPost[]): Html {
  const count = posts.length === 1 ? "1 post" : `${posts.length} posts`
  const cards = posts.map(
    (post) =>
      html`<article class="card post" id="${post.id}">
        <h3><a href="/posts/${post.id}">Post of ${postTime(post)}</a></h3>
        ${postBody(post)}
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
      posts.filter((post) => post.account_id === account.id)
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
        ${accountHeader(account, postTime(post))} ${postBody(post)}
      </article>`
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
