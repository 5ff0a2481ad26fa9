import type { Reply } from "../../http"
import { postsOf } from "./repo"
import type { BlueskyState, StoredRecord } from "./state"

type Blob = { ref: { $link: string } }

const escaped = (text: unknown): string =>
  String(text ?? "").replace(
    /[&<>"]/g,
    (character) => `&#${character.charCodeAt(0)};`
  )

const embedOf = (embed: Record<string, any> | undefined): string => {
  if (embed?.images) {
    return embed.images
      .map(
        ({ image, alt }: { image: Blob; alt: string }) =>
          `<img src="/blobs/${escaped(image.ref.$link)}" alt="${escaped(alt)}" width="240">`
      )
      .join(" ")
  }
  if (embed?.video) {
    return `<video src="/blobs/${escaped(embed.video.ref.$link)}" controls width="240"></video>`
  }
  if (!embed?.external) {
    return ""
  }
  const { uri, title, description, thumb } = embed.external
  return `<p><a href="${escaped(uri)}">${
    thumb
      ? `<img src="/blobs/${escaped(thumb.ref.$link)}" alt="" width="240"><br>`
      : ""
  }<b>${escaped(title)}</b></a><br>${escaped(description)}</p>`
}

const articleOf = ({ value, uri }: StoredRecord): string => {
  const { text, embed, reply, createdAt } = value as Record<string, any>
  return `<article><p>${reply ? "↳ " : ""}${escaped(text).replace(/\n/g, "<br>")}</p>${embedOf(embed)}<small>${escaped(createdAt)} ${escaped(uri)}</small></article><hr>`
}

/** What was published, newest first. */
export const postsPage = (state: BlueskyState): Reply => ({
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: `<!doctype html><html lang="en"><title>Bluesky (simulated)</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}small{color:#667}</style>
<h1>Bluesky (simulated)</h1><p>Handle <code>${escaped(state.ada.handle)}</code>, app password <code>${escaped(state.ada.appPasswords[0])}</code></p>
${postsOf(state).reverse().map(articleOf).join("\n") || "<p>Nothing yet.</p>"}</html>`,
})
