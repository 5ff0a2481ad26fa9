import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import { ACCOUNT, type State, type StoredStatus } from "./state"

function showPost(status: StoredStatus): Html {
  const { text, spoiler_text, media, poll, visibility, language } = status
  return html`<article class="card post" id="${status.id}">
    <p class="muted">
      <time datetime="${status.created_at}">${status.created_at}</time> ·
      ${visibility} · ${language}
      ${status.in_reply_to_id && html`· reply to ${status.in_reply_to_id}`}
    </p>
    ${spoiler_text && html`<h2>${spoiler_text}</h2>`}
    <p class="text">${text}</p>
    ${
      media.length > 0 &&
      html`<div class="images ${media.length > 1 && "many"}">
        ${media.map((one) =>
          one.content_type.startsWith("video/")
            ? html`<video src="/media/${one.id}" controls></video>`
            : html`<img
                src="/media/${one.id}"
                alt="${one.description ?? ""}"
              />`
        )}
      </div>`
    }
    ${
      poll &&
      html`<ul>
        ${poll.options.map((one) => html`<li>${one}</li>`)}
      </ul>`
    }
  </article>`
}

/** What was published, newest first. */
export function postsPage(state: State): Reply {
  const posts = [...state.statuses].reverse()
  return pageReply(
    200,
    "Mastodon",
    html`<h1>${ACCOUNT.display_name} on a simulated Mastodon instance</h1>
      ${
        posts.length
          ? posts.map(showPost)
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
