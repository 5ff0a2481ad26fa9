import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Call } from "../tasks/refresh"
import { percentile, roundMs } from "./percentiles"
import { CLIENT_SECRET, setStage, type Stage } from "./stage"
import type { WorkerProcess } from "./worker-process"

type RefreshTasks = typeof import("../tasks/refresh")

/** How long the token server takes to answer, in ms. */
const ENDPOINT_MS = 200

/** Until all processes have heard when to begin, in ms. */
const HEAD_START_MS = 500

const PROCESSES = 4
const CALLERS_OF_A_PROCESS = 250
const CALLERS_OF_A_LONE_PROCESS = 500

/**
 * How many times as long as for a lone caller the storm's slowest may take: four
 * busy processes share what the lone one has to itself.
 */
const LONGEST_STORM = 6

/** More than a pool of Medusa's default size has connections (10). */
const PLATFORMS_AT_ONCE = 40
const CALLERS_OF_A_PLATFORM = 5

/** How many callers met which failure. */
const failuresOf = (calls: Call[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { failure } of calls) {
    if (failure !== undefined) {
      counts[failure] = (counts[failure] ?? 0) + 1
    }
  }
  return counts
}

/**
 * The promise that one token request is made for one expired token, however
 * many ask for it at the same moment, on locks of one kind.
 */
export const describeRefreshStorm = (locking: "postgres" | "redis"): void => {
  describe(`a storm of callers on an expired token, over ${locking} locks`, () => {
    let stage: Stage<RefreshTasks>
    let workers: WorkerProcess<RefreshTasks>[]

    beforeAll(async () => {
      stage = await setStage<RefreshTasks>({
        tasks: path.join(__dirname, "../tasks/refresh.ts"),
        locking,
        beforeAnswer: () => sleep(ENDPOINT_MS),
      })
      // The first one makes the tables.
      workers = [await stage.enter("worker-1")]
      workers.push(
        ...(await Promise.all(
          Array.from({ length: PROCESSES - 1 }, (_, index) =>
            stage.enter(`worker-${index + 2}`)
          )
        ))
      )
    })

    // What is measured is not how long a new process takes to compile its code
    // and to open its connections.
    beforeAll(async () => {
      const platforms = await seedExpired(PROCESSES)
      await Promise.all(
        workers.map((worker, index) =>
          worker.run("call", { platform: platforms[index] })
        )
      )
    })

    afterAll(() => stage?.clear())

    /** Connected platforms whose access tokens have ended. */
    const seedExpired = async (count: number): Promise<string[]> => {
      const platforms = await workers[0].run("seed", {
        count,
        clientSecret: CLIENT_SECRET,
      })
      await Promise.all(platforms.map((platform) => stage.expire(platform)))
      return platforms
    }

    /** So many callers in each process for each of the platforms, all at the same moment. */
    const storm = async (
      platforms: string[],
      processes: number,
      callers: number
    ): Promise<{ calls: Call[]; requests: number }> => {
      const before = stage.server.requests()
      const at = Date.now() + HEAD_START_MS
      const calls = await Promise.all(
        workers
          .slice(0, processes)
          .map((worker) => worker.run("callAtOnce", { platforms, callers, at }))
      )
      return { calls: calls.flat(), requests: stage.server.requests() - before }
    }

    /** How long a lone caller waits for a refresh, on a machine as busy as it is now. */
    const timeLoneCall = async (): Promise<number> => {
      const [platform] = await seedExpired(1)
      const { ms } = await workers[0].run("call", { platform })
      return ms
    }

    const tell = (
      platforms: string[],
      processes: number,
      { calls, requests }: { calls: Call[]; requests: number }
    ) => {
      const waits = calls.map(({ ms }) => ms)
      console.info(
        `[storm] ${JSON.stringify({
          locking,
          platforms: platforms.length,
          processes,
          callers: calls.length,
          token_requests: requests,
          endpoint_ms: ENDPOINT_MS,
          p50_ms: roundMs(percentile(waits, 0.5)),
          p99_ms: roundMs(percentile(waits, 0.99)),
          max_ms: roundMs(percentile(waits, 1)),
        })}`
      )
    }

    it.each([
      { processes: PROCESSES, callers: CALLERS_OF_A_PROCESS },
      { processes: 1, callers: CALLERS_OF_A_LONE_PROCESS },
    ])(
      "makes one token request for $processes × $callers callers, gives all of them the new token and leaves the grant alive",
      async ({ processes, callers }) => {
        const platforms = await seedExpired(1)
        const [platform] = platforms
        const loneMs = await timeLoneCall()
        const outcome = await storm(platforms, processes, callers)
        tell(platforms, processes, outcome)
        const { calls, requests } = outcome

        expect(failuresOf(calls)).toEqual({})
        expect(calls).toHaveLength(processes * callers)
        expect(new Set(calls.map(({ token }) => token))).toEqual(new Set([2]))
        expect(requests).toBe(1)
        expect(
          percentile(
            calls.map(({ ms }) => ms),
            0.99
          )
        ).toBeLessThan(LONGEST_STORM * loneMs)

        // Another process finds what was stored, and the service honours it.
        const [other] = workers.slice(-1)
        expect(await other.run("readTokens", { platforms })).toEqual([
          { platform, access: 2, refresh: 2 },
        ])
        await stage.expire(platform)
        expect(await other.run("call", { platform })).toMatchObject({
          token: 3,
        })
        expect(stage.ledger.isAlive(platform)).toBe(true)
        expect(stage.ledger.violations).toEqual([])
      }
    )

    it("refreshes each of many platforms once when all of them end at the same moment", async () => {
      const platforms = await seedExpired(PLATFORMS_AT_ONCE)
      const outcome = await storm(platforms, PROCESSES, CALLERS_OF_A_PLATFORM)
      tell(platforms, PROCESSES, outcome)

      expect(failuresOf(outcome.calls)).toEqual({})
      expect(new Set(outcome.calls.map(({ token }) => token))).toEqual(
        new Set([2])
      )
      expect(outcome.requests).toBe(PLATFORMS_AT_ONCE)
      expect(await workers[0].run("readTokens", { platforms })).toEqual(
        platforms.map((platform) => ({ platform, access: 2, refresh: 2 }))
      )
      expect(stage.ledger.violations).toEqual([])
    })
  })
}
