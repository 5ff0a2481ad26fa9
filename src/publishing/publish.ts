import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import { recordFailure } from "../credentials/state/failures"
import { toStoredError } from "../credentials/state/transitions"
import { runForAccount } from "../credentials/use/account"
import { isServiceError, ServiceError } from "../errors/service-error"
import type {
  ClaimedPublication,
  Lease,
  PublicationOutcome,
} from "../modules/socials/sql/publications"
import type { SocialsOptions } from "../modules/socials/utils/validate-options"
import type { Json, Progress } from "../providers/publication"
import type { ProviderContext } from "../providers/types"
import { openCheckpoint } from "./checkpoint"
import { ALL_READY, createPublishJob, NotYet, type Work } from "./job"
import { unfitOf } from "./fitting"
import { failedOutcome, progressOutcome, unknownOutcome } from "./outcome"
import { quotaEnd } from "./quota"
import { openOutcome, settleLostCall, takenOutcome } from "./recover"
import { LEASE_LOST, LEASE_MS, leaseLost } from "./lease"
import type { ContentChange } from "./post-content"
import { readSubject, type Subject } from "./subject"
import { logUnexpected } from "./unexpected"

type Budget = Pick<SocialsOptions, "publishing">

/**
 * Works on one claimed publication as far as it goes, and says what became of
 * it. Never throws for what a service, a platform or a post did wrong: that is
 * an outcome.
 *
 * @param publication - claimed by this worker
 * @param lease - the claim's lease
 * @param change - what a handler of the application wants changed of it
 */
export const workOn = async (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease,
  change: ContentChange | null = null
): Promise<PublicationOutcome> => {
  const options = await socialsModule(container).getOptions()
  let work: Work
  try {
    work = {
      container,
      publication,
      lease,
      subject: await readSubject(container, publication, lease, change),
      checkpoint: await openCheckpoint(container, publication.id),
      armed: publication.armed_at
        ? {
            part: publication.armed_part ?? 0,
            by: String(publication.recovery?.armed_by ?? ""),
            armedAt: publication.armed_at,
            evidence: (publication.recovery?.evidence ?? {}) as Json,
          }
        : undefined,
    }
  } catch (error) {
    logUnexpected(container, publication.id, error)
    return publication.armed_at
      ? unknownOutcome(error, null)
      : failedOutcome(error, publication, options.publishing.budget_ms)
  }
  try {
    return await begin(work, options)
  } finally {
    await work.subject.close()
  }
}

const begin = async (
  work: Work,
  options: Budget
): Promise<PublicationOutcome> => {
  const { publication } = work
  const held = holdEnd(work)
  if (held) {
    return held
  }
  if (work.armed) {
    const left = await settleLostCall(work, workerLost(), options)
    if (left) {
      return left
    }
    if (work.subject.lacking) {
      return isAllOut(work.subject)
        ? { state: "published" }
        : failedOutcome(
            work.subject.lacking,
            publication,
            options.publishing.budget_ms
          )
    }
  } else if (isOverdue(publication, options)) {
    return { state: "overdue", last_error: missedBecause(publication) }
  }
  const unfit = unfitOf(work.subject)
  if (unfit) {
    return failedOutcome(unfit, publication, options.publishing.budget_ms)
  }
  const full = await quotaEnd(work)
  if (full) {
    return { state: "waiting", next_attempt_at: full.until, waiting: full }
  }
  return await carryOn(work, options)
}

/** While the service takes no more requests for the account, none is made. */
const holdEnd = (work: Work): PublicationOutcome | null => {
  const { armed, subject } = work
  const { heldUntil, provider, destination } = subject
  if (!heldUntil || heldUntil <= new Date()) {
    return null
  }
  return armed
    ? openOutcome(work, workerLost(), heldUntil)
    : {
        state: "waiting",
        next_attempt_at: heldUntil,
        waiting: {
          why: `${provider.description.label} takes no more posts on ${destination.name} for now`,
        },
      }
}

const workerLost = (): ServiceError =>
  new ServiceError(
    "transient",
    "It is not known whether the post went out: the worker stopped while the service was being asked to publish.",
    { code: "worker_lost", outcomeUnknown: true }
  )

/** Long after its time nobody wants a post without being asked. */
const isOverdue = (
  { publish_at, parts }: ClaimedPublication,
  { publishing: { late_after_ms } }: Budget
): boolean =>
  !!publish_at &&
  !parts?.length &&
  Date.now() - publish_at.getTime() > late_after_ms

