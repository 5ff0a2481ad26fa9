import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { startServices } from "../dev/services"
import {
  DUE,
  NETWORK_MS,
  type Order,
  type Report,
  SAME_SECOND,
  type Seen,
} from "./publishing-plan"
import { printTable } from "./table"

/** Processor time of one publication, in ms, at the most. */
const GOAL_PROCESSOR_MS = 10

/** How much more two processes publish than one. */
const GOAL_RATIO = 1.7

/** Share of the posts for the same second that reach the network within this time, in ms. */
const ON_TIME_MS = 2_000
const GOAL_ON_TIME = 0.99

/** So few publications in hand leave most of a core idle. */
const FEW_IN_HAND = 25

/** So long until the second for which the posts are scheduled, in ms: time to prepare them. */
const AHEAD_MS = 45_000

const LOOK_MS = 250

const LONGEST_RUN_MS = 900_000

const verdict = (isMet: boolean): string => (isMet ? "met" : "MISSED")

const start = (file: string, env: Record<string, string> = {}): ChildProcess =>
  fork(path.resolve("bench", file), {
    env: { ...process.env, ...env },
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })

const hear = async <T>(child: ChildProcess): Promise<T> => {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`A measuring process ended with ${code}.`)
  })
  ended.catch(() => undefined)
  const [message] = await Promise.race([once(child, "message"), ended])
  return message as T
}

const ask = async (child: ChildProcess, order: Order): Promise<Report> => {
  const heard = hear<Report>(child)
  child.send(order)
  return heard
}

interface Rate {
  perSecond: number
  /** Processor time for each publication, in ms: of the workers, and of PostgreSQL. */
  processor: number
  database: number
  duplicates: number
}

interface Network {
  url: string
}

const seenBy = async ({ url }: Network, method = "GET"): Promise<Seen> =>
  (await (await fetch(`${url}/seen`, { method })).json()) as Seen

const untilAllAreOut = async (
  network: Network,
  count: number
): Promise<Seen> => {
  const end = Date.now() + LONGEST_RUN_MS
  for (;;) {
    const seen = await seenBy(network)
    if (seen.posts >= count) {
      return seen
    }
    if (Date.now() > end) {
      throw new Error(`${seen.posts} of ${count} posts went out.`)
    }
    await sleep(LOOK_MS)
  }
}

/** Publishes what is due with these workers. */
const measureRate = async (
  network: Network,
  workers: ChildProcess[],
  prefix: string
): Promise<Rate> => {
  await seenBy(network, "DELETE")
  await ask(workers[0], { kind: "seed", count: DUE, at: null, prefix })
  const before = postgresProcessor()
  workers.forEach((worker, index) =>
    worker.send({ kind: "begin", wakes: index === 0 } satisfies Order)
  )
  const { arrivals, duplicates } = await untilAllAreOut(network, DUE)
  const database = postgresProcessor() - before
  let processor = 0
  for (const worker of workers) {
    const report = await ask(worker, { kind: "end" })
    processor += report.kind === "ended" ? report.processor : 0
  }
  const seconds = (arrivals[arrivals.length - 1] - arrivals[0]) / 1000
  return {
    perSecond: DUE / seconds,
    processor: processor / DUE,
    database: database / DUE,
    duplicates: duplicates + (await seenBy(network)).duplicates,
  }
}

/** The share that reached the network within {@link ON_TIME_MS}, and when the last one did. */
const measureSameSecond = async (
  network: Network,
  worker: ChildProcess
): Promise<{ onTime: number; early: number; last: number }> => {
  await seenBy(network, "DELETE")
  const at = Math.ceil((Date.now() + AHEAD_MS) / 1000) * 1000
  await ask(worker, {
    ...{ kind: "seed", count: SAME_SECOND, prefix: "second" },
    at: new Date(at).toISOString(),
  })
  worker.send({ kind: "begin", wakes: true } satisfies Order)
  const { arrivals } = await untilAllAreOut(network, SAME_SECOND)
  await ask(worker, { kind: "end" })
  const lateness = arrivals.map((time) => time - at)
  return {
    onTime: lateness.filter((ms) => ms <= ON_TIME_MS).length / SAME_SECOND,
    early: lateness.filter((ms) => ms < 0).length,
    last: Math.max(...lateness),
  }
}

