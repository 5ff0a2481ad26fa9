import { replaceUrls } from "../../shared/post-rules/entities"
import { countGraphemes } from "../../shared/post-rules/text"

/** A file that is in the site's library. */
export interface Upload {
  id: number
  url: string
  kind: "image" | "video"
  alt_text: string | null
  /** Address of the picture that stands for a video. */
  poster: string | null
}

/** What an article is made of. */
export interface Article {
  text: string
  uploads: readonly Upload[]
  link: { url: string; label: string } | null
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ESCAPES[character])

/** Square brackets would be taken for WordPress' shortcodes, which run code. */
const shown = (text: string): string =>
  escaped(text).replace(/\[/g, "&#91;").replace(/\]/g, "&#93;")

/**
 * A block as WordPress' editor writes it, so that people can edit it there.
 *
 * @param name - of the block, without `wp:`
 */
const block = (
  name: string,
  html: string,
  attributes?: Readonly<Record<string, unknown>>
): string => {
  const options = attributes ? ` ${JSON.stringify(attributes)}` : ""
  return `<!-- wp:${name}${options} -->\n${html}\n<!-- /wp:${name} -->`
}

/** A text of plain words, its addresses clickable and its lines kept. */
const inline = (text: string): string => {
  const links: string[] = []
  // NUL cannot be in a text that was stored, so that nothing else looks like a place.
  const marked = replaceUrls(
    text,
    (url) => `\u0000${links.push(url) - 1}\u0000`
  )
  return shown(marked)
    .replace(/\u0000(\d+)\u0000/g, (_, index: string) => {
      const url = links[Number(index)]
      return `<a href="${escaped(url)}">${shown(url)}</a>`
    })
    .replace(/\n/g, "<br>")
}

const paragraphs = (text: string): string[] =>
  text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean)
    .map((paragraph) => block("paragraph", `<p>${inline(paragraph)}</p>`))

const image = ({ id, url, alt_text }: Upload): string =>
  block(
    "image",
    `<figure class="wp-block-image size-full"><img src="${escaped(url)}" alt="${escaped(alt_text ?? "")}" class="wp-image-${id}"/></figure>`,
    { id, sizeSlug: "full", linkDestination: "none" }
  )

const gallery = (images: readonly Upload[]): string =>
  block(
    "gallery",
    `<figure class="wp-block-gallery has-nested-images columns-default is-cropped">${images.map(image).join("\n\n")}</figure>`,
    { linkTo: "none" }
  )

const video = ({ id, url, poster }: Upload): string =>
  block(
    "video",
    `<figure class="wp-block-video"><video controls${poster ? ` poster="${escaped(poster)}"` : ""} src="${escaped(url)}"></video></figure>`,
    { id }
  )

const button = ({ url, label }: NonNullable<Article["link"]>): string =>
  block(
    "buttons",
    `<div class="wp-block-buttons">${block(
      "button",
      `<div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="${escaped(url)}">${shown(label)}</a></div>`
    )}</div>`
  )

/** An article in the markup of WordPress' block editor. */
export const contentOf = ({ text, uploads, link }: Article): string => {
  const images = uploads.filter(({ kind }) => kind === "image")
  return [
    ...paragraphs(text),
    ...(images.length > 1 ? [gallery(images)] : images.map(image)),
    ...uploads.filter(({ kind }) => kind === "video").map(video),
    ...(link ? [button(link)] : []),
  ].join("\n\n")
}

/** Longer first lines are the beginning of a text, not a title. */
const MAX_TITLE = 100

/**
 * An article's title and text. A first line that becomes the title is not said
 * twice, unless it is all there is.
 *
 * @param title - that somebody has chosen
 */
export const titled = (
  text: string,
  title: string | undefined
): { title: string; text: string } => {
  if (title) {
    return { title, text }
  }
  const [first, ...rest] = text.trim().split(/\r\n?|\n/)
  const others = rest.join("\n").trim()
  if (countGraphemes(first) <= MAX_TITLE) {
    return { title: first.trim(), text: others || text }
  }
  return { title: shortened(first), text }
}

const shortened = (line: string): string => {
  let title = ""
  for (const word of line.split(/\s+/)) {
    const longer = title ? `${title} ${word}` : word
    if (countGraphemes(longer) >= MAX_TITLE) {
      break
    }
    title = longer
  }
  return `${
    title ||
    Array.from(line)
      .slice(0, MAX_TITLE - 1)
      .join("")
  }…`
}
