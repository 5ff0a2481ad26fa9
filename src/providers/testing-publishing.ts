import { AssertionError } from "node:assert"
import { randomUUID } from "node:crypto"
import { isServiceError, ServiceError } from "../errors/service-error"
import type { ServiceFetch } from "../http/fetch"
import type { Progress } from "./publication"
import type { ContractTest } from "./testing"
import {
  createTestJob,
  type TestJob,
  type TestJobOptions,
  workOnTestJob,
} from "./testing-job"
import type { ProviderContext, SocialProvider } from "./types"

/*
 * What the engine relies on in `publish` and `recover`, as tests: the calls of
 * a provider are watched on their way to the service, and spoilt.
 */

export interface PublishingTestOptions {
  /** The post, with settings and account. @default one part, "Hello" */
  job?: Omit<TestJobOptions, "key">
  /**
   * Answers in place of the service.
   *
   * @default a real request, to private addresses too
   */
  fetch?: ServiceFetch
}

/** Makes a context whose requests go through a function of the test's. */
type Connect = (
  through: (fetch: ServiceFetch) => ServiceFetch
) => ProviderContext

type Outcome = Progress | { state: "unknown" }

const violation = (message: string): AssertionError =>
  new AssertionError({ message })

/** A provider at work on one publication, with all that it sends on the way. */
interface Watched {
  job: TestJob
  /** For each part, what was sent between `arm` and `done` to publish it. */
  armedCalls: string[][]
  /** What `recover` has said, oldest first. */
  recoveries: string[]
  work: () => Promise<Outcome>
}

/** Takes the place of a response to a call that publishes, or to one of `recover`. */
interface Spoil {
  armed?: (response: Response) => Response
  recovery?: () => Response
}

const watch = (
  provider: SocialProvider,
  options: PublishingTestOptions,
  connect: Connect,
  spoil: Spoil = {}
): Watched => {
  const job = createTestJob({ ...options.job, key: randomUUID() })
  const armedCalls: string[][] = job.parts.map(() => [])
  const recoveries: string[] = []
  let recovering = false

  const context = connect((fetch) => async (url, init) => {
    if (recovering) {
      return spoil.recovery ? spoil.recovery() : fetch(url, init)
    }
    if (job.armed === undefined) {
      return fetch(url, init)
    }
    armedCalls[job.armed].push(
      `${init?.method ?? "GET"} ${new URL(url).pathname}`
    )
    const response = await fetch(url, init)
    return spoil.armed ? spoil.armed(response) : response
  })
  const { recover } = provider
  const watched: SocialProvider = Object.assign(
    Object.create(provider) as SocialProvider,
    recover && {
      recover: async (...given: Parameters<typeof recover>) => {
        recovering = true
        try {
          const recovery = await recover.apply(provider, given)
          recoveries.push(recovery.outcome)
          return recovery
        } finally {
          recovering = false
        }
      },
    }
  )
  const work = async (): Promise<Outcome> => {
    for (let wait = 0; wait < MAX_WAITS; wait++) {
      const progress = await workOnTestJob(watched, context, job)
      if (progress.state !== "wait") {
        return progress
      }
      const left = Math.max(progress.until.getTime() - Date.now(), 0)
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(left, LONGEST_WAIT_MS))
      )
    }
    throw violation(
      `publish has waited ${MAX_WAITS} times, and goes on waiting.`
    )
  }
  return { job, armedCalls, recoveries, work }
}

const MAX_WAITS = 50
const LONGEST_WAIT_MS = 200

const connectionLost = (): never => {
  throw new ServiceError("transient", "The connection was lost.", {
    code: "ECONNRESET",
    outcomeUnknown: true,
  })
}

const callsOf = (calls: string[]): string => calls.join(", ") || "none"

/** @throws {AssertionError} where a part was published by more than one call */
const requireOnce = ({ armedCalls }: Watched, when: string): void => {
  const twice = armedCalls.findIndex((calls) => calls.length > 1)
  if (twice >= 0) {
    throw violation(
      `publish repeated the call that publishes part ${twice} ${when}: ${callsOf(armedCalls[twice])}.`
    )
  }
}

