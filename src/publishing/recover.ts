import { retryRefreshAt } from "../credentials/access-token/schedule"
import { socialsModule } from "../credentials/modules"
import { runForAccount } from "../credentials/use/account"
import { isServiceError } from "../errors/service-error"
import type { PublicationOutcome } from "../modules/socials/sql/publications"
import type { SocialsOptions } from "../modules/socials/utils/validate-options"
import type { Recovery, UnpublishedProgress } from "../providers/publication"
import { createPublishJob, type Work } from "./job"
import { logUnexpected } from "./unexpected"
import {
  deadlineOf,
  failedOutcome,
  progressOutcome,
  unknownOutcome,
} from "./outcome"

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
  options: Pick<SocialsOptions, "publishing">
): Promise<PublicationOutcome | null> => {
  const { publication, subject } = work
  const { budget_ms } = options.publishing
  const part = work.armed?.part ?? 0
  try {
    const recovery = await ask(work)
    switch (recovery.outcome) {
      case "published":
        await createPublishJob(work).done(part, recovery.ref)
        return null
      case "not_published":
        if (
          !recovery.error &&
          recovery.because !== "key_reuse" &&
          mayStillRun(work, error)
        ) {
          return openOutcome(work, error, endOfCall(work))
        }
        await disarm(work)
        return failedOutcome(recovery.error ?? error, publication, budget_ms)
      case "taken":
        return await takenOutcome(work, recovery.progress, options)
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
    logUnexpected(work.container, publication.id, failure)
    // The service cannot say now. Asking again is harmless, unlike publishing again.
    const next = isServiceError(failure)
      ? retryRefreshAt(publication.attempts + 1, failure.retryAt)
      : null
    const hasTime = next && next.getTime() <= deadlineOf(publication, budget_ms)
    return openOutcome(
      work,
      subject.provider.recover ? error : failure,
      hasTime ? next : null
    )
  }
}

/**
 * What becomes of a publication whose armed part the service has taken, and not
 * published (yet). While the service works on it, it stays armed; when that does
 * not come to an end, a person decides.
 */
export const takenOutcome = async (
  work: Work,
  progress: UnpublishedProgress,
  { publishing: { budget_ms } }: Pick<SocialsOptions, "publishing">
): Promise<PublicationOutcome> => {
  if (progress.state === "handed_over") {
    await disarm(work)
  }
  const outcome = progressOutcome(progress, work.publication, budget_ms)
  return outcome.state === "failed"
    ? { ...outcome, state: "unknown", next_attempt_at: null }
    : outcome
}

/** What the service has said to work on is not lost because it cannot be asked for a moment. */
export const openOutcome = (
  { publication: { waiting } }: Work,
  error: unknown,
  askAgainAt: Date | null
): PublicationOutcome =>
  waiting && askAgainAt
    ? { state: "waiting", next_attempt_at: askAgainAt, waiting }
    : unknownOutcome(error, askAgainAt)

const disarm = async (work: Work): Promise<void> => {
  await socialsModule(work.container).disarmPublication(
    work.publication.id,
    work.armed?.by ?? ""
  )
  work.armed = undefined
}

/**
 * Longest time, in ms, after which a service still carries out a request that
 * nobody waits for any more.
 */
const LONGEST_CALL_MS = 60_000

const endOfCall = ({ armed }: Work): Date =>
  new Date((armed?.armedAt.getTime() ?? 0) + LONGEST_CALL_MS)

/** What gateways say that have heard nothing from the service behind them. */
const GATEWAY_STATUSES = [408, 502, 504, 520, 522, 524]

/** A service that has not responded may be at it: what it does not list now, it may list in a moment. */
const mayStillRun = (work: Work, error: unknown): boolean => {
  const status = isServiceError(error) ? error.status : undefined
  const hasResponded = !!status && !GATEWAY_STATUSES.includes(status)
  return !hasResponded && endOfCall(work) > new Date()
}

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
