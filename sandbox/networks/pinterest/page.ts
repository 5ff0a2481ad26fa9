import { type Html, html } from "../../html"
import type { Reply } from "../../http"
import { pageReply } from "../../layout"
import type { State, StoredPin } from "./state"

const boardOf = ({ boards }: State, pin: StoredPin): string => {
  const board = boards.find(({ id }) => id === pin.board_id)
  const section = board?.sections.find(({ id }) => id === pin.board_section_id)
  return [board?.name, section?.name].filter(Boolean).join(" › ")
}

const showFile = ({ id, kind, cover, alt_text }: StoredPin, index: number) =>
  kind === "video"
    ? html`<video
        src="/files/${id}/${index}"
        ${typeof cover === "object" && cover && html`poster="/covers/${id}"`}
        controls
      ></video>`
    : html`<img src="/files/${id}/${index}" alt="${alt_text ?? ""}" />`

const showPin = (state: State, pin: StoredPin): Html =>
  html`<article class="card post" id="${pin.id}">
    <p class="muted">
      ${boardOf(state, pin)} ·
      <time datetime="${pin.created_at}Z">${pin.created_at}</time>
    </p>
    <div class="images ${pin.files.length > 1 && "many"}">
      ${pin.files.map((_, index) => showFile(pin, index))}
    </div>
    ${pin.title && html`<h2>${pin.title}</h2>`}
    <p class="text">${pin.description}</p>
    ${pin.link && html`<a class="link" href="${pin.link}">${pin.link}</a>`}
  </article>`

/** All pins, newest first. */
export const overview = (state: State): Reply =>
  pageReply(
    200,
    "Pinterest",
    html`<h1>Ada's shop on a simulated Pinterest</h1>
      ${
        state.pins.length
          ? [...state.pins].reverse().map((pin) => showPin(state, pin))
          : html`<p class="card empty">Nothing was published yet.</p>`
      }`
  )
