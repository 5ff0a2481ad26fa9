import { html, type Html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import { isOut, type State, type StoredPost } from "./state"

function showPost(post: StoredPost): Html {
  const { id, kind, info, files, mode } = post
  const text = kind === "video" ? info.title : info.description
  return html`<article class="card post" id="${id}">
    <p class="muted">
      ${mode === "inbox" ? "In the inbox" : info.privacy_level}
      ${info.brand_organic_toggle && html`· Promotional content`}
      ${info.brand_content_toggle && html`· Paid partnership`}
      ${info.is_aigc && html`· AI-generated`}
    </p>
    ${kind === "photo" && info.title && html`<h2>${info.title}</h2>`}
    <div class="images ${files.length > 1 && "many"}">
      ${files.map((_, index) =>
        kind === "video"
          ? html`<video src="/files/${id}/${index}" controls></video>`
          : html`<img src="/files/${id}/${index}" alt="" />`
      )}
    </div>
    <p class="text">${text}</p>
  </article>`
}

/** What is out, and what lies in the inbox, newest first. */
export function overview({ posts, creator }: State): Reply {
  const shown = posts.filter(
    (post) => isOut(post) || (post.mode === "inbox" && post.is_whole)
  )
  return pageReply(
    200,
    "TikTok",
    html`<h1>${creator.display_name} on a simulated TikTok</h1>
      ${
        shown.length
          ? [...shown].reverse().map(showPost)
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
