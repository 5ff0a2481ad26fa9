import type { Json, LostCall, Recovery, RemoteRef } from "../publication"
import { type ContainerApi, readContainer } from "./containers"
import type { Graph } from "./graph"

/** Something of an account that is public. */
export interface PublishedMedia {
  id?: string
  /** Instagram's name for the text, and Threads'. */
  caption?: string
  text?: string
  /** Facebook's. */
  message?: string
  permalink?: string
  permalink_url?: string
  /** In ISO 8601. */
  timestamp?: string
  created_time?: string
}

/** What is looked for among an account's posts. */
export interface Sought {
  text: string
  /** When it was sent, in ms since the epoch. */
  since: number
  /** What is known to be something else. */
  others: readonly string[]
}

/** Clocks differ: a service may have dated a post a little before it was sent, in ms. */
const CLOCK_SKEW_MS = 60_000

/** How long a post that is public may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 15 * 60_000

const sameText = (left: string, right: string): boolean =>
  left.normalize("NFC").trim() === right.normalize("NFC").trim()

/** The post with just this text that was made right after it was sent. */
export const findPublished = (
  published: readonly PublishedMedia[],
  { text, since, others }: Sought
): RemoteRef | undefined => {
  const candidates = published.filter(
    (media) =>
      media.id &&
      !others.includes(media.id) &&
      Date.parse(media.timestamp ?? media.created_time ?? "") >=
        since - CLOCK_SKEW_MS &&
      sameText(media.caption ?? media.text ?? media.message ?? "", text)
  )
  // The list begins with the newest; the first one after the call is it.
  const found = candidates.at(-1)
  return found?.id
    ? {
        external_id: found.id,
        url: found.permalink ?? found.permalink_url ?? null,
      }
    : undefined
}

/** The parts of a publication that are out: none of them is the one that is looked for. */
export const knownIds = (parts: LostCall["parts"]): string[] =>
  parts.flatMap(({ published }) => (published ? [published.external_id] : []))

/** What an armed container leaves for `recover`. */
export const containerIn = (evidence: Json): string | undefined => {
  const { container } = (evidence ?? {}) as { container?: unknown }
  return typeof container === "string" && /^\d{1,32}$/.test(container)
    ? container
    : undefined
}

/**
 * What became of an armed container: it says so itself. One that is not public
 * stays what it was, and publishing it again makes one post and not two.
 *
 * @param find - the post that a public container has become
 */
export const recoverContainer = async (
  api: ContainerApi,
  graph: Graph,
  { armed_at, evidence }: Pick<LostCall, "armed_at" | "evidence">,
  find: () => Promise<RemoteRef | undefined>
): Promise<Recovery> => {
  const id = containerIn(evidence)
  if (!id) {
    return { outcome: "unknown" }
  }
  const { state } = await readContainer(api, graph, id)
  const age = Date.now() - armed_at.getTime()
  switch (state) {
    case "published": {
      const ref = await find()
      if (ref) {
        return { outcome: "published", ref }
      }
      return age < LISTED_WITHIN_MS
        ? { outcome: "ask_again", at: new Date(Date.now() + 30_000) }
        : { outcome: "unknown" }
    }
    case "finished":
    case "expired":
      return { outcome: "not_published", because: "draft" }
    case "in_progress":
      return {
        outcome: "ask_again",
        at: new Date(Date.now() + 10_000),
      }
    case "error":
      return { outcome: "not_published", because: "draft" }
  }
}
