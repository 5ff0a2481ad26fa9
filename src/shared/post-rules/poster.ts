import type { MediaRule, PosterKind, PostLimits } from "./limits"

export const POSTER_KINDS: readonly PosterKind[] = ["picture", "moment"]

/**
 * What kind of cover a file has.
 *
 * @param poster as the library keeps it: a file's id, or a moment
 */
export const posterKindOf = (poster: unknown): PosterKind | "none" => {
  if (typeof poster !== "object" || poster === null) {
    return "none"
  }
  return "at_ms" in poster ? "moment" : "picture"
}

/** What a cover of a file may be; nothing where there can be none. */
export const takenPosters = ({
  poster,
  poster_kinds = POSTER_KINDS,
}: MediaRule): readonly PosterKind[] => (poster === "none" ? [] : poster_kinds)

/**
 * What a video's cover may be for at least one of some accounts; anything where
 * there are no accounts yet, or none of them takes videos.
 *
 * @param limits of the accounts
 */
export const offeredPosters = (
  limits: readonly Pick<PostLimits, "media">[]
): PosterKind[] => {
  const rules = limits.flatMap(({ media }) => media.video ?? [])
  return POSTER_KINDS.filter(
    (kind) =>
      !rules.length || rules.some((rule) => takenPosters(rule).includes(kind))
  )
}
