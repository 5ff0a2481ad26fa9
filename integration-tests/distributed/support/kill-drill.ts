import { randomBytes, randomUUID } from "node:crypto"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import sharp from "sharp"
import { startSimulator } from "../../../sandbox/networks/simulator"
import type { DrillEvent, FileRow, Stop } from "../tasks/kill-drill"
import { createTestDatabase, type TestDatabase } from "./database"
import { type DrillNetwork, startDrillNetworks } from "./drill-networks"
import { type Fault, type PlannedFaults, planFaults } from "./planned-faults"
import { createRandom, type Random } from "./random"
import { startWorker, type WorkerProcess } from "./worker-process"

type DrillTasks = typeof import("../tasks/kill-drill")

const TASKS = path.join(__dirname, "../tasks/kill-drill.ts")

/** At most so many publications stand at their stops when a process is killed. */
const WAVE = 150

/** How often it is looked whether all have come to their boundaries, in ms. */
const GLANCE_MS = 5

/** Passes of the survivor after which something is open that gets nowhere. */
const MOST_PASSES = 20

/** Where a worker is killed, or what becomes of a request. */
type Boundary = { stop: Stop } | { nth: number; fault: Fault }

/** Faults after which the worker is killed; it waits in vain. */
const KILLED_AT: readonly Fault[] = ["lost", "late", "held"]

/** Faults that the worker lives through. */
const SURVIVED: readonly Fault[] = ["dropped", "doubled", "held"]

/** What became of the publications to one network. */
export interface Summary {
  provider: string
  /** Commits and requests of a publication that nothing disturbs. */
  commits: number
  requests: number
  /** Publications at whose boundaries a worker was killed. */
  kills: number
  /** Responses that were dropped, doubled, or later than the lease. */
  faults: number
  published: number
  unknown: number
  /** Parts that are public more than once. */
  published_twice: string[]
  /** Publications that ended without being out or being told as unknown, and why. */
  lost: string[]
}

/** A publication with its place in the drill. */
interface Run {
  network: DrillNetwork
  summary: Summary
  boundary: Boundary
}

interface Drill {
  database: TestDatabase
  faults: PlannedFaults
  survivor: WorkerProcess<DrillTasks>
  enterVictim: (
    onEvent: (event: DrillEvent) => void
  ) => Promise<WorkerProcess<DrillTasks>>
  networks: DrillNetwork[]
  file: FileRow
  /** Calls back when a planned fault has happened to a publication. */
  whenFault: (tell: (publication: string) => void) => void
}

/**
 * Kills workers while they publish to every network at once: first at some of
 * the boundaries, chosen at random, or once at each of them, and then at random
 * until there were enough; lets the survivor finish.
 */
export const runKillDrill = async (
  kills: number
): Promise<{ seed: number; processes: number; networks: Summary[] }> => {
  const random = createRandom()
  const { drill, clear, processes } = await setUp()
  try {
    const summaries = await measureCleanRuns(drill)
    const all = drill.networks.flatMap((network, index) =>
      boundariesOf(summaries[index]).map((boundary) => ({
        network,
        summary: summaries[index],
        boundary,
      }))
    )
    const [killing, surviving] = [isDeadly, isSurvived].map((wanted) =>
      shuffled(
        random,
        all.filter(({ boundary }) => wanted(boundary))
      )
    )
    for (const wave of wavesOf(surviving.slice(0, kills))) {
      await survive(drill, wave)
    }
    const further = Math.max(0, kills - killing.length)
    const chosen = [
      ...killing.slice(0, kills),
      ...Array.from({ length: further }, () => random.pick(killing)),
    ]
    for (const wave of wavesOf(chosen)) {
      await killAtEach(drill, wave)
    }
    return {
      ...{ seed: random.seed, processes: processes() },
      networks: summaries,
    }
  } finally {
    await clear()
  }
}

const shuffled = <T>(random: Random, items: T[]): T[] => {
  const left = [...items]
  return items.map(() => left.splice(random.between(0, left.length), 1)[0])
}

const wavesOf = (runs: Run[]): Run[][] =>
  Array.from({ length: Math.ceil(runs.length / WAVE) }, (_, index) =>
    runs.slice(index * WAVE, (index + 1) * WAVE)
  )

const isDeadly = (boundary: Boundary): boolean =>
  "stop" in boundary || KILLED_AT.includes(boundary.fault)

const isSurvived = (boundary: Boundary): boolean =>
  !("stop" in boundary) && SURVIVED.includes(boundary.fault)

const boundariesOf = ({ commits, requests }: Summary): Boundary[] => [
  ...Array.from({ length: commits }, (_, index) => [
    { stop: { when: "before", nth: index + 1 } as const },
    { stop: { when: "after", nth: index + 1 } as const },
  ]).flat(),
  ...Array.from({ length: requests }, (_, index) =>
    [...new Set([...KILLED_AT, ...SURVIVED])].map((fault) => ({
      nth: index + 1,
      fault,
    }))
  ).flat(),
]

