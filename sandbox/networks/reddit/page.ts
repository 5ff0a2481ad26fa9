import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import { type State, type StoredPost, USER } from "./state"

const flairOf = ({ communities }: State, { subreddit, flair }: StoredPost) =>
  communities
    .find(({ name }) => name === subreddit)
    ?.flairs.find(({ id }) => id === flair)?.text

const showFiles = ({ kind, files, poster }: StoredPost): Html =>
  html`<div class="images${files.length > 1 ? " many" : ""}">
    ${files.map(({ asset, caption }) =>
      kind.startsWith("video")
        ? html`<video
            src="/v.redd.it/${asset}"
            poster="/i.redd.it/${poster}.png"
            controls
          ></video>`
        : html`<img src="/i.redd.it/${asset}.png" alt="${caption}" />`
    )}
  </div>`

const showPost = (state: State, post: StoredPost): Html => {
  const labels = [
    flairOf(state, post),
    post.nsfw ? "NSFW" : "",
    post.spoiler ? "spoiler" : "",
    post.removed_by_category && `removed: ${post.removed_by_category}`,
  ].filter(Boolean)
  const comments = state.comments.filter(
    ({ parent, is_deleted }) => parent === `t3_${post.id}` && !is_deleted
  )
  return html`<article class="card post" id="${post.id}">
    <p class="muted">r/${post.subreddit} ${labels.join(" · ")}</p>
    <h2>${post.title}</h2>
    ${post.files.length > 0 && showFiles(post)}
    ${post.url && html`<a class="link" href="${post.url}">${post.url}</a>`}
    <p class="text">${post.text}</p>
    ${comments.map(({ text }) => html`<p class="muted">↳ ${text}</p>`)}
  </article>`
}

/** All posts, newest first. */
export const overview = (state: State): Reply => {
  const posts = state.posts.filter(({ is_deleted }) => !is_deleted)
  return pageReply(
    200,
    "Reddit",
    html`<h1>u/${USER.name} on a simulated Reddit</h1>
      ${
        posts.length
          ? [...posts].reverse().map((post) => showPost(state, post))
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
