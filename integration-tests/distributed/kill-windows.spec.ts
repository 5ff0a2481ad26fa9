import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { percentile, roundMs } from "./support/percentiles"
import { lockPlatformRow, type RowLock } from "./support/row-lock"
import { CLIENT_SECRET, setStage, type Stage } from "./support/stage"
import type { Grant } from "./support/token-log"
import type { WorkerProcess } from "./support/worker-process"
import type { Call, StoppingPoint } from "./tasks/refresh"

type RefreshTasks = typeof import("./tasks/refresh")

jest.setTimeout(180_000)

/** Undisturbed refreshes over which the window is measured. */
const REFRESHES = 100
/** Median of the window that would be a fault, in ms, even on a busy machine. */
const LONGEST_MEDIAN_MS = 250

/** Others take over from a dead process within this, in ms. */
const LONGEST_TAKEOVER_MS = 60_000

/** Time between two runs of the job that publishes, in ms. */
const JOB_MS = 20_000

const BETWEEN_LOOKS_MS = 500

/** Long enough for another process to ask for the token and be refused it, in ms. */
const WHILE_WRITING_MS = 1_500

/** What of a row tells whether its connection works. */
type Health = {
  token_validity: string
  last_error: { class: string; code: string; message: string } | null
}

interface Victim {
  worker: WorkerProcess<RefreshTasks>
  /** Asks for the platform's token. */
  call: (platform: string) => void
  /** Asks for it; resolves when the process has come to that point, and stays there. */
  callUntil: (platform: string, point: StoppingPoint) => Promise<void>
}