const setUp = async () => {
  const database = await createTestDatabase()
  const networks = await startDrillNetworks()
  let tellFault: (publication: string) => void = () => undefined
  const faults = planFaults((publication) => tellFault(publication))
  networks.forEach(({ simulator }) => simulator.intercept(faults.intercept))
  const picture = await startPicture()
  const env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    // Networks that fetch files come here: it has the drill's one at every address.
    SOCIAL_PLATFORMS_BACKEND_URL: new URL(picture.file.source_url).origin,
  }
  const workers: WorkerProcess<DrillTasks>[] = []
  const enter = async (
    name: string,
    onEvent?: (event: DrillEvent) => void
  ): Promise<WorkerProcess<DrillTasks>> => {
    const worker = startWorker<DrillTasks>({
      name,
      tasks: TASKS,
      env: { ...env, WORKER_MIGRATES: workers.length ? "" : "true" },
      onEvent: onEvent as (event: object) => void,
    })
    workers.push(worker)
    await worker.ready
    return worker
  }
  const survivor = await enter("survivor")
  const drill: Drill = {
    ...{ database, faults, survivor, networks, file: picture.file },
    enterVictim: (onEvent) => enter(`victim-${workers.length}`, onEvent),
    whenFault: (tell) => {
      tellFault = tell
    },
  }
  return {
    drill,
    processes: () => workers.length,
    clear: async () => {
      await Promise.all(workers.map((worker) => worker.kill()))
      await Promise.all(networks.map(({ simulator }) => simulator.close()))
      await picture.close()
      await database.drop()
    },
  }
}

/** In pixels, and enough for every network. */
const SIDE = 256

/**
 * A picture without anything that would have to be taken out of it, which noise
 * makes as large as the pickiest network wants it.
 */
