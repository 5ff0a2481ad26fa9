import { randomBytes } from "node:crypto"
import path from "node:path"
import type { DrillEvent, Stop } from "../tasks/kill-drill"
import { createTestDatabase, type TestDatabase } from "./database"
import {
  type Fault,
  type GalleryServer,
  startGalleryServer,
} from "./gallery-server"
import { createRandom, type Random } from "./random"
import { startWorker, type WorkerProcess } from "./worker-process"

type DrillTasks = typeof import("../tasks/kill-drill")

const TASKS = path.join(__dirname, "../tasks/kill-drill.ts")

/** Parts of each publication; see the tasks. */
const PARTS = 3

/** At most so many publications stand at their stops when a process is killed. */
const WAVE = 150

/** Passes of the survivor after which something is open that gets nowhere. */
const MOST_PASSES = 20

/** Where a worker is killed, or what becomes of a request. */
type Boundary = { stop: Stop } | { nth: number; fault: Fault }

/** Faults after which the worker is killed; it waits in vain. */
const KILLED_AT: readonly Fault[] = ["lost", "late", "held"]

/** Faults that the worker lives through. */
const SURVIVED: readonly Fault[] = ["dropped", "doubled", "held"]

export interface Summary {
  provider: string
  seed: number
  /** Commits and requests of a publication that nothing disturbs. */
  commits: number
  requests: number
  /** Boundaries at which workers were killed, and how often that was. */
  boundaries: number
  kills: number
  /** Responses that were dropped, doubled, or later than the lease. */
  faults: number
  published: number
  unknown: number
  /** Keys of the parts that are public more than once. */
  publishedTwice: string[]
  /** Publications that ended without being out or being told as unknown, and why. */
  lost: string[]
}

interface Drill {
  database: TestDatabase
  server: GalleryServer
  survivor: WorkerProcess<DrillTasks>
  enterVictim: (
    onEvent: (event: DrillEvent) => void
  ) => Promise<WorkerProcess<DrillTasks>>
  provider: string
  /** Calls back when a planned fault has happened to a publication. */
  whenFault: (tell: (publication: string) => void) => void
}

/**
 * Kills workers at every boundary of a publication, first once at each, then at
 * random until there were enough, and lets the survivor finish.
 */
export const runKillDrill = async ({
  provider,
  kills,
}: {
  provider: string
  kills: number
}): Promise<Summary> => {
  const random = createRandom()
  const { drill, clear } = await setUp(provider)
  try {
    const clean = await measureCleanRun(drill)
    const all = boundariesOf(clean)
    const summary: Summary = {
      ...{ provider, seed: random.seed, ...clean, boundaries: all.length },
      ...{ kills: 0, faults: 0, published: 0, unknown: 0 },
      ...{ publishedTwice: [], lost: [] },
    }
    const lived = Array.from({ length: clean.requests }, (_, index) =>
      SURVIVED.map((fault) => ({ nth: index + 1, fault }))
    ).flat()
    await survive(drill, lived, summary)
    for (
      let wave = all;
      ;
      wave = pickWave(random, all, kills - summary.kills)
    ) {
      await killAtEach(drill, wave.slice(0, WAVE), summary)
      if (summary.kills >= kills) {
        return summary
      }
    }
  } finally {
    await clear()
  }
}

const pickWave = (random: Random, all: Boundary[], left: number): Boundary[] =>
  Array.from({ length: Math.min(left, WAVE) }, () => random.pick(all))

const boundariesOf = (clean: {
  commits: number
  requests: number
}): Boundary[] => [
  ...Array.from({ length: clean.commits }, (_, index) => [
    { stop: { when: "before", nth: index + 1 } as const },
    { stop: { when: "after", nth: index + 1 } as const },
  ]).flat(),
  ...Array.from({ length: clean.requests }, (_, index) =>
    KILLED_AT.map((fault) => ({ nth: index + 1, fault }))
  ).flat(),
]

