import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import { MEMBER, PAGES, type State, type StoredPost } from "./state"

const nameOf = (urn: string): string =>
  [MEMBER, ...PAGES].find((known) => known.urn === urn)?.name ?? urn

const showFile = (
  { assets }: State,
  { id, altText, title }: { id: string; altText?: string; title?: string }
): Html => {
  const address = `/files/${encodeURIComponent(id)}`
  switch (assets.get(id)?.kind) {
    case "video":
      return html`<video src="${address}" title="${title}" controls></video>`
    case "document":
      return html`<a class="link" href="${address}">${title}</a>`
    default:
      return html`<img src="${address}" alt="${altText ?? ""}" />`
  }
}

const showContent = (state: State, post: StoredPost): Html | null => {
  const { content, reshareContext } = post
  if (reshareContext) {
    const original = state.posts.find(({ id }) => id === reshareContext.parent)
    return html`<div class="card">
      <p class="text">${original?.text ?? reshareContext.parent}</p>
    </div>`
  }
  const files = [
    ...(content?.media ? [content.media] : []),
    ...(content?.multiImage?.images ?? []),
  ]
  if (files.length) {
    return html`<div class="images ${files.length > 1 && "many"}">
      ${files.map((file) => showFile(state, file))}
    </div>`
  }
  if (content?.article) {
    const { source, title, description, thumbnail } = content.article
    return html`<div class="card">
      ${thumbnail && showFile(state, { id: thumbnail })}
      <a class="link" href="${source}">${title}</a>
      <p class="muted">${description}</p>
    </div>`
  }
  return content?.poll
    ? html`<div class="card">
        <h3>${content.poll.question}</h3>
        <ul>
          ${content.poll.options.map(({ text }) => html`<li>${text}</li>`)}
        </ul>
      </div>`
    : null
}

function showPost(state: State, post: StoredPost): Html {
  const { id, author, text, visibility } = post
  return html`<article class="card post" id="${id}">
    <p class="muted">
      ${nameOf(author)} · ${visibility} ·
      ${new Date(post.createdAt).toISOString()}
    </p>
    <p class="text">${text}</p>
    ${showContent(state, post)}
    ${state.comments
      .filter((comment) => comment.post === id)
      .map(
        (comment) =>
          html`<p class="muted">${nameOf(comment.actor)}: ${comment.text}</p>`
      )}
  </article>`
}

/** All posts, the newest first. */
export function overview(state: State): Reply {
  return pageReply(
    200,
    "LinkedIn",
    html`<h1>Ada and her shop on a simulated LinkedIn</h1>
      ${
        state.posts.length
          ? [...state.posts].reverse().map((post) => showPost(state, post))
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
