import { html, type Html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import type { State, StoredPost } from "./state"

const NAMES = {
  facebook: "Facebook",
  instagram: "Instagram",
  threads: "Threads",
}

function showPost(post: StoredPost): Html {
  const { id, network, kind, text, link, files, reply_to, created_at } = post
  return html`<article class="card post" id="${id}">
    <p class="muted">
      ${NAMES[network]} · ${kind}
      ${reply_to && html`· to <a href="#${reply_to}">${reply_to}</a>`} ·
      <time datetime="${created_at}">${created_at}</time>
    </p>
    <p class="text">${text}</p>
    ${link && html`<a class="link" href="${link}">${link}</a>`}
    ${
      files.length > 0 &&
      html`<div class="images ${files.length > 1 && "many"}">
        ${files.map((file, index) =>
          file.content_type.startsWith("video/")
            ? html`<video src="/files/${id}/${index}" controls></video>`
            : html`<img
                src="/files/${id}/${index}"
                alt="${file.alt_text ?? ""}"
              />`
        )}
      </div>`
    }
  </article>`
}

/** What was published on Facebook, Instagram and Threads, newest first. */
export function postsPage({ posts }: State): Reply {
  return pageReply(
    200,
    "Meta",
    html`<h1>Ada's shop at the simulated Meta</h1>
      ${
        posts.length
          ? [...posts].reverse().map(showPost)
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
}
