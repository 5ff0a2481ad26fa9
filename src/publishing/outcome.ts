import { MedusaError } from "@medusajs/framework/utils"
import { retryRefreshAt } from "../credentials/access-token/schedule"
import { toStoredError } from "../credentials/state/transitions"
import { isServiceError, ServiceError } from "../errors/service-error"
import type {
  ClaimedPublication,
  PublicationOutcome,
} from "../modules/socials/sql/publications"
import type { Progress } from "../providers/publication"

/** Everything that is not a service's response: a damaged envelope, a deleted row. */
const asServiceError = (error: unknown): ServiceError => {
  if (isServiceError(error)) {
    return error
  }
  // An error that has passed through a workflow has lost its class.
  const isOurs = MedusaError.isMedusaError(error)
  if (isOurs && error.type === MedusaError.Types.DB_ERROR) {
    return new ServiceError(
      "transient",
      "The store's database could not be reached, or refused a statement.",
      { code: "database_error" }
    )
  }
  return new ServiceError(
    "config_error",
    isOurs
      ? error.message
      : "The post could not be published because of an unexpected error. The server's log has the details.",
    { code: (isOurs && error.code) || "unexpected_error" }
  )
}

/**
 * When trying ends: so long after the publication was to go out, or after a
 * person has asked for it.
 *
 * @param budgetMs - how long, in ms
 */
export const deadlineOf = (
  {
    due_since,
    publish_at,
  }: Pick<ClaimedPublication, "due_since" | "publish_at">,
  budgetMs: number
): number =>
  Math.max(due_since.getTime(), publish_at?.getTime() ?? 0) + budgetMs

/**
 * What becomes of a publication whose attempt failed and is known not to have
 * gone out. What passes is tried again while there is time: a limit is waited
 * out and is no failure; everything else is for a person.
 *
 * @param budgetMs - for how long it is tried, in ms
 */
export const failedOutcome = (
  error: unknown,
  publication: Pick<
    ClaimedPublication,
    "attempts" | "due_since" | "publish_at"
  >,
  budgetMs: number
): PublicationOutcome => {
  const failure = asServiceError(error)
  const last_error = { ...toStoredError(failure) }
  const isLimit = failure.errorClass === "rate_limited"
  const next = retryRefreshAt(publication.attempts + 1, failure.retryAt)
  const mayPass = isLimit || failure.errorClass === "transient"

  if (!mayPass || next.getTime() > deadlineOf(publication, budgetMs)) {
    return { state: "failed", last_error, is_failure: true }
  }
  return {
    state: "pending",
    last_error,
    next_attempt_at: (isLimit && failure.retryAt) || next,
    is_failure: !isLimit,
  }
}

/**
 * What becomes of a publication that may have gone out.
 *
 * @param askAgainAt - when to ask the service once more; null leaves it to a person
 */
export const unknownOutcome = (
  error: unknown,
  askAgainAt: Date | null
): PublicationOutcome => ({
  state: "unknown",
  last_error: { ...toStoredError(asServiceError(error)) },
  next_attempt_at: askAgainAt,
  is_failure: true,
})

/**
 * What becomes of a publication whose provider has come as far as it could.
 *
 * @param budgetMs - for how long it waits where the provider does not say, in ms
 */
export const progressOutcome = (
  progress: Progress,
  publication: Pick<ClaimedPublication, "waiting" | "due_since" | "publish_at">,
  budgetMs: number
): PublicationOutcome => {
  const { waiting } = publication
  if (progress.state === "published") {
    return { state: "published" }
  }
  if (progress.state === "handed_over") {
    const { why, url } = progress
    return { state: "handed_over", waiting: { why, ...(url && { url }) } }
  }
  const { until, giveUpAt, why, done, of } = progress
  // The same wait keeps its end, however often it is asked about.
  const give_up_at =
    (waiting?.why === why && waiting.give_up_at) ||
    (giveUpAt ?? new Date(deadlineOf(publication, budgetMs))).toISOString()
  if (new Date(give_up_at) <= new Date()) {
    return {
      state: "failed",
      is_failure: true,
      last_error: {
        ...toStoredError(
          new ServiceError("transient", `${why}, and did not come to an end.`, {
            code: "gave_up_waiting",
          })
        ),
      },
    }
  }
  return {
    state: "waiting",
    next_attempt_at: until,
    waiting: { why, done, of, give_up_at },
  }
}
