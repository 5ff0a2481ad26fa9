import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import type { Repetition } from "../modules/socials/sql/edit-publications"
import type { PublicationCheck, PublishingWarning } from "../shared/post-types"
import { checkTargets, type Findings } from "./fitting"
import { quotasOf } from "./quota"
import { hashesOf } from "./fingerprint"
import { readCardFacts } from "./link-card"
import { wantedPublications } from "./plan"
import { destinationOf, requireTimeToCome } from "./post-content"
import { type PublicationChoice, requireTargets, type Target } from "./targets"

const DAY_MS = 24 * 60 * 60 * 1000

/** Within how long the same again is worth a warning, in ms. */
const REPETITION_MS = 14 * DAY_MS

/** A post as somebody writes it. */
interface WrittenPost {
  /** Where it is stored already. */
  id?: string
  caption: string
  link?: string | null
  media?: unknown
  parts?: unknown
  account_ids?: string[]
  publications?: PublicationChoice[]
  scheduled_at?: string | null
  product_ids?: string[]
}

/**
 * What would be refused of a post on each account, and what is worth knowing.
 *
 * @throws {MedusaError} INVALID_DATA for accounts, settings and times that
 * cannot be
 */
export const checkedWithWarnings = async (
  container: MedusaContainer,
  {
    id,
    caption,
    link,
    media,
    parts,
    product_ids,
    scheduled_at,
    ...where
  }: WrittenPost
): Promise<PublicationCheck[]> => {
  requireTimeToCome(scheduled_at)
  const at = scheduled_at ? new Date(scheduled_at) : new Date()
  const targets = await requireTargets(container, wantedPublications(where))
  const card = await readCardFacts(container, { id, product_ids })
  const findings = await checkTargets(
    container,
    { caption, link: link ?? null, media, parts, card },
    targets
  )
  return await Promise.all(
    findings.map(async (finding) => ({
      account_id: finding.target.account_id,
      placement: finding.target.placement,
      violations: finding.violations.filter(
        ({ severity }) => severity === "error"
      ),
      warnings: [
        ...finding.violations.filter(({ severity }) => severity === "warning"),
        ...(await warningsOf(container, finding, at, id ?? null)),
      ],
    }))
  )
}

/**
 * What else a person should know before a post goes out: that an account has had
 * the same, and that it takes no more by then.
 *
 * @param at - when it is to go out
 * @param except - the post itself, where it is stored already
 */
const warningsOf = async (
  container: MedusaContainer,
  { target, draft }: Findings,
  at: Date,
  except: string | null
): Promise<PublishingWarning[]> => {
  const repetitions = await socialsModule(container).findRepetitions(
    target.account_id,
    hashesOf(draft),
    {
      from: new Date(at.getTime() - REPETITION_MS),
      to: new Date(at.getTime() + REPETITION_MS),
      except,
    }
  )
  return [
    ...repetitions.map((repetition) => repeated(repetition, target.who)),
    ...(await quotaWarnings(container, target, draft.parts.length, at, except)),
  ]
}

const repeated = (
  { post_id, caption, at, is_out, is_begun, same_text }: Repetition,
  who: string
): PublishingWarning => {
  const what = same_text ? "text" : "media"
  const day = at.toISOString().slice(0, 10)
  const fact = is_out
    ? `went out on ${who} on ${day}`
    : is_begun
      ? `is about to go out on ${who}, or is out already`
      : `is planned for ${who} on ${day}`
  return {
    code: "repeated",
    message: `The same ${what} ${fact}. Some services refuse repetitions.`,
    post_id,
    caption: caption.slice(0, 120),
    at: at.toISOString(),
  }
}

const quotaWarnings = async (
  container: MedusaContainer,
  { account_id, account, provider, who }: Target,
  parts: number,
  at: Date,
  except: string | null
): Promise<PublishingWarning[]> => {
  const warnings: PublishingWarning[] = []
  for (const rule of quotasOf(provider, destinationOf(account))) {
    const { label, count, window_seconds, per } = rule
    const planned = await socialsModule(container).countPlannedPublications(
      account_id,
      { from: new Date(at.getTime() - window_seconds * 1000), to: at, except },
      per
    )
    const last = planned + (per === "part" ? parts : 1)
    if (last > count) {
      const numbers =
        last === planned + 1
          ? `number ${last}`
          : `numbers ${planned + 1} to ${last}`
      warnings.push({
        code: "quota",
        message: `${who} takes ${count} ${label}, and this would be ${numbers}. It goes out later, as soon as there is room.`,
      })
    }
  }
  return warnings
}