const startPicture = async () => {
  const body = await sharp({
    create: {
      ...{ width: SIDE, height: SIDE, channels: 3, background: "#c33" },
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .toBuffer()
  const server = await startSimulator(0, () => ({
    status: 200,
    headers: { "content-type": "image/jpeg" },
    body,
  }))
  return {
    file: {
      source_url: `${server.url}/picture.jpg`,
      name: "picture.jpg",
      kind: "image" as const,
      content_type: "image/jpeg",
      bytes: body.length,
      ...{ width: SIDE, height: SIDE, duration_ms: null },
    },
    close: server.close,
  }
}

/** The picture, given out as a video for networks that take nothing else and look at nothing. */
const asKind = (
  file: FileRow,
  kind: DrillNetwork["seed"]["file_kind"] = "image"
): FileRow =>
  kind === "image"
    ? file
    : {
        ...file,
        ...{ kind, content_type: "video/mp4", name: "film.mp4" },
        ...{ width: 720, height: 1280, duration_ms: 1_000 },
      }

/** A publication of the drill. */
interface Seeded extends Run {
  id: string
  /** Of its parts, unlike all others. */
  texts: string[]
}

const seed = async (
  { survivor, file }: Drill,
  runs: Run[]
): Promise<Seeded[]> => {
  const written = runs.map((run) => {
    const mark = randomUUID()
    return {
      ...run,
      texts: run.network.seed.delays.map(
        (_, part) => `Part ${part} of ${mark}`
      ),
    }
  })
  const byNetwork = [...new Set(runs.map(({ network }) => network))].map(
    (network) => written.filter((run) => run.network === network)
  )
  const ids = await survivor.run(
    "seedDrill",
    byNetwork.map((group) => ({
      ...group[0].network.seed,
      file: asKind(file, group[0].network.seed.file_kind),
      texts: group.map(({ texts }) => texts),
    }))
  )
  return byNetwork.flatMap((group, place) =>
    group.map((run, index) => ({ ...run, id: ids[place][index] }))
  )
}

/** How many commits and requests a publication to each network takes that nothing disturbs. */
const measureCleanRuns = async (drill: Drill): Promise<Summary[]> => {
  const summaries = drill.networks.map(({ seed: { provider } }): Summary => ({
    ...{ provider, commits: 0, requests: 0, kills: 0, faults: 0 },
    ...{ published: 0, unknown: 0, published_twice: [], lost: [] },
  }))
  const seeded = await seed(
    drill,
    drill.networks.map((network, index) => ({
      network,
      summary: summaries[index],
      boundary: { nth: 0, fault: "lost" },
    }))
  )
  const worker = await drill.enterVictim((event) => {
    if (event.kind === "settled") {
      const { summary } = seeded.find(({ id }) => id === event.publication)!
      summary.commits = event.commits
    }
  })
  await worker.run("drill", {})
  await worker.kill()
  for (const { id, summary } of seeded) {
    summary.requests = drill.faults.requestsOf(id)
  }
  await audit(drill, seeded)
  return summaries
}

/** Puts each of the publications at a boundary of its own, and kills the process that stands there. */
const killAtEach = async (drill: Drill, runs: Run[]): Promise<void> => {
  const { faults } = drill
  const seeded = await seed(drill, runs)
  const stops: Record<string, Stop> = {}
  for (const { id, boundary, summary } of seeded) {
    summary.kills += 1
    if ("stop" in boundary) {
      stops[id] = boundary.stop
    } else {
      faults.plan(id, boundary.nth, boundary.fault)
    }
  }
  const standing = countDown(seeded)
  drill.whenFault(standing.tell)
  const victim = await drill.enterVictim((event) => {
    if (event.kind === "stopped") {
      standing.tell(event.publication)
    }
  })
  victim.run("drill", { stops }).catch(() => undefined)
  await standing.done()
  await victim.kill()

  // The first to ask may come while the service is still at it.
  await takeOver(drill)
  await faults.carryOutLate()
  await finish(drill)
  await audit(drill, seeded)
}

/** Lets responses be lost, doubled, or come when another worker has taken over. */
const survive = async (drill: Drill, runs: Run[]): Promise<void> => {
  const { faults } = drill
  const seeded = await seed(drill, runs)
  for (const { id, boundary, summary } of seeded) {
    summary.faults += 1
    if (!("stop" in boundary)) {
      faults.plan(id, boundary.nth, boundary.fault)
    }
  }
  const happened = countDown(seeded)
  drill.whenFault(happened.tell)
  const slow = await drill.enterVictim(() => undefined)
  const work = slow.run("drill", {})
  await happened.done()
  await takeOver(drill)
  faults.respondLate()
  await work
  await slow.kill()
  await finish(drill)
  await audit(drill, seeded)
}

/** How long publications may take to come to their boundaries, in ms. */
const PATIENCE_MS = 120_000

const countDown = (seeded: Seeded[]) => {
  const left = new Map(seeded.map((run) => [run.id, run]))
  return {
    tell: (publication: string) => {
      left.delete(publication)
    },
    done: async () => {
      const deadline = Date.now() + PATIENCE_MS
      while (left.size) {
        if (Date.now() > deadline) {
          throw new Error(
            `Nobody came to ${JSON.stringify(
              [...left.values()].map(({ network, boundary }) => [
                network.seed.provider,
                boundary,
              ])
            )}.`
          )
        }
        await sleep(GLANCE_MS)
      }
    },
  }
}

/** Ends the leases, and lets the survivor work on what they held. */
const takeOver = async ({ database, survivor }: Drill): Promise<number> => {
  await database.query(
    `update social_publication set lease_expires_at = now()
     where state = 'publishing'`
  )
  await survivor.run("release", null)
  return survivor.run("drill", {})
}

/** Lets time pass until nothing is open any more. */
const finish = async (drill: Drill): Promise<void> => {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const open = await drill.database.query(
      `update social_publication set next_attempt_at = now(), armed_at = armed_at - interval '5 minutes'
       where next_attempt_at is not null or state = 'publishing' returning id`
    )
    if (!open.length) {
      return
    }
    await takeOver(drill)
  }
}

interface Ended {
  id: string
  state: string
  status: string
  parts: { part: number }[] | null
  armed_part: number | null
}

const audit = async ({ database }: Drill, seeded: Seeded[]): Promise<void> => {
  const rows = await database.query<Ended>(
    `select publication.id, publication.state, post.status, publication.parts, publication.armed_part
     from social_publication publication join social_post post on post.id = publication.post_id
     where publication.id = any($1)`,
    [seeded.map(({ id }) => id)]
  )
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const shown = new Map(
    [...new Set(seeded.map(({ network }) => network))].map((network) => [
      network,
      network.published().map((one) => JSON.stringify(one)),
    ])
  )
  for (const { id, texts, network, boundary, summary } of seeded) {
    const timesOut = texts.map(
      (text) => shown.get(network)!.filter((one) => one.includes(text)).length
    )
    const told = `${JSON.stringify(boundary)}: ${JSON.stringify(rowById.get(id))}, public: ${timesOut.join()}`
    if (timesOut.some((times) => times > 1)) {
      summary.published_twice.push(told)
    }
    switch (endOf(rowById.get(id)!, timesOut)) {
      case "published":
        summary.published += 1
        break
      case "unknown":
        summary.unknown += 1
        if (network.can_be_asked) {
          summary.lost.push(told)
        }
        break
      default:
        summary.lost.push(told)
    }
  }
}

/** How a publication has ended, where what is stored of it and what is public agree. */
const endOf = (
  { state, status, parts, armed_part }: Ended,
  timesOut: number[]
): "published" | "unknown" | null => {
  if (
    state === "published" &&
    status === "published" &&
    parts?.length === timesOut.length &&
    timesOut.every((times) => times === 1)
  ) {
    return "published"
  }
  const isLeftToAPerson =
    state === "unknown" &&
    status === "needs_attention" &&
    armed_part !== null &&
    timesOut.every((times, part) =>
      part < armed_part ? times === 1 : part === armed_part || !times
    )
  return isLeftToAPerson ? "unknown" : null
}