const setUp = async (
  provider: string
): Promise<{ drill: Drill; clear: () => Promise<void> }> => {
  const database = await createTestDatabase()
  let tellFault: (publication: string) => void = () => undefined
  const server = await startGalleryServer({
    onFault: (publication) => tellFault(publication),
  })
  const env = {
    DATABASE_URL: database.url,
    TOKEN_SERVER_URL: server.url,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
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
  return {
    drill: {
      ...{ database, server, survivor, provider },
      enterVictim: (onEvent) => enter(`victim-${workers.length}`, onEvent),
      whenFault: (tell) => {
        tellFault = tell
      },
    },
    clear: async () => {
      await Promise.all(workers.map((worker) => worker.kill()))
      await server.close()
      await database.drop()
    },
  }
}

const seed = ({ survivor, provider, server }: Drill, count: number) =>
  survivor.run("seedDrill", { provider, url: server.url, count })

/** How many commits and requests a publication takes that nothing disturbs. */
const measureCleanRun = async (
  drill: Drill
): Promise<{ commits: number; requests: number }> => {
  const [publication] = await seed(drill, 1)
  drill.server.plan(publication, 0, "lost")
  let commits = 0
  const worker = await drill.enterVictim((event) => {
    commits = event.kind === "settled" ? event.commits : 0
  })
  await worker.run("drill", {})
  await worker.kill()
  return { commits, requests: drill.server.requestsOf(publication) }
}

/** Puts each of the publications at a boundary of its own, and kills the process that stands there. */
const killAtEach = async (
  drill: Drill,
  boundaries: Boundary[],
  summary: Summary
): Promise<void> => {
  const { server } = drill
  const publications = await seed(drill, boundaries.length)
  const stops: Record<string, Stop> = {}
  publications.forEach((publication, index) => {
    const boundary = boundaries[index]
    if ("stop" in boundary) {
      stops[publication] = boundary.stop
    } else {
      server.plan(publication, boundary.nth, boundary.fault)
    }
  })
  const standing = countDown(publications.length)
  drill.whenFault(standing.tell)
  const victim = await drill.enterVictim((event) => {
    if (event.kind === "stopped") {
      standing.tell(event.publication)
    }
  })
  victim.run("drill", { stops }).catch(() => undefined)
  await standing.done
  await victim.kill()
  summary.kills += publications.length

  // The first to ask may come while the service is still at it.
  await takeOver(drill)
  server.carryOutLate()
  await finish(drill)
  await audit(drill, publications, summary)
}

/** Lets responses be lost, doubled, or come when another worker has taken over. */
const survive = async (
  drill: Drill,
  faults: { nth: number; fault: Fault }[],
  summary: Summary
): Promise<void> => {
  const { server } = drill
  const publications = await seed(drill, faults.length)
  publications.forEach((publication, index) =>
    server.plan(publication, faults[index].nth, faults[index].fault)
  )
  const happened = countDown(publications.length)
  drill.whenFault(happened.tell)
  const slow = await drill.enterVictim(() => undefined)
  const work = slow.run("drill", {})
  await happened.done
  await takeOver(drill)
  server.respondLate()
  await work
  await finish(drill)
  summary.faults += publications.length
  await audit(drill, publications, summary)
}

const countDown = (count: number) => {
  const left = new Set<string>()
  let resolve: () => void = () => undefined
  const done = new Promise<void>((settle) => {
    resolve = settle
  })
  const tell = (publication: string) => {
    left.add(publication)
    if (left.size === count) {
      resolve()
    }
  }
  return { done, tell }
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

const audit = async (
  { database, server, provider }: Drill,
  publications: string[],
  summary: Summary
): Promise<void> => {
  const rows = await database.query<Ended>(
    `select publication.id, publication.state, post.status, publication.parts, publication.armed_part
     from social_publication publication join social_post post on post.id = publication.post_id
     where publication.id = any($1)`,
    [publications]
  )
  for (const row of rows) {
    const timesOut = Array.from(
      { length: PARTS },
      (_, part) => server.exhibits.get(part ? `${row.id}.${part}` : row.id) ?? 0
    )
    summary.publishedTwice.push(
      ...timesOut.flatMap((times, part) =>
        times > 1 ? [`${row.id}.${part}`] : []
      )
    )
    const isOut =
      row.state === "published" &&
      row.status === "published" &&
      row.parts?.length === PARTS &&
      timesOut.every((times) => times === 1)
    const isLeftToAPerson =
      provider === "gallery-without-listing" &&
      row.state === "unknown" &&
      row.status === "needs_attention" &&
      row.armed_part !== null &&
      timesOut.every((times, part) =>
        part < row.armed_part! ? times === 1 : part === row.armed_part || !times
      )
    if (isOut) {
      summary.published += 1
    } else if (isLeftToAPerson) {
      summary.unknown += 1
    } else {
      summary.lost.push(`${JSON.stringify(row)} public: ${timesOut.join()}`)
    }
  }
}
