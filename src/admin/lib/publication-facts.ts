import type { SocialPublication } from "../../shared/post-types"
import { countOf, formatDateTime } from "./format"

/** What goes on sooner than this needs no time beside it, in ms. */
const SOON_MS = 60_000

/**
 * How a publication stands, in a sentence or two.
 *
 * @param publication as the API has it
 * @param now the moment to look from
 * @returns words; `null` where its state says it all
 */
export const publicationFacts = (
  {
    state,
    published_at,
    removed_at,
    publish_at,
    next_attempt_at,
    waiting,
    attempts,
  }: SocialPublication,
  now: Date = new Date()
): string | null => {
  if (state === "published") {
    const removed = removed_at ? `, removed ${formatDateTime(removed_at)}` : ""
    return published_at
      ? `Published ${formatDateTime(published_at)}${removed}`
      : null
  }
  if (state === "overdue" && publish_at) {
    return `It was to go out ${formatDateTime(publish_at)}, and could not. Publish it now, choose another time, or delete it.`
  }
  if (waiting) {
    return [
      progressOf(waiting),
      ...waitOf(waiting, [publish_at, next_attempt_at], now),
    ].join(" ")
  }
  const facts = [
    attempts > 0 && `${countOf(attempts, "attempt")} so far`,
    next_attempt_at &&
      `${state === "unknown" ? "the service is asked again" : "next attempt"} ${formatDateTime(next_attempt_at)}`,
  ].filter((fact) => typeof fact === "string")
  return facts.length > 0 ? capitalised(facts.join(", ")) : null
}

type Waiting = NonNullable<SocialPublication["waiting"]>

const progressOf = ({ why, done, of }: Waiting): string =>
  done !== undefined && of
    ? `${why}: ${Math.floor((done / of) * 100)} %.`
    : `${why}.`

/** When it goes on: at its own time, where that is still to come; and when waiting ends. */
const waitOf = (
  { give_up_at }: Waiting,
  times: (string | null | undefined)[],
  now: Date
): string[] => {
  const soon = now.getTime() + SOON_MS
  const next = times.find((time) => time && Date.parse(time) > soon)
  return [
    ...(next ? [`It goes on ${formatDateTime(next)}.`] : []),
    ...(give_up_at
      ? [`It waits until ${formatDateTime(give_up_at)} at the longest.`]
      : []),
  ]
}

const capitalised = (sentence: string): string =>
  sentence.charAt(0).toUpperCase() + sentence.slice(1)
