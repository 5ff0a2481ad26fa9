import { randomBytes } from "node:crypto"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Crew, type Role, startCrew } from "./support/worker-processes"
import { createTestDatabase, type TestDatabase } from "./support/database"
import { createRandom } from "./support/random"
import { startTokenServer, type TokenServer } from "./support/token-server"
import { startWorker, type WorkerProcess } from "./support/worker-process"
import type { DrillEvent } from "./tasks/re-encryption"

type DrillTasks = typeof import("./tasks/re-encryption")

jest.setTimeout(600_000)

const PLATFORMS = 120
const SECRETS_OF_A_PLATFORM = 3
/** Small, so that many kills fall between two batches and many within one. */
const BATCH = 25
/** Refreshes that run at the same time. */
const LANES = 4
const KILLS = Number(process.env.RE_ENCRYPTION_KILLS ?? 12)
const DRILL_MS = KILLS * 2_000
const LONGEST_PAUSE_MS = 3_000
/** The service takes up to this long to answer after it has used up a refresh token. */
const SLOWEST_ANSWER_MS = 15

const CLIENT_SECRET = "a-client-secret-of-the-drill"

describe("re-encrypting while tokens are refreshed and processes are killed", () => {
  const random = createRandom(
    process.env.DRILL_SEED ? Number(process.env.DRILL_SEED) : undefined
  )
  const numbers = { changed: 0, skipped: 0, quarantined: 0, promotions: 0 }
  const errors: string[] = []
  let database: TestDatabase
  let server: TokenServer
  let crew: Crew | undefined
  let calm: WorkerProcess<DrillTasks> | undefined
  let env: Record<string, string>

  const start = (name: string, onEvent?: (event: object) => void) =>
    startWorker<DrillTasks>({
      name,
      tasks: path.join(__dirname, "tasks/re-encryption.ts"),
      env,
      onEvent,
    })

  const note = (given: object) => {
    const event = given as DrillEvent
    switch (event.kind) {
      case "batch":
        numbers.changed += event.changed
        numbers.skipped += event.skipped
        numbers.quarantined += event.quarantined
        return
      case "promoted":
        numbers.promotions += 1
        return
      case "refreshed":
        return server.ledger.confirm(event.platform, event.to)
      case "error":
        errors.push(event.message)
    }
  }

  const roles = (platforms: string[]): Role<DrillTasks>[] => [
    ...["re-encrypter a", "re-encrypter b"].map((name) => ({
      name,
      play: (worker: WorkerProcess<DrillTasks>) =>
        worker.run("reEncryptForever", { limit: BATCH }),
    })),
    {
      name: "refresher",
      play: (worker) =>
        worker.run("refreshForever", { platforms, lanes: LANES }),
    },
  ]

  beforeAll(async () => {
    database = await createTestDatabase()
    server = await startTokenServer({
      clientSecret: CLIENT_SECRET,
      beforeAnswer: () => sleep(random.between(0, SLOWEST_ANSWER_MS)),
    })
    env = {
      DATABASE_URL: database.url,
      TOKEN_SERVER_URL: server.url,
      ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      ENCRYPTION_KEY_V2: randomBytes(32).toString("base64"),
    }
  })

  afterAll(async () => {
    await crew?.dismiss()
    await calm?.kill()
    await server?.close()
    await database?.drop()
  })

  it("leaves every row under one key version with its newest token", async () => {
    console.info(`[drill] seed ${random.seed}`)
    env.WORKER_MIGRATES = "true"
    calm = start("calm", note)
    await calm.ready
    delete env.WORKER_MIGRATES
    const platforms = await calm.run("seed", {
      count: PLATFORMS,
      clientSecret: CLIENT_SECRET,
    })

    const began = Date.now()
    crew = await startCrew({
      roles: roles(platforms),
      start,
      onEvent: note,
      onKilled: server.ledger.bury,
    })
    await crew.killAtRandom(random, {
      kills: KILLS,
      forMs: DRILL_MS,
      pauseMs: LONGEST_PAUSE_MS,
    })
    const seconds = Math.round((Date.now() - began) / 1000)
    await crew.finish()

    const { ledger } = server
    const held = await calm.run("readTokens", { platforms })
    const last = await calm.run("reEncryptTo", { version: 2, limit: BATCH })
    const kills = crew.kills()
    const behind = held.filter(
      ({ platform, refresh }) => refresh !== ledger.newest(platform)
    )
    console.info(
      `[drill] ${JSON.stringify({
        seed: random.seed,
        seconds,
        kills,
        platforms: PLATFORMS,
        refreshes: ledger.refreshes(),
        ...numbers,
        lost_with_a_killed_refresher: ledger.lost.length + behind.length,
        violations: ledger.violations.length,
        errors: errors.length,
      })}`
    )

    expect(errors).toEqual([])
    expect(ledger.violations).toEqual([])
    expect(numbers.quarantined).toBe(0)
    // The drill was one: all were killed, and all had work all the time.
    expect(Object.values(kills).every((count) => count > 0)).toBe(true)
    expect(numbers.promotions).toBeGreaterThan(1)
    expect(numbers.changed).toBeGreaterThan(PLATFORMS * 10)
    expect(ledger.refreshes()).toBeGreaterThan(KILLS)

    expect(
      held.filter(
        ({ platform, access, refresh }) =>
          access !== refresh || !ledger.mayHold(platform, refresh)
      )
    ).toEqual([])
    expect(last.quarantined).toBe(0)
    expect(await calm.run("verifyAll", { limit: PLATFORMS })).toEqual({
      quarantined: 0,
      verified: [
        {
          format: 2,
          key_version: 2,
          values: PLATFORMS * SECRETS_OF_A_PLATFORM,
        },
      ],
    })
    expect(
      await database.query(
        "select distinct key_version, token_validity from social_platform"
      )
    ).toEqual([{ key_version: 2, token_validity: "true" }])

    // What is stored is not only there, it works.
    await calm.run("refreshEach", { platforms })
    expect(await calm.run("readTokens", { platforms })).toEqual(
      platforms.map((platform) => ({
        platform,
        access: ledger.newest(platform),
        refresh: ledger.newest(platform),
      }))
    )
    expect(ledger.violations).toEqual([])
  })
})
