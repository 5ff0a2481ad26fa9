import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { bareMedia } from "../shared/post-rules/bare-media"
import { libraryMedia } from "../shared/post-rules/library-media"
import { checkPost } from "../shared/post-rules/check"
import type { MediaFacts, PostDraft } from "../shared/post-rules/draft"
import type { Violation } from "../shared/post-rules/violations"
import { findsOne } from "../providers/patterns"
import { countXWeighted } from "../providers/x-weighted"
import { ServiceError } from "../errors/service-error"
import type { StoredMedia } from "./media/media"
import { contentOf, type PostMedia, type PostText } from "./post-content"
import { findTakenIn, takeInAll } from "./post-media"
import { hashesOf } from "./fingerprint"
import type { Subject } from "./subject"
import type { CheckedPublication, Target } from "./targets"

/** What is found about a post on one of its accounts. */
export interface Findings {
  target: Target
  /** What it says there. */
  draft: PostDraft
  violations: Violation[]
}

/**
 * Holds a post against the rules of each account that it is to go to.
 *
 * @param post - what is stored of it, or asked for
 * @param targets - with their variants
 */
export const checkTargets = async (
  container: MedusaContainer,
  post: PostText,
  targets: Target[]
): Promise<Findings[]> => {
  const contents = targets.map(({ variant }) => contentOf(post, variant))
  const factsOf = await readMediaFacts(
    container,
    contents.flatMap(({ parts }) => parts.flatMap(({ media }) => media))
  )
  return targets.map((target, index) => {
    const { link, parts } = contents[index]
    const { title } = target.effective
    const draft: PostDraft = {
      title: typeof title === "string" ? title : null,
      link,
      card: post.card,
      parts: parts.map(({ text, media, delay_seconds }) => ({
        text,
        media: media.map(factsOf),
        delay_s: delay_seconds,
      })),
    }
    return {
      target,
      draft,
      violations: checkPost(
        draft,
        target.limits,
        target.who,
        countXWeighted,
        findsOne
      ),
    }
  })
}

/**
 * Refuses a post that one of its accounts cannot take.
 *
 * @param attached - files that come with the change: those of which there is
 * only an address are looked into, once nothing else is wrong
 * @returns what is worth a warning
 * @throws {MedusaError} INVALID_DATA naming each account and what does not fit,
 * or the file and what is wrong with it
 */
export const requireFitting = async (
  container: MedusaContainer,
  post: PostText,
  targets: Target[],
  attached: PostMedia[] = []
): Promise<Findings[]> => {
  const findings = await requireNoRefusal(container, post, targets)
  if (attached.every(({ media_id }) => media_id)) {
    return findings
  }
  await takeInAll(container, attached)
  return await requireNoRefusal(container, post, targets)
}

const requireNoRefusal = async (
  container: MedusaContainer,
  post: PostText,
  targets: Target[]
): Promise<Findings[]> => {
  const findings = await checkTargets(container, post, targets)
  const refusals = findings
    .flatMap(({ violations }) => violations)
    .filter(({ severity }) => severity === "error")
  if (refusals.length) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `The post does not fit. ${refusals.map(({ message }) => message).join(" ")}`
    )
  }
  return findings
}

/**
 * What is known of files: much of those in the library and of those at an address
 * that was looked into, of others what the address says.
 */
const readMediaFacts = async (
  container: MedusaContainer,
  media: PostMedia[]
): Promise<(media: PostMedia) => MediaFacts> => {
  const ids = media.flatMap(({ media_id }) => media_id ?? [])
  const rows = ids.length
    ? await socialsModule(container).listSocialMedias({ id: [...new Set(ids)] })
    : []
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const rowByAddress = await findTakenIn(
    container,
    media.flatMap(({ media_id, url }) => (media_id ? [] : url))
  )
  return ({ url, alt_text, media_id }) => {
    const row = rowById.get(media_id ?? "")
    if (row) {
      return libraryMedia(row, alt_text)
    }
    const found = media_id ? undefined : rowByAddress.get(url)
    return found
      ? { ...libraryMedia(found, alt_text), id: url }
      : bareMedia(url, alt_text)
  }
}

/** A publication as it is stored, once its account was found to take it. */
export const checkedPublication = ({
  target: { account_id, placement, settings, variant },
  draft,
}: Findings): CheckedPublication => ({
  account_id,
  placement,
  settings,
  variant,
  ...hashesOf(draft),
})

/**
 * What an account would refuse about a publication now that its files are known.
 *
 * @returns null where all is well, or what is out already cannot be changed
 */
export const unfitOf = (subject: Subject): ServiceError | null => {
  const { provider, destination, placement, settings, parts, link } = subject
  if (!provider.limits || subject.outcomes.length) {
    return null
  }
  const { title } = settings
  const refusal = checkPost(
    {
      title: typeof title === "string" ? title : null,
      link: link?.url ?? null,
      parts: parts.map(({ text, media, delay_seconds }) => ({
        text,
        media: media as StoredMedia[],
        delay_s: delay_seconds,
      })),
    },
    provider.limits(destination, { placement, settings }),
    destination.name,
    countXWeighted
  ).find(({ severity }) => severity === "error")
  return refusal
    ? new ServiceError("content_rejected", refusal.message, {
        code: refusal.code,
      })
    : null
}
