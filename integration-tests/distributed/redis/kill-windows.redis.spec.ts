import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { roundMs } from "../support/percentiles"
import { CLIENT_SECRET, setStage, type Stage } from "../support/stage"
import type { Call } from "../tasks/refresh"

type RefreshTasks = typeof import("../tasks/refresh")

jest.setTimeout(240_000)

/** Others take over from a dead process within this, in ms. */
const LONGEST_LEASE_MS = 60_000

const BETWEEN_CALLS_MS = 500

/*
 * Until the lease of a dead process is over, the others must wait, and nothing
 * else must happen.
 */
describe("a process killed while it refreshes, with Medusa's locks in Redis", () => {
  let stage: Stage<RefreshTasks>

  beforeAll(async () => {
    stage = await setStage<RefreshTasks>({
      tasks: path.join(__dirname, "../tasks/refresh.ts"),
      locking: "redis",
    })
  })

  afterAll(() => stage?.clear())

  it("delays the others until the lease is over, as no failure of the token, and then asks for a new connection", async () => {
    const survivor = await stage.enter("survivor")
    const [platform] = await survivor.run("seed", {
      count: 1,
      clientSecret: CLIENT_SECRET,
    })
    await stage.expire(platform)
    const health = async () => {
      const [row] = await stage.database.query<Record<string, unknown>>(
        `select token_validity, last_error->>'class' as error, consecutive_failures as failures
         from social_platform where id = $1`,
        [platform]
      )
      return row
    }

    let tellStopped: () => void = () => undefined
    const stopped = new Promise<void>((resolve) => {
      tellStopped = resolve
    })
    const victim = await stage.enter("victim", () => tellStopped())
    victim
      .run("callUntil", { platform, point: "before the write" })
      .catch(() => undefined)
    await stopped
    await victim.kill()
    const killedAt = Date.now()

    const delayed: Call[] = []
    let found = await survivor.run("call", { platform })
    while (
      found.failure === "transient: lock_timeout" &&
      Date.now() < killedAt + LONGEST_LEASE_MS
    ) {
      delayed.push(found)
      expect(await health()).toEqual({
        token_validity: "true",
        error: null,
        failures: 0,
      })
      await sleep(BETWEEN_CALLS_MS)
      found = await survivor.run("call", { platform })
    }
    console.info(
      `[kill] ${JSON.stringify({
        killed: "before the write",
        locking: "redis",
        outcome: found.failure ?? `token ${found.token}`,
        calls_in_vain: delayed.length,
        delay_ms: roundMs(Date.now() - killedAt),
      })}`
    )

    expect(found.failure).toBe("token_invalid: invalid_grant")
    expect(await health()).toEqual({
      token_validity: "false",
      error: "token_invalid",
      failures: 1,
    })
  })
})
