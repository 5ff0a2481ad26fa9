import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../modules/socials/sql/publications"
import type { Json, PublishJob } from "../providers/publication"
import type { Subject } from "./subject"
import { type Checkpoint, keepCheckpoint } from "./checkpoint"
import { requireLease } from "./lease"

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

/** A part whose call was armed by this worker and whose outcome is not known yet. */
export interface ArmedPart {
  part: number
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
    ? { at: following, why: "The next part follows in a moment" }
    : { at: planned, why: "Everything is ready, and goes out at its time" }
}

/** What a provider publishes with; every method writes under the lease. */
export const createPublishJob = (work: Work): PublishJob => {
  const { container, publication, lease, subject, checkpoint } = work
  const socials = socialsModule(container)
  const keep = () =>
    keepCheckpoint(container, publication.id, lease, checkpoint)

  return {
    key: publication.id,
    account: subject.destination,
    placement: subject.placement,
    parts: subject.parts,
    settings: subject.settings,
    link: subject.link,
    language: null,
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
      const { at, why } = timeOfPart(work, part)
      if (at > Date.now()) {
        throw new NotYet(new Date(at), why)
      }
      requireLease(
        await socials.armPublication(publication.id, lease, part, {
          evidence,
        })
      )
      work.armed = { part, armedAt: new Date(), evidence }
    },
    done: async (part, ref) => {
      requireLease(
        await socials.recordPublishedPart(publication.id, lease, {
          part,
          ...ref,
        })
      )
      work.armed = undefined
      subject.noteOutcome({
        part,
        ...ref,
        published_at: new Date().toISOString(),
      })
    },
  }
}
