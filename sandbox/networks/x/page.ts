import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import type { State, StoredPost } from "./state"

function showPost(post: StoredPost): Html {
  const { id, created_at, text, media, cover, poll, in_reply_to, cost } = post
  return html`<article class="card post" id="${id}">
    <p class="muted">
      <time datetime="${created_at}">${created_at}</time> · replies:
      ${post.reply_settings} · cost $${cost}
      ${in_reply_to && html`· reply to ${in_reply_to}`}
      ${post.quoted && html`· quotes ${post.quoted}`}
      ${post.paid_partnership && html`· paid partnership`}
      ${post.made_with_ai && html`· made with AI`}
      ${media[0]?.warning && html`· warns of ${media[0].warning}`}
    </p>
    <p class="text">${text}</p>
    ${
      media.length > 0 &&
      html`<div class="images ${media.length > 1 && "many"}">
        ${media.map((one) =>
          one.media_type.startsWith("video/")
            ? html`<video
                src="/media/${one.id}"
                poster="${cover && `/media/${cover.id}`}"
                controls
              ></video>`
            : html`<img src="/media/${one.id}" alt="${one.alt_text ?? ""}" />`
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
  const posts = [...state.posts].reverse()
  return pageReply(
    200,
    "X",
    html`<h1>${state.user.name} on a simulated X</h1>
      ${
        posts.length
          ? posts.map(showPost)
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