const withWorkers = async <T>(
  count: number,
  names: ("postgres" | "redis")[],
  network: Network,
  measure: (workers: ChildProcess[]) => Promise<T>,
  env: Record<string, string> = {}
): Promise<T> => {
  const services = await startServices(names)
  const workers: ChildProcess[] = []
  try {
    for (let index = 0; index < count; index++) {
      const worker = start("publishing-worker.ts", {
        ...services.env,
        ...env,
        NETWORK_URL: network.url,
      })
      workers.push(worker)
      await hear(worker)
    }
    return await measure(workers)
  } finally {
    workers.forEach((worker) => worker.disconnect())
    await services.stop()
  }
}

/** In clock ticks of 10 ms, as Linux counts them in `/proc`. */
const TICK_MS = 10

/** The processes of a program that a process has started, with their ticks, where Linux tells them. */
const childrenOf = (parent: number): { id: number; ticks: number }[] =>
  (existsSync("/proc") ? readdirSync("/proc") : []).flatMap((id) => {
    const stat = /^\d+$/.test(id) ? readText(`/proc/${id}/stat`) : ""
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return stat.includes("(postgres)") && Number(fields[1]) === parent
      ? [{ id: Number(id), ticks: Number(fields[11]) + Number(fields[12]) }]
      : []
  })

/** Processor time that this run's PostgreSQL has taken, in ms; 0 where nobody tells. */
const postgresProcessor = (): number =>
  TICK_MS *
  childrenOf(process.pid)
    .flatMap(({ id }) => childrenOf(id))
    .reduce((sum, { ticks }) => sum + ticks, 0)

/** A process may end between being listed and being read. */
const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}

const isRedisHere = (): boolean =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, "redis-server")))

const row = (
  name: string,
  { perSecond, processor, database, duplicates }: Rate
) => [
  name,
  perSecond.toFixed(0),
  processor.toFixed(1),
  database.toFixed(1),
  String(duplicates),
]

/**
 * What a second process brings. Where one keeps the cores busy, it can bring
 * little; so both are measured with fewer publications in hand too.
 */
const measureTwo = async (network: Network, one: Rate) => {
  const rate = (count: number, names: ("postgres" | "redis")[], env = {}) =>
    withWorkers(
      count,
      names,
      network,
      (workers) => measureRate(network, workers, `of-${count}`),
      env
    )
  const two = await rate(2, ["postgres", "redis"])
  const few = { BENCH_IN_HAND: String(FEW_IN_HAND) }
  const slowOne = await rate(1, ["postgres"], few)
  const slowTwo = await rate(2, ["postgres", "redis"], few)
  const ratio = slowTwo.perSecond / slowOne.perSecond
  const atMost = two.perSecond / one.perSecond
  console.log(
    `${verdict(ratio >= GOAL_RATIO)}: with ${FEW_IN_HAND} in hand two processes publish ${ratio.toFixed(2)} times as much, goal ${GOAL_RATIO}; with all that ${os.availableParallelism()} cores carry ${atMost.toFixed(2)} times`
  )
  return [
    row("two over Redis", two),
    row(`one, ${FEW_IN_HAND} in hand`, slowOne),
    row(`two over Redis, ${FEW_IN_HAND} in hand each`, slowTwo),
  ]
}

/** Measures how fast due publications go out, and how punctually. */
export async function run(): Promise<void> {
  const child = start("publishing-network.ts")
  const network = await hear<Network>(child)
  try {
    const [one, second] = await withWorkers(
      1,
      ["postgres"],
      network,
      async (workers) => [
        await measureRate(network, workers, "one"),
        await measureSameSecond(network, workers[0]),
      ]
    )
    const rows = [row("one process", one)]
    if (isRedisHere()) {
      rows.push(...(await measureTwo(network, one)))
    } else {
      console.log(
        "redis-server is not installed: two processes are not measured"
      )
    }
    printTable(
      `Publishing ${DUE} due publications; the network takes ${NETWORK_MS} ms; load ${os.loadavg()[0].toFixed(1)}`,
      ["", "a second", "processor, ms each", "PostgreSQL's", "duplicates"],
      rows
    )
    console.log(
      `${verdict(one.processor <= GOAL_PROCESSOR_MS)}: ${one.processor.toFixed(1)} ms of processor time each, goal ${GOAL_PROCESSOR_MS}`
    )
    console.log(
      `${verdict(second.onTime >= GOAL_ON_TIME)}: of ${SAME_SECOND} posts for the same second ${(second.onTime * 100).toFixed(1)} % were sent within ${ON_TIME_MS / 1000} s, the last after ${second.last} ms, ${second.early} too early; goal ${GOAL_ON_TIME * 100} %\n`
    )
  } finally {
    child.disconnect()
  }
}