/** What it waited for while its time passed; undefined where nobody came for it. */
const missedBecause = ({
  waiting,
}: ClaimedPublication): PublicationOutcome["last_error"] =>
  waiting && waiting.why !== ALL_READY
    ? {
        ...toStoredError(
          new ServiceError(
            "transient",
            `Its time passed while it waited: ${waiting.why}.`,
            { code: "waited_too_long" }
          )
        ),
      }
    : undefined

const carryOn = async (
  work: Work,
  options: Budget
): Promise<PublicationOutcome> => {
  const { publication, subject } = work
  try {
    const progress = await publish(work)
    if (work.armed && progress.state !== "published") {
      return await takenOutcome(work, progress, options)
    }
    if (work.armed) {
      throw new ServiceError(
        "config_error",
        `${subject.provider.description.label}'s provider did not say what became of part ${work.armed.part + 1}.`,
        { code: "outcome_missing", outcomeUnknown: true }
      )
    }
    if (progress.state === "published" && !isAllOut(subject)) {
      throw new ServiceError(
        "config_error",
        `${subject.provider.description.label} was told to publish ${subject.parts.length} parts, and its provider called done for ${subject.outcomes.length}.`,
        { code: "parts_missing" }
      )
    }
    return progressOutcome(progress, publication, options.publishing.budget_ms)
  } catch (error) {
    const notYet = error instanceof NotYet ? error : work.notYet
    if (notYet && !work.armed) {
      return {
        state: "waiting",
        next_attempt_at: notYet.until,
        waiting: { why: notYet.why },
      }
    }
    logUnexpected(work.container, publication.id, error)
    if (isAllOut(subject)) {
      // What fails after the last part, such as reading its address, takes nothing back.
      return { state: "published" }
    }
    if (work.armed && isUnclear(error)) {
      const left = await settleLostCall(work, error, options)
      return left ?? (await carryOn(work, options))
    }
    await noteFailure(work, error)
    return failedOutcome(error, publication, options.publishing.budget_ms)
  }
}

const isAllOut = ({ outcomes, parts }: Subject): boolean =>
  outcomes.length >= parts.length

const publish = async (work: Work): Promise<Progress> => {
  const { container, publication, subject } = work
  const { provider } = subject
  const { publish } = provider
  if (!publish) {
    throw new ServiceError(
      "config_error",
      `${provider.description.label} cannot publish posts.`,
      { code: "publishing_not_supported" }
    )
  }
  const job = createPublishJob(work)
  return await runForAccount(container, subject, (context) =>
    publish
      .call(provider, whileAwake(work, context), job)
      .catch(async (error: unknown) => {
        if (!work.armed) {
          throw error
        }
        if (isUnclear(error)) {
          throw withoutRefresh(error)
        }
        // A clear refusal: whatever fails next, a refresh for one, the part is not out.
        await socialsModule(container).disarmPublication(
          publication.id,
          work.armed.by
        )
        work.armed = undefined
        throw error
      })
  )
}

/**
 * Requests that begin while a part's call may. A process that was asleep in
 * between, as a suspended machine is, does not know that another one has asked
 * the service meanwhile, and publishes in its place.
 */
const whileAwake = (work: Work, context: ProviderContext): ProviderContext => {
  const guarded =
    <Call extends unknown[], Result>(
      run: (...call: Call) => Promise<Result>
    ): ((...call: Call) => Promise<Result>) =>
    async (...call) => {
      const { armed } = work
      if (armed && Date.now() > armed.armedAt.getTime() + LEASE_MS) {
        throw leaseLost()
      }
      return run(...call)
    }
  return {
    ...context,
    fetch: guarded(context.fetch),
    request: guarded(context.request) as ProviderContext["request"],
  }
}

/** A refusal of the token would have it all run again, which may have published. */
const withoutRefresh = (error: unknown): unknown =>
  isServiceError(error) &&
  ["token_expired", "token_invalid"].includes(error.errorClass)
    ? new ServiceError("transient", error.message, {
        code: error.code,
        status: error.status,
        outcomeUnknown: true,
      })
    : error

/** Whether the service may have published although the attempt failed. */
const isUnclear = (error: unknown): boolean =>
  !isServiceError(error) || error.outcomeUnknown || error.code === LEASE_LOST

/** What concerns the account or the platform, rather than this post, is known to others too. */
const noteFailure = async (
  { container, publication, subject }: Work,
  error: unknown
): Promise<void> => {
  if (!isServiceError(error)) {
    return
  }
  if (["permission", "config_error"].includes(error.errorClass)) {
    await recordFailure(container, subject.platform, error)
  }
  if (error.errorClass === "rate_limited" && error.retryAt) {
    await socialsModule(container).holdBackAccount(
      publication.account_id,
      error.retryAt
    )
  }
}
