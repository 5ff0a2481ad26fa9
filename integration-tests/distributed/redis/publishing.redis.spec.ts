import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { sendReply } from "../../../sandbox/http"
import { type DrillNetwork, gallery } from "../support/drill-networks"
import { createRandom } from "../support/random"
import { setStage, type Stage } from "../support/stage"
import type { WorkerProcess } from "../support/worker-process"

type Tasks = typeof import("../tasks/queue")

jest.setTimeout(420_000)

/** More than the workers have lanes for at a time. */
const PUBLICATIONS = 300

const LONGEST_PAUSE_MS = 1_500

/** How long the network takes for a request, in ms: a publication has four. */
const NETWORK_MS = 400

/** A lease, and as long as a lost call may still run, and the job's round. */
const PATIENCE_MS = 240_000

const BETWEEN_LOOKS_MS = 500

describe("workers that are killed while publications are queued, with Medusa's engines in Redis", () => {
  let stage: Stage<Tasks>
  let network: DrillNetwork
  const woken = new Set<string>()

  beforeAll(async () => {
    network = await gallery("gallery", true)
    network.simulator.intercept(async ({ carryOut, response }) => {
      await sleep(NETWORK_MS)
      sendReply(response, await carryOut())
    })
    stage = await setStage<Tasks>({
      tasks: path.join(__dirname, "../tasks/queue.ts"),
      locking: "redis",
      env: { WORKER_ENGINES: "redis" },
    })
  })

  afterAll(async () => {
    await stage?.clear()
    await network?.simulator.close()
  })

  const countByState = async (): Promise<Record<string, number>> => {
    const rows = await stage.database.query<{ state: string; count: number }>(
      "select state, count(*)::int as count from social_publication group by state"
    )
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  }

  it("lose none, and publish none twice", async () => {
    const random = createRandom()
    const enter = (name: string): Promise<WorkerProcess<Tasks>> =>
      stage.enter(name, () => woken.add(name))
    // Loading takes long: those that take over are ready before anybody dies.
    const first = await enter("worker-1")
    const [second, ...spares] = await Promise.all(
      ["worker-2", "worker-3", "worker-4", "worker-5"].map(enter)
    )
    const texts = Array.from({ length: PUBLICATIONS }, (_, index) => [
      `Publication ${index}.`,
    ])
    await first.run("seedDrill", [
      { ...network.seed, delays: [0], file: null, texts },
    ])
    const begin = (worker: WorkerProcess<Tasks>) =>
      void worker.run("workForEver", null).catch(() => undefined)
    const atKills: Record<string, number>[] = []
    const kill = async (...victims: WorkerProcess<Tasks>[]) => {
      await sleep(random.between(LONGEST_PAUSE_MS / 2, LONGEST_PAUSE_MS))
      await Promise.all(victims.map((victim) => victim.kill()))
      atKills.push(await countByState())
    }
    const [third, fourth, last] = spares
    begin(first)
    begin(second)
    await kill(first)
    begin(third)
    await kill(second)
    begin(fourth)
    // What is queued then finds nobody.
    await kill(third, fourth)
    begin(last)

    const deadline = Date.now() + PATIENCE_MS
    let counts = await countByState()
    while (counts.published !== PUBLICATIONS && Date.now() < deadline) {
      await sleep(BETWEEN_LOOKS_MS)
      counts = await countByState()
    }
    console.info(
      `[queue] ${JSON.stringify({ seed: random.seed, atKills, counts, woken: woken.size })}`
    )
    expect(counts).toEqual({ published: PUBLICATIONS })
    expect(network.published()).toHaveLength(PUBLICATIONS)
    expect(new Set(network.published()).size).toBe(PUBLICATIONS)
    // Something was queued, and something at work, when the first one died.
    expect(atKills[0].pending).toBeGreaterThan(0)
    expect(atKills[0].publishing).toBeGreaterThan(0)
    expect(woken.size).toBeGreaterThan(1)
  })
})
