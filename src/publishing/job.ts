import { setTimeout as sleep } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../modules/socials/sql/publications"
import type { Json, PublishJob, RemoteRef } from "../providers/publication"
import type { Subject } from "./subject"
import { type Checkpoint, keepCheckpoint } from "./checkpoint"
import { ServiceError } from "../errors/service-error"
import { leaveLane } from "./lanes"
import { requireLease } from "./lease"

/**
 * What is due so soon is waited for on the spot, in ms, with all in memory that
 * the call needs: long enough to get a thousand ready for the same second, and
 * no longer, since nothing else goes out on the account meanwhile.
 */
const READY_AHEAD_MS = 5_000

/** Why what is prepared waits for its time. */
export const ALL_READY = "Everything is ready, and goes out at its time"

/** Leaves a publication until its time, from within the provider's code. */
export class NotYet extends Error {
  constructor(
    readonly until: Date,
    readonly why: string
  ) {
    super(why)
    this.name = "NotYet"
  }
}

/** A part whose call was armed and whose outcome is not known yet. */
export interface ArmedPart {
  part: number
  /** Token of the lease under which it was armed. */
  by: string
  armedAt: Date
  evidence: Json
}

export interface Work {
  container: MedusaContainer
  publication: ClaimedPublication
  lease: Lease
  subject: Subject
  checkpoint: Checkpoint
  /** What is armed at this moment. */
  armed: ArmedPart | undefined
  /** That its time has not come, should the provider's code hide it. */
  notYet?: NotYet
}

/** When a part may become public: at the post's time, and after the part before it. */
const timeOfPart = (
  { publication, subject }: Work,
  index: number
): { at: number; why: string } => {
  const planned = publication.publish_at?.getTime() ?? 0
  const before = subject.outcomes.find(({ part }) => part === index - 1)
  const delay = (subject.parts[index]?.delay_seconds ?? 0) * 1000
  const following = before?.published_at
    ? new Date(before.published_at).getTime() + delay
    : 0
  return following > planned
    ? { at: following, why: "The next part waits for its time" }
    : { at: planned, why: ALL_READY }
}

/** What a provider publishes with; every method writes under the lease. */
export const createPublishJob = (work: Work): PublishJob => {
  const { container, publication, lease, subject, checkpoint } = work
  const socials = socialsModule(container)
  let kept: Promise<void> = Promise.resolve()
  /** One after another: of two steps that end at once, the older state must not be written last. */
  const keep = (): Promise<void> => {
    kept = kept
      .catch(() => undefined)
      .then(() => keepCheckpoint(container, publication.id, lease, checkpoint))
    return kept
  }

  return {
    key: publication.id,
    account: subject.destination,
    placement: subject.placement,
    parts: subject.parts,
    settings: subject.settings,
    link: subject.link,
    language: subject.language,
    step: async (name, run, { validForMs = Infinity } = {}) => {
      const known = checkpoint.steps[name]
      if (known && Date.now() - known.at < validForMs) {
        return known.value as never
      }
      const value = await run()
      checkpoint.steps[name] = {
        at: Date.now(),
        value: (value ?? null) as Json,
      }
      await keep()
      return value
    },
    save: async (name, progress, shown) => {
      checkpoint.kept[name] = progress
      await keep()
      if (shown) {
        requireLease(await socials.showProgress(publication.id, lease, shown))
      }
    },
    kept: (name) => checkpoint.kept[name] as never,
    forget: async (name) => {
      delete checkpoint.steps[name]
      delete checkpoint.kept[name]
      await keep()
    },
    arm: async (part, evidence = {}) => {
      requireOpenPart(work, part)
      leaveLane(container, publication.id)
      await untilTimeOfPart(work, part)
      requireLease(
        await socials.armPublication(publication.id, lease, part, evidence)
      )
      work.armed = { part, by: lease.token, armedAt: new Date(), evidence }
    },
    done: async (part, ref) => {
      requireLease(await recordPart(work, part, ref))
      if (work.armed?.part === part) {
        work.armed = undefined
      }
      subject.noteOutcome({
        part,
        ...ref,
        published_at: new Date().toISOString(),
      })
    },
  }
}

/** @throws {ServiceError} for a call whose outcome is not known, or that was made */
const requireOpenPart = ({ armed, subject }: Work, part: number): void => {
  const isOut = subject.outcomes.some((outcome) => outcome.part === part)
  if (armed || isOut) {
    throw new ServiceError(
      "config_error",
      armed
        ? `${subject.provider.description.label} was about to publish part ${part + 1} while nobody knows what became of part ${armed.part + 1}.`
        : `${subject.provider.description.label} was about to publish part ${part + 1} once more.`,
      { code: "armed_twice", outcomeUnknown: !!armed }
    )
  }
}

/** @throws {NotYet} when it is a while until then */
const untilTimeOfPart = async (work: Work, part: number): Promise<void> => {
  const { at, why } = timeOfPart(work, part)
  if (at > Date.now() + READY_AHEAD_MS) {
    work.notYet = new NotYet(new Date(at - READY_AHEAD_MS), why)
    throw work.notYet
  }
  // A timer may fire a little early.
  while (Date.now() < at) {
    await sleep(at - Date.now())
  }
}

const recordPart = (
  { container, publication, lease, armed }: Work,
  part: number,
  ref: RemoteRef
): Promise<boolean> => {
  const socials = socialsModule(container)
  return armed?.part === part
    ? socials.recordPublishedPart(publication.id, armed.by, { part, ...ref })
    : socials.recordFurtherPart(publication.id, lease, { part, ...ref })
}
