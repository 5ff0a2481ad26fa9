import {
  nextActionOn,
  publicationAdvice,
  REFUSED_BY_STORE,
  troubleDetail,
  troubleTitle,
} from "../../shared/trouble"
import type { SocialPlatform } from "../../shared/api-types"
import type { SocialPublication } from "../../shared/post-types"
import { nextTrySentence, type Trouble } from "./platform-trouble"

/** A publication's trouble; where nobody can do anything about it there is no advice. */
export type PublicationTrouble = Omit<Trouble, "advice"> & {
  advice: string | null
}

type Where = { platform: SocialPlatform | undefined; service: string }

/**
 * What went wrong with a publication last.
 *
 * @param publication as the API has it
 * @param where the platform, if it is known, and the service's name
 * @param isEditable whether the post can still be changed
 * @param now the moment to look from
 * @returns words and a way to mend it; `null` where nothing went wrong
 */
export const publicationTrouble = (
  { state, last_error, next_attempt_at, comments }: SocialPublication,
  { platform, service }: Where,
  isEditable: boolean,
  now: Date = new Date()
): PublicationTrouble | null => {
  if (!last_error) {
    return null
  }
  const parties = { service, account: platform?.profile?.name }
  const title = capitalised(troubleTitle(last_error, parties))
  const detail = troubleDetail(last_error)
  // What a person can do about these is said beside them.
  if (["unknown", "overdue"].includes(state)) {
    return { title, detail, advice: null, mend: null }
  }
  if (next_attempt_at) {
    return {
      title,
      detail,
      advice:
        nextTrySentence(last_error.class, next_attempt_at, now) ??
        "Nothing to do: it is tried again by itself.",
      mend: null,
    }
  }
  if (last_error.code === REFUSED_BY_STORE) {
    const advice = "See to what it says, then retry."
    return { title, detail, advice, mend: null }
  }
  const action = nextActionOn(last_error.class, isEditable)
  // Comments come when all the rest is out, so that it was one that failed.
  if (action === "rewrite" && comments?.length) {
    const advice = "Take the comment back, and write another one."
    return { title, detail, advice, mend: null }
  }
  return {
    title,
    detail,
    advice: publicationAdvice(action, service),
    mend: mendOf(action, platform),
  }
}

const mendOf = (
  action: ReturnType<typeof nextActionOn>,
  platform: SocialPlatform | undefined
): Trouble["mend"] => {
  if (action === "edit") {
    return { to: "edit", label: "Edit the post" }
  }
  if (action === "rewrite") {
    return { to: "/social-posts/create", label: "Write a new post" }
  }
  if (!platform) {
    return null
  }
  const page = `/social-platforms/${platform.id}`
  switch (action) {
    case "reconnect":
      return { to: page, label: `Reconnect ${platform.name}` }
    case "settings":
      return { to: `${page}/edit`, label: `Edit ${platform.name}` }
    default:
      return null
  }
}

/**
 * The platform that has to be reconnected before a failed post can be retried.
 *
 * @param publications of the post
 * @param platformOf the platform that a publication goes to, if it is known
 * @returns the first one that still lacks its access
 */
export const platformToReconnect = (
  publications: SocialPublication[],
  platformOf: (publication: SocialPublication) => SocialPlatform | undefined
): SocialPlatform | undefined =>
  publications
    .filter(
      ({ state, last_error }) =>
        state === "failed" &&
        last_error &&
        nextActionOn(last_error.class, false) === "reconnect"
    )
    .map(platformOf)
    .find(
      (platform) =>
        platform?.connection === "reauthorization_required" ||
        platform?.connection === "not_connected"
    )

const capitalised = (sentence: string): string =>
  sentence.charAt(0).toUpperCase() + sentence.slice(1)
