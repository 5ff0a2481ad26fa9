import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import { showCard } from "./business"
import type { State, StoredVideo } from "./state"

function showVideo(video: StoredVideo): Html {
  const { id, snippet, status, cover } = video
  return html`<article class="card post" id="${id}">
    <p class="muted">
      ${status.privacyStatus} ·
      ${status.selfDeclaredMadeForKids ? "made for kids" : "not made for kids"}
      · ${snippet.publishedAt}
    </p>
    <h2>${snippet.title}</h2>
    <div class="images">
      <video
        src="/files/${id}"
        ${cover && html`poster="/covers/${id}"`}
        controls
      ></video>
    </div>
    <p class="text">${snippet.description}</p>
  </article>`
}

const newestFirst = <T>(items: T[], show: (item: T) => Html): Html | Html[] =>
  items.length
    ? [...items].reverse().map(show)
    : html`<p class="card empty">Nothing was published yet.</p>`

/** All videos and posts, newest first. */
export function overview({ videos, local_posts }: State): Reply {
  return pageReply(
    200,
    "Google",
    html`<h1>Ada's shop on a simulated YouTube</h1>
      ${newestFirst(videos, showVideo)}
      <h1>Ada's shop on a simulated Google Maps</h1>
      ${newestFirst(local_posts, showCard)}`
  )
}
