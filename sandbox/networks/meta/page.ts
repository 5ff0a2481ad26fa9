import { html, type Html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import {
  CALLBACKS,
  type Host,
  HOSTS,
  type State,
  type StoredPost,
} from "./state"

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
    <form method="post" action="/posts/${id}/delete">
      <button type="submit">Delete this post</button>
    </form>
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

/** What Ada may do with one of the apps, and what its developer enters. */
function showApp(state: State, host: Host): Html {
  const addresses = Object.entries(state.callbacks[host])
  return html`<section class="card">
    <h2>Your app at ${NAMES[host]}</h2>
    <form method="post" action="/apps/${host}/remove">
      <button type="submit">Remove the app</button>
    </form>
    <form method="post" action="/apps/${host}/delete-data">
      <button type="submit">Ask it to delete your data</button>
    </form>
    <form method="post" action="/callbacks/${host}">
      <label>
        Callback
        <select name="name">
          ${CALLBACKS.map((name) => html`<option>${name}</option>`)}
        </select>
      </label>
      <label>Address <input name="url" type="url" required /></label>
      <label>Verify token <input name="verify_token" /></label>
      <button type="submit">Save</button>
    </form>
    ${addresses.map(([name, url]) => html`<p class="muted">${name}: ${url}</p>`)}
  </section>`
}

/** What was published on Facebook, Instagram and Threads, newest first. */
export function postsPage(state: State): Reply {
  const { posts, sent } = state
  return pageReply(
    200,
    "Meta",
    html`<h1>Ada's shop at the simulated Meta</h1>
      ${
        posts.length
          ? [...posts].reverse().map(showPost)
          : html`<p class="card empty">Nothing was published yet.</p>`
      }
      ${HOSTS.map((host) => showApp(state, host))}
      ${sent.map(
        ({ url, status }) => html`<p class="muted">Sent: ${url} ${status}</p>`
      )}`
  )
}