describe("a process killed between the service's grant and the commit", () => {
  let stage: Stage<RefreshTasks>
  let survivor: WorkerProcess<RefreshTasks>
  let victims = 0
  let beforeAnswer: (grant: Grant) => Promise<void>

  beforeAll(async () => {
    stage = await setStage<RefreshTasks>({
      tasks: path.join(__dirname, "tasks/refresh.ts"),
      locking: "postgres",
      beforeAnswer: (grant) => beforeAnswer(grant),
    })
    survivor = await stage.enter("survivor")
  })

  beforeEach(() => {
    beforeAnswer = async () => undefined
  })

  afterAll(() => stage?.clear())

  const seed = async (): Promise<string> => {
    const [platform] = await survivor.run("seed", {
      count: 1,
      clientSecret: CLIENT_SECRET,
    })
    return platform
  }
  const seedExpired = async (): Promise<string> => {
    const platform = await seed()
    await stage.expire(platform)
    return platform
  }

  /** A process that is about to be killed while it refreshes the platform's token. */
  const enterVictim = async (): Promise<Victim> => {
    let tellStopped: () => void
    const stopped = new Promise<void>((resolve) => {
      tellStopped = resolve
    })
    const worker = await stage.enter(`victim-${++victims}`, () => tellStopped())
    /** What it would have answered is lost with it. */
    const begin = (call: Promise<Call>) => void call.catch(() => undefined)
    return {
      worker,
      call: (platform) => begin(worker.run("call", { platform })),
      callUntil: (platform, point) => {
        begin(worker.run("callUntil", { platform, point }))
        return stopped
      },
    }
  }

  /** Asks for the token; resolves when the write waits for the row's lock. */
  const callUntilWriting = async (
    victim: Victim,
    platform: string
  ): Promise<RowLock> => {
    const locked = new Promise<RowLock>((resolve, reject) => {
      beforeAnswer = () => {
        beforeAnswer = async () => undefined
        return lockPlatformRow(stage.database, platform).then(resolve, reject)
      }
    })
    victim.call(platform)
    const lock = await locked
    await lock.waitForWriters(1)
    return lock
  }

  const health = async (platform: string): Promise<Health> => {
    const [row] = await stage.database.query<Health>(
      "select token_validity, last_error from social_platform where id = $1",
      [platform]
    )
    return row
  }

  const tell = (killed: string, { ms, token, failure }: Call) =>
    console.info(
      `[kill] ${JSON.stringify({
        killed,
        outcome: failure ?? `token ${token}`,
        survivor_waited_ms: roundMs(ms),
      })}`
    )

  /** The connection works, and goes on working. */
  const expectIntact = async (platform: string, found: Call) => {
    expect(found).toMatchObject({ token: 2 })
    expect(await survivor.run("readTokens", { platforms: [platform] })).toEqual(
      [{ platform, access: 2, refresh: 2 }]
    )
    await stage.expire(platform)
    expect(await survivor.run("call", { platform })).toMatchObject({ token: 3 })
    expect(stage.ledger.isAlive(platform)).toBe(true)
    expect(await health(platform)).toEqual({
      token_validity: "true",
      last_error: null,
    })
  }

  /** The connection is over, and says so to everybody. */
  const expectMarked = async (platform: string, found: Call) => {
    expect(found.failure).toMatch(/^token_invalid: /)
    expect(stage.ledger.isAlive(platform)).toBe(false)
    expect(await health(platform)).toEqual({
      token_validity: "false",
      last_error: expect.objectContaining({
        class: "token_invalid",
        code: expect.stringMatching(/./),
        message: expect.stringMatching(/./),
      }),
    })
    // Nobody asks the service again in vain.
    const before = stage.server.requests()
    expect(await survivor.run("call", { platform })).toMatchObject({
      failure: "token_invalid: reauthorization_required",
    })
    expect(stage.server.requests()).toBe(before)
  }

  it("asks for a new connection when it died before the answer was sent", async () => {
    const platform = await seedExpired()
    const victim = await enterVictim()
    const died = new Promise<void>((resolve) => {
      beforeAnswer = async ({ client }) => {
        if (client === victim.worker.name) {
          await victim.worker.kill()
          resolve()
        }
      }
    })
    victim.call(platform)
    await died
    await stage.endLease(platform)

    const found = await survivor.run("call", { platform })
    tell("before the answer was sent", found)
    await expectMarked(platform, found)
  })

  it("asks for a new connection within a minute when it died with the answer, before the write", async () => {
    const platform = await seedExpired()
    const victim = await enterVictim()
    await victim.callUntil(platform, "before the write")
    await victim.worker.kill()

    const found = await survivor.run("call", { platform })
    tell("before the write", found)
    await expectMarked(platform, found)
    expect(found.ms).toBeLessThan(LONGEST_TAKEOVER_MS)
  })

  it("has the new token when it died during the write, which the database ends", async () => {
    const platform = await seedExpired()
    const victim = await enterVictim()
    const lock = await callUntilWriting(victim, platform)
    await victim.worker.kill()
    await lock.release()
    await lock.waitForWriters(0)

    const found = await survivor.run("call", { platform })
    tell("during the write", found)
    await expectIntact(platform, found)
  })

  it("never passes a dead token for a good one when somebody asks while its last write goes on", async () => {
    const platform = await seedExpired()
    const victim = await enterVictim()
    const lock = await callUntilWriting(victim, platform)
    await victim.worker.kill()

    const asking = survivor.run("call", { platform })
    await sleep(WHILE_WRITING_MS)
    await lock.release()
    const found = await asking
    tell("during the write, another one asking", found)
    if (stage.ledger.isAlive(platform)) {
      await expectIntact(platform, found)
    } else {
      await expectMarked(platform, found)
    }
  })

  it("has the new token when it died after the commit", async () => {
    const platform = await seedExpired()
    const victim = await enterVictim()
    await victim.callUntil(platform, "after the commit")
    await victim.worker.kill()

    const found = await survivor.run("call", { platform })
    tell("after the commit", found)
    await expectIntact(platform, found)
  })

  it("keeps a post to itself while it lives, and leaves it to another within a minute when it dies, which goes out once", async () => {
    const platform = await seed()
    const post = await survivor.run("seedPost", { platform, text: "Hello" })
    const lease = async () => {
      const [{ left }] = await stage.database.query<{ left: number }>(
        `select extract(epoch from lease_expires_at - now())::float as left
         from social_publication where post_id = $1`,
        [post]
      )
      return left
    }
    let tellStopped: () => void = () => undefined
    const stopped = new Promise<void>((resolve) => {
      tellStopped = resolve
    })
    const victim = await stage.enter("publisher", () => tellStopped())
    victim.run("publishForEver", null).catch(() => undefined)
    await stopped
    let [before, now] = [await lease(), await lease()]
    while (now <= before) {
      await sleep(BETWEEN_LOOKS_MS)
      ;[before, now] = [now, await lease()]
    }
    expect(await survivor.run("publish", null)).toBe(0)
    expect(stage.server.posts).toEqual([])

    await victim.kill()
    const killedAt = Date.now()
    while ((await survivor.run("publish", null)) === 0) {
      expect(Date.now() - killedAt).toBeLessThan(LONGEST_TAKEOVER_MS - JOB_MS)
      await sleep(BETWEEN_LOOKS_MS)
    }
    expect(stage.server.posts).toEqual(["Hello"])
    expect(await survivor.run("publish", null)).toBe(0)
    expect(stage.server.posts).toEqual(["Hello"])
  })

  it("would have to die within a window that is measured", async () => {
    const platform = await seed()
    const grantedAt = new Map<number, number>()
    beforeAnswer = async ({ number }) => {
      grantedAt.set(number, performance.timeOrigin + performance.now())
    }
    const commits = await survivor.run("timeCommits", {
      platform,
      times: REFRESHES,
    })
    const windows = commits.map(
      ({ number, committedAt }) => committedAt - grantedAt.get(number)!
    )
    console.info(
      `[kill] ${JSON.stringify({
        window: "from the grant to the commit, undisturbed",
        refreshes: windows.length,
        median_ms: roundMs(percentile(windows, 0.5)),
        p99_ms: roundMs(percentile(windows, 0.99)),
        max_ms: roundMs(percentile(windows, 1)),
      })}`
    )

    expect(new Set(commits.map(({ number }) => number)).size).toBe(REFRESHES)
    expect(Math.min(...windows)).toBeGreaterThan(0)
    expect(percentile(windows, 0.5)).toBeLessThan(LONGEST_MEDIAN_MS)
  })
})
