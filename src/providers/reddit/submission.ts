import { ServiceError } from "../../errors/service-error"
import { publishedText } from "../../shared/post-rules/link"
import type { Media, PublishJob } from "../publication"
import { limits } from "./limits"
import type { Draft, Kind } from "./requirements"
import { MAX_TITLE, type RedditSettings } from "./settings"

/** A post as it goes to Reddit, before its files are there. */
export interface Submission extends Draft {
  /** Of an image, a gallery or a video. */
  files: readonly Media[]
}

const kindOf = (
  { parts: [{ media }], link }: PublishJob,
  { post_as }: RedditSettings
): Kind => {
  if (media.some(({ kind }) => kind === "video")) {
    return "video"
  }
  if (media.length) {
    return media.length > 1 ? "gallery" : "image"
  }
  return link && post_as !== "text" ? "link" : "self"
}

/** Cut between characters, with a sign that it was. */
const shortened = (text: string): string => {
  if (Array.from(text).length <= MAX_TITLE) {
    return text
  }
  let cut = ""
  let length = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    length += Array.from(segment).length
    if (length >= MAX_TITLE) {
      break
    }
    cut += segment
  }
  return `${cut.trimEnd()}…`
}

/**
 * A post's title, and what is left of its text: a first line that has become
 * the title is not said twice.
 */
const textsOf = (
  job: PublishJob,
  { title }: RedditSettings
): { title: string; body: string } => {
  const body = publishedText(
    { link: job.link?.url ?? null, parts: job.parts },
    0,
    limits(job.account, job)
  ).trim()
  const given = title || job.link?.title?.trim()
  if (given) {
    return { title: shortened(given), body }
  }
  const written = job.parts[0].text.trim()
  const first = written.split("\n")[0].trim()
  if (!first) {
    throw new ServiceError(
      "content_rejected",
      "The post has no title, and no text to take it from. Enter a title in the post's settings.",
      { code: "title_missing" }
    )
  }
  const short = shortened(first)
  return {
    title: short,
    body: short === first ? body.slice(first.length).trim() : body,
  }
}

/** What is sent of a post, as its text, link, files and settings make it. */
export const submissionOf = (
  job: PublishJob,
  settings: RedditSettings
): Submission => {
  const kind = kindOf(job, settings)
  const files = job.parts[0].media
  return {
    kind,
    ...textsOf(job, settings),
    url: kind === "self" ? null : (job.link?.url ?? null),
    flair: settings.flair ?? null,
    files,
    captions: files.map(({ alt_text }) =>
      settings.captions ? (alt_text ?? "") : ""
    ),
  }
}
