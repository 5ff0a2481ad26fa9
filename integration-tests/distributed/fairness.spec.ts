import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { startPostingNetwork } from "../../src/providers/__tests__/support/sandbox"
import {
  type DrillSeed,
  gallery,
  mastodon,
  sandboxSeed,
} from "./support/drill-networks"
import { percentile, roundMs } from "./support/percentiles"
import { setStage, type Stage } from "./support/stage"
import { startVideoServer } from "./support/video-server"
import type { WorkerProcess } from "./support/worker-process"

type Tasks = typeof import("./tasks/fairness")

jest.setTimeout(180_000)

/** Publications whose time is measured, each on an account of its own. */
const MEASURED = 30
const BETWEEN_THEM_MS = 100

/** The default of `publishing.lanes`. */
const LANES = 50

/** More than a process has lanes for. */
const HANGING = 80

/** By how much others may make a publication later. */
const LONGEST_DELAY_MS = 1_000

const PATIENCE_MS = 30_000
const GLANCE_MS = 100

/** Until the first is due: so long may it take to make them all. */
const AHEAD_MS = 3_000

const HALF_AN_HOUR_MS = 30 * 60_000

describe("publications of others", () => {
  let stage: Stage<Tasks>
  let worker: WorkerProcess<Tasks>
  const running: { close: () => Promise<void> }[] = []

  beforeAll(async () => {
    stage = await setStage<Tasks>({
      tasks: path.join(__dirname, "tasks/fairness.ts"),
      locking: "postgres",
    })
    worker = await stage.enter("worker")
    worker.run("publishForEver", null).catch(() => undefined)
  })

  afterAll(async () => {
    await stage.clear()
    await Promise.all(running.map((server) => server.close()))
  })

  const seed = async (
    network: DrillSeed,
    count: number,
    name: string,
    dueAt = Date.now(),
    file?: Awaited<ReturnType<typeof startVideoServer>>["file"]
  ): Promise<string[]> => {
    const [ids] = await worker.run("seedDrill", [
      {
        ...network,
        delays: [0],
        due_at: new Date(dueAt).toISOString(),
        has_file: !!file,
        file: file ?? null,
        texts: Array.from({ length: count }, (_, index) => [
          `${name} ${index}`,
        ]),
      },
    ])
    return ids
  }
  const schedule = (ids: string[], at: number, betweenMs: number) =>
    stage.database.query(
      `update social_publication set publish_at = due.at, next_attempt_at = due.at
       from (select id, to_timestamp($2) + (place - 1) * $3 * interval '1 millisecond' as at
             from unnest($1::text[]) with ordinality as one (id, place)) due
       where social_publication.id = due.id`,
      [ids, at / 1000, betweenMs]
    )

  /** How late each of the measured publications went out, in ms. */
  const measure = async (
    network: DrillSeed,
    name: string
  ): Promise<number[]> => {
    // Nobody begins before all of them have their times.
    const ids = await seed(network, MEASURED, name, Date.now() + PATIENCE_MS)
    await schedule(ids, Date.now() + AHEAD_MS, BETWEEN_THEM_MS)
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const out = await stage.database.query<{ late: number }>(
        `select (extract(epoch from published_at - publish_at) * 1000)::float as late
         from social_publication where id = any($1) and state = 'published'`,
        [ids]
      )
      if (out.length === MEASURED) {
        return out.map(({ late }) => late)
      }
      if (Date.now() > deadline) {
        throw new Error(`${out.length} of ${MEASURED} went out.`)
      }
      await sleep(GLANCE_MS)
    }
  }

  it("are not later by more than a second while a network hangs and an account waits for half an hour", async () => {
    const others = await gallery("gallery", true)
    const processing = await startPostingNetwork()
    processing.settings.video_processing_ms = HALF_AN_HOUR_MS
    const hanging = await mastodon()
    let hung = 0
    hanging.simulator.intercept(async () => {
      hung += 1
    })
    const video = await startVideoServer(1024, Buffer.alloc(1024, 7))
    running.push(others.simulator, processing, hanging.simulator, video)

    await measure(others.seed, "Warm-up")
    const alone = await measure(others.seed, "Alone")

    const [waiting] = await seed(
      sandboxSeed(processing.url),
      1,
      "Film",
      Date.now(),
      video.file
    )
    await seed(hanging.seed, HANGING, "Into the void")
    const film = async () => {
      const [row] = await stage.database.query(
        "select state, waiting->>'why' as why from social_publication where id = $1",
        [waiting]
      )
      return row
    }
    while (!hung || !(await film()).why) {
      await sleep(GLANCE_MS)
    }
    const among = await measure(others.seed, "Among others")

    console.info(
      `[fairness] ${JSON.stringify({
        hung,
        alone_ms: [0.5, 1].map((share) => roundMs(percentile(alone, share))),
        among_ms: [0.5, 1].map((share) => roundMs(percentile(among, share))),
      })}`
    )
    expect((await film()).why).toBe("Sandbox processes the video")
    expect(hung).toBeGreaterThan(LANES)
    expect(Math.min(...among)).toBeGreaterThanOrEqual(0)
    expect(percentile(among, 1) - percentile(alone, 1)).toBeLessThan(
      LONGEST_DELAY_MS
    )
  })
})
