import { retryRefreshAt } from "../credentials/access-token/schedule"
import { socialsModule } from "../credentials/modules"
import { runForAccount } from "../credentials/use/account"
import { isServiceError } from "../errors/service-error"
import type { PublicationOutcome } from "../modules/socials/sql/publications"
import type { SocialsOptions } from "../modules/socials/utils/validate-options"
import type { Recovery } from "../providers/publication"
import { createPublishJob, type Work } from "./job"
import { deadlineOf, failedOutcome, unknownOutcome } from "./outcome"

/**
 * Asks the service what became of the part that is armed.
 *
 * @param error - why nobody knows
 * @returns what becomes of the publication; null when the part is out, and the
 * publication goes on
 */
export const settleLostCall = async (
  work: Work,
  error: unknown,
  { publishing: { budget_ms } }: Pick<SocialsOptions, "publishing">
): Promise<PublicationOutcome | null> => {
  const { container, publication, subject } = work
  const part = work.armed?.part ?? 0
  try {
    const recovery = await ask(work)
    switch (recovery.outcome) {
      case "published":
        await createPublishJob(work).done(part, recovery.ref)
        return null
      case "not_published":
        if (recovery.because !== "key_reuse" && mayStillRun(work, error)) {
          return unknownOutcome(error, endOfCall(work))
        }
        await socialsModule(container).disarmPublication(
          publication.id,
          work.armed?.by ?? ""
        )
        work.armed = undefined
        return failedOutcome(error, publication, budget_ms)
      case "ask_again":
        return unknownOutcome(
          error,
          recovery.at.getTime() > deadlineOf(publication, budget_ms)
            ? null
            : recovery.at
        )
      default:
        return unknownOutcome(error, null)
    }
  } catch (failure) {
    // The service cannot say now. Asking again is harmless, unlike publishing again.
    const next = isServiceError(failure)
      ? retryRefreshAt(publication.attempts + 1, failure.retryAt)
      : null
    const hasTime = next && next.getTime() <= deadlineOf(publication, budget_ms)
    return unknownOutcome(
      subject.provider.recover ? error : failure,
      hasTime ? next : null
    )
  }
}

/**
 * Longest time, in ms, after which a service still carries out a request that
 * nobody waits for any more.
 */
const LONGEST_CALL_MS = 60_000

const endOfCall = ({ armed }: Work): Date =>
  new Date((armed?.armedAt.getTime() ?? 0) + LONGEST_CALL_MS)

/** A service that has not responded may be at it: what it does not list now, it may list in a moment. */
const mayStillRun = (work: Work, error: unknown): boolean =>
  !(isServiceError(error) && error.status) && endOfCall(work) > new Date()

const ask = async (work: Work): Promise<Recovery> => {
  const { container, publication, subject, armed } = work
  const { recover } = subject.provider
  if (!recover || !armed) {
    return { outcome: "unknown" }
  }
  const { account, placement, parts, settings, link, kept } =
    createPublishJob(work)
  return await runForAccount(container, subject, (context) =>
    recover.call(subject.provider, context, {
      key: publication.id,
      account,
      placement,
      parts,
      settings,
      link,
      kept,
      part: parts[armed.part],
      armed_at: armed.armedAt,
      evidence: armed.evidence,
    })
  )
}
