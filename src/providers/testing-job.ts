import { AssertionError } from "node:assert"
import { isServiceError } from "../errors/service-error"
import type {
  Json,
  LostCall,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
  RemoteRef,
  ShownProgress,
  UnpublishedProgress,
} from "./publication"
import type { ProviderContext, SocialProvider } from "./types"

/*
 * A publication in memory, to test a provider's `publish` and `recover` with:
 * it keeps what a real one keeps, and can end the process anywhere.
 */

type Settings = Readonly<Record<string, unknown>>

export interface TestJobOptions {
  /** @default "test-publication" */
  key?: string
  account?: Partial<PublishJob["account"]>
  /** The post itself, then what follows it. @default one part, "Hello" */
  parts?: readonly {
    text?: string
    media?: readonly Media[]
    delay_seconds?: number
  }[]
  /** @default "" */
  placement?: string
  settings?: Settings
  link?: PublishJob["link"]
  language?: string | null
}

/** What ends an attempt in place of a crash of the process. */
export class TestCrash extends Error {
  constructor(readonly at: string) {
    super(`The process ended ${at}.`)
    this.name = "TestCrash"
  }
}

export interface TestJob extends PublishJob {
  /**
   * What was committed, oldest first: `step upload 0`, `save offset`,
   * `forget upload 0`, `arm 0`, `done 0`, and `disarm 0` after a clear refusal.
   */
  readonly log: readonly string[]
  /** Results of the steps, by name. */
  readonly steps: Readonly<Record<string, Json>>
  /** What `save` has kept, by name. */
  readonly saved: Readonly<Record<string, Json>>
  /** What was shown to the merchant last. */
  readonly shown: ShownProgress | undefined
  /** The part whose outcome is not known. */
  readonly armed: number | undefined
  /**
   * Ends the process once, right before or right after the next commit of this
   * name: `crash("before", "done 0")` loses the response of the call that has
   * published. Everything that was committed stays.
   */
  crash: (when: "before" | "after", commit: string) => void
  /** The armed part, as `recover` gets it. */
  lost: () => LostCall
  /** Notes that the armed part is surely not out. */
  disarm: () => void
}

/**
 * Makes a publication in memory. Steps, what was saved, and what is armed or
 * done stay with it when `publish` throws, as they do in the database.
 *
 * @example
 * const job = createTestJob({ parts: [{ text: "Hello" }] })
 * job.crash("before", "done 0")
 * await workOnTestJob(provider, context, job)
 * expect(server.posts()).toHaveLength(1)
 */
export const createTestJob = (options: TestJobOptions = {}): TestJob => {
  const { key = "test-publication", placement = "", settings = {} } = options
  const log: string[] = []
  const steps: Record<string, { at: number; value: Json }> = {}
  const saved: Record<string, Json> = {}
  let shown: ShownProgress | undefined
  let armed: { part: number; at: Date; evidence: Json } | undefined
  let crash: { when: "before" | "after"; commit: string } | undefined

  const parts = (options.parts ?? [{ text: "Hello" }]).map(
    ({ text = "", media = [], delay_seconds = 0 }, index): PublicationPart => ({
      index,
      key: index ? `${key}.${index}` : key,
      text,
      media,
      delay_seconds,
      published: null,
    })
  )

  const crashIf = (when: "before" | "after", commit: string) => {
    if (crash?.when === when && crash.commit === commit) {
      crash = undefined
      throw new TestCrash(`${when} "${commit}"`)
    }
  }
  const commit = (name: string, write: () => void) => {
    crashIf("before", name)
    write()
    log.push(name)
    crashIf("after", name)
  }

  const job: PublishJob = {
    key,
    account: {
      external_id: "account",
      kind: "profile",
      name: "Account",
      username: null,
      url: null,
      facts: {},
      ...options.account,
    },
    placement,
    parts,
    settings,
    link: options.link ?? null,
    language: options.language ?? null,
    step: async (name, run, { validForMs = Infinity } = {}) => {
      const known = steps[name]
      if (known && Date.now() - known.at < validForMs) {
        return known.value as never
      }
      const result = await run()
      commit(`step ${name}`, () => {
        steps[name] = { at: Date.now(), value: asStored(result) }
      })
      return result
    },
    save: async (name, progress, progressShown) =>
      commit(`save ${name}`, () => {
        saved[name] = asStored(progress)
        shown = progressShown ?? shown
      }),
    kept: (name) => saved[name] as never,
    forget: async (name) =>
      commit(`forget ${name}`, () => {
        delete steps[name]
        delete saved[name]
      }),
    arm: async (part, evidence = {}) =>
      commit(`arm ${part}`, () => {
        armed = { part, at: new Date(), evidence: asStored(evidence) }
      }),
    done: async (part, ref: RemoteRef) =>
      commit(`done ${part}`, () => {
        armed = undefined
        parts[part].published = ref
      }),
  }

  return {
    ...job,
    log,
    get steps() {
      return Object.fromEntries(
        Object.entries(steps).map(([name, { value }]) => [name, value])
      )
    },
    saved,
    get shown() {
      return shown
    },
    get armed() {
      return armed?.part
    },
    crash: (when, name) => {
      crash = { when, commit: name }
    },
    lost: () => {
      if (!armed) {
        throw violation("Nothing is armed, so no call is lost.")
      }
      const { account, link, kept } = job
      const { part, at, evidence } = armed
      return {
        ...{ key, account, placement, parts, settings, link, kept },
        part: parts[part],
        armed_at: at,
        evidence,
      }
    },
    disarm: () => {
      log.push(`disarm ${armed?.part}`)
      armed = undefined
    },
  }
}