/** What nobody can tell the outcome of a call from. */
const NO_INFORMATION: readonly [string, () => Response][] = [
  ["a failure", () => Response.json({}, { status: 503 })],
  ["an empty object", () => Response.json({})],
  [
    "a web page",
    () =>
      new Response("<html><body>Welcome</body></html>", {
        headers: { "content-type": "text/html" },
      }),
  ],
]

/**
 * What the engine relies on in a provider that publishes.
 *
 * @param connect - to the service
 */
export const publishingTests = (
  provider: SocialProvider,
  options: PublishingTestOptions,
  connect: Connect
): ContractTest[] => {
  const start = (spoil?: Spoil) => watch(provider, options, connect, spoil)
  return [
    {
      title:
        "publish arms each part right before the one call that publishes it",
      run: async () => {
        const watched = start()
        await requirePublished(watched)
        for (const { index } of watched.job.parts) {
          requireArmed(watched, index)
        }
      },
    },
    {
      title: "publish leaves out the parts that are out",
      run: async () => {
        const watched = start()
        await requirePublished(watched)
        const commits = watched.job.log.length
        await requirePublished(watched)
        const again = watched.job.log
          .slice(commits)
          .find((commit) => commit.startsWith("arm "))
        if (again) {
          throw violation(
            `publish goes on to "${again}", which is out already.`
          )
        }
      },
    },
    {
      title: "publish repeats no armed call after a crash, wherever that is",
      run: async () => {
        const whole = start()
        await requirePublished(whole)
        for (const commit of whole.job.log) {
          for (const when of ["before", "after"] as const) {
            const watched = start()
            watched.job.crash(when, commit)
            await watched.work()
            requireOnce(watched, `after a crash ${when} "${commit}"`)
          }
        }
      },
    },
    {
      title: "publish repeats no armed call whose response was lost",
      run: async () => {
        const watched = start({ armed: connectionLost })
        await watched.work()
        requireOnce(watched, "after its response was lost")
        if (watched.recoveries.includes("not_published")) {
          throw violation(
            "recover says not_published of a part that was published: the next attempt would publish it twice."
          )
        }
      },
    },
    ...(provider.recover ? NO_INFORMATION : []).map(([what, recovery]) => ({
      title: `recover concludes nothing from ${what}`,
      run: async () => {
        const watched = start({ armed: connectionLost, recovery })
        await watched.work().catch((error: unknown) => {
          if (!isServiceError(error)) {
            throw error
          }
        })
        const said = watched.recoveries.find((outcome) =>
          ["published", "not_published"].includes(outcome)
        )
        if (said) {
          throw violation(
            `recover says ${said}, although the service has answered with ${what}: say unknown, or ask again.`
          )
        }
      },
    })),
  ]
}

/** @throws {AssertionError} where not every part went out */
const requirePublished = async ({ job, work }: Watched): Promise<void> => {
  const progress = await work()
  const open = job.parts.filter(({ published }) => !published)
  if (progress.state !== "published" || open.length) {
    throw violation(
      `publish ended with "${progress.state}", and done was not called for ${open.length} of ${job.parts.length} parts.`
    )
  }
}

/** @throws {AssertionError} unless a part is armed, sent by one call and done, with nothing between */
const requireArmed = ({ job, armedCalls }: Watched, part: number): void => {
  const armed = job.log.indexOf(`arm ${part}`)
  if (armed < 0) {
    throw violation(`publish called done(${part}), and never arm(${part}).`)
  }
  // What the service calls the part may be kept before it is known to be out.
  const next = job.log
    .slice(armed + 1)
    .find((commit) => !commit.startsWith("save "))
  if (next !== `done ${part}`) {
    throw violation(
      `publish goes on with "${next}" after arm(${part}): arm it right before the call that publishes, and call done right after.`
    )
  }
  if (armedCalls[part].length !== 1) {
    throw violation(
      `publish sent ${armedCalls[part].length} requests between arm(${part}) and done(${part}), and should send one: ${callsOf(armedCalls[part])}.`
    )
  }
}
