import { MedusaError } from "@medusajs/framework/utils"
import { toStoredError } from "../credentials/state/transitions"
import { isServiceError, ServiceError } from "../errors/service-error"
import type { PublicationOutcome } from "../modules/socials/sql/publications"
import type { PublishedPost } from "../providers/types"

/** Attempts after which a passing failure counts as final. */
export const MAX_ATTEMPTS = 5

/** First pause after a passing failure, in ms; it doubles with each attempt. */
const BASE_DELAY_MS = 30_000

const MAX_DELAY_MS = 60 * 60 * 1000

/**
 * Pause before the next attempt: exponential, with a random half, so that what
 * failed together does not come back together.
 *
 * @param attempts - attempts so far, from 1
 * @returns ms
 */
export const backoffMs = (
  attempts: number,
  random: () => number = Math.random
): number => {
  const ceiling = Math.min(BASE_DELAY_MS * 2 ** (attempts - 1), MAX_DELAY_MS)
  return ceiling / 2 + random() * (ceiling / 2)
}

/** Everything that is not a service's answer: a damaged envelope, a deleted row. */
const asServiceError = (error: unknown): ServiceError => {
  if (isServiceError(error)) {
    return error
  }
  const isOurs = error instanceof MedusaError
  return new ServiceError(
    "config_error",
    isOurs
      ? error.message
      : "The post could not be published because of an unexpected error. The server's log has the details.",
    { code: (isOurs && error.code) || "unexpected_error" }
  )
}

export const publishedOutcome = (post: PublishedPost): PublicationOutcome => ({
  state: "published",
  external_id: post.external_id,
  external_url: post.url,
})

/**
 * What becomes of a publication whose attempt failed and is known not to have
 * gone out.
 *
 * @param attempts - attempts so far, this one included
 */
export const failedOutcome = (
  error: unknown,
  attempts: number
): PublicationOutcome => {
  const failure = asServiceError(error)
  const last_error = { ...toStoredError(failure) }
  const mayPass =
    failure.errorClass === "transient" || failure.errorClass === "rate_limited"

  if (!mayPass || attempts >= MAX_ATTEMPTS) {
    return { state: "failed", last_error }
  }
  return {
    state: "pending",
    last_error,
    next_attempt_at:
      failure.retryAt ?? new Date(Date.now() + backoffMs(attempts)),
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
})