const violation = (message: string): AssertionError =>
  new AssertionError({ message })

/** A value as it comes back from the database. */
const asStored = (value: unknown): Json =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json)

/** What was handed over is not out: nothing of it is armed any more. */
const takenProgress = (
  job: TestJob,
  progress: UnpublishedProgress
): UnpublishedProgress => {
  if (progress.state === "handed_over" && job.armed !== undefined) {
    job.disarm()
  }
  return progress
}

/** @returns how far the armed part has come, where `publish` does not go on */
const settleLost = async (
  provider: SocialProvider,
  context: ProviderContext,
  job: TestJob
): Promise<UnpublishedProgress | { state: "unknown" } | null> => {
  const { armed } = job
  const recovery = await provider.recover?.(context, job.lost())
  switch (recovery?.outcome) {
    case "published":
      await job.done(armed ?? 0, recovery.ref).catch(unlessCrash)
      return null
    case "not_published":
      job.disarm()
      if (recovery.error) {
        throw recovery.error
      }
      return null
    case "taken":
      return takenProgress(job, recovery.progress)
    default:
      return { state: "unknown" }
  }
}

/** After a crash the next attempt goes on. */
const unlessCrash = (error: unknown): void => {
  if (!(error instanceof TestCrash)) {
    throw error
  }
}

/** More attempts than this mean that a provider gets nowhere. */
const MAX_ATTEMPTS = 50

/**
 * Publishes as the plugin does: asks the provider what became of a call whose
 * outcome got lost, goes on after a crash, and leaves a failure to the test.
 *
 * @returns how far it has come; `unknown` when `recover` cannot say
 * @throws {ServiceError} what the service has clearly refused
 */
export const workOnTestJob = async (
  provider: SocialProvider,
  context: ProviderContext,
  job: TestJob
): Promise<Progress | { state: "unknown" }> => {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (job.armed !== undefined) {
      const end = await settleLost(provider, context, job)
      if (end) {
        return end
      }
      if (job.armed !== undefined) {
        continue
      }
    }
    try {
      const progress = await provider.publish?.(context, job)
      if (progress && progress.state !== "published") {
        return takenProgress(job, progress)
      }
      if (progress) {
        return progress
      }
      throw violation("The provider has no publish operation.")
    } catch (error) {
      const isUnclear = isServiceError(error) && error.outcomeUnknown
      if (
        error instanceof TestCrash ||
        (isUnclear && job.armed !== undefined)
      ) {
        continue
      }
      if (isServiceError(error) && job.armed !== undefined) {
        job.disarm()
      }
      throw error
    }
  }
  throw violation(`The provider got nowhere in ${MAX_ATTEMPTS} attempts.`)
}
