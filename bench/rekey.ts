import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import path from "node:path"

import pg from "pg"

import {
  CHUNK_SIZE,
  DEFAULT_BATCH_SIZE,
} from "../src/credentials/key-operations/batch"
import { createKeyring } from "../src/modules/encryption/keys/keyring"
import { median } from "./measure"
import { type Baseline, clientUpdate, serverUpdate } from "./rekey-baselines"
import type { Order, Outcome, Report } from "./rekey-orders"
import { insertRows, tidy } from "./rekey-rows"
import { printTable } from "./table"
import { withThrowAwayPostgres } from "./throw-away-postgres"

/** Fewer of them show a tendency sooner; the goals are for 100,000. */
const ROWS = Number(process.env.BENCH_ROWS ?? 100_000)
/** A multiple of three, so that each side comes first equally often. */
const ROUNDS = 6

const GOALS = { rowsPerSecond: 10_000, ratio: 2, growth: 50 }

/** Times of the two baselines in ms, and what the plugin did. */
type Round = { client: number; server: number; plugin: Outcome }

type Worker = {
  reEncrypt(version: number): Promise<Outcome>
  stop(): void
}

/** The next message of a worker. */
async function nextReport(child: ChildProcess): Promise<Report> {
  const controller = new AbortController()
  const { signal } = controller
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message as Report),
      once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`The re-encrypting process ended with ${code}.`)
      }),
    ])
  } finally {
    controller.abort()
  }
}

async function startWorker(env: NodeJS.ProcessEnv): Promise<Worker> {
  const child = fork(path.resolve("bench/rekey-worker.ts"), {
    env: { ...process.env, ...env },
    execArgv: ["--expose-gc", "--import", "tsx"],
    // The migrations tell their progress on stdout.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  await nextReport(child)
  return {
    async reEncrypt(version) {
      const answer = nextReport(child)
      child.send({ version } satisfies Order)
      const { outcome } = await answer
      if (!outcome || outcome.unfinished || outcome.rows !== ROWS) {
        throw new Error(
          `The re-encryption is not complete: ${JSON.stringify(outcome)}`
        )
      }
      return outcome
    },
    stop: () => {
      if (child.connected) {
        child.disconnect()
      }
    },
  }
}

/** Runs a baseline and returns its time in ms. */
async function timed({ update }: Baseline, version: number): Promise<number> {
  const start = performance.now()
  const rows = await update(version)
  if (rows !== ROWS) {
    throw new Error(`The bare UPDATE wrote ${rows} rows`)
  }
  return performance.now() - start
}

type Sides = { client: Baseline; server: Baseline; worker: Worker }

/**
 * One round: each side moves all rows to the other version. The sides take turns at coming first.
 *
 * @param version - that the rows are under now
 */
async function runRound(
  connection: pg.Client,
  { client, server, worker }: Sides,
  { round, version }: { round: number; version: number }
): Promise<Round> {
  const outcome: Partial<Round> = {}
  const sides = [
    async (to: number) => void (outcome.client = await timed(client, to)),
    async (to: number) => void (outcome.plugin = await worker.reEncrypt(to)),
    async (to: number) => void (outcome.server = await timed(server, to)),
  ]
  for (let turn = 0; turn < sides.length; turn += 1) {
    await sides[(round + turn) % sides.length](other(version, turn))
    await tidy(connection)
  }
  return outcome as Round
}

/** Version 1 and 2 in turns, beginning with the one that the rows are not under. */
const other = (version: number, turn: number): number =>
  1 + ((version + turn) % 2)

const rate = (milliseconds: number): number => ROWS / (milliseconds / 1000)

const ratioOf = ({ client, plugin }: Round): number =>
  plugin.milliseconds / client

function print(rounds: readonly Round[]): void {
  const cells = (round: Round): string[] => [
    rate(round.server).toFixed(0),
    rate(round.client).toFixed(0),
    rate(round.plugin.milliseconds).toFixed(0),
    ratioOf(round).toFixed(2),
    (round.plugin.milliseconds / round.server).toFixed(2),
    ((round.plugin.processor * 1000) / ROWS).toFixed(0),
    round.plugin.growth.toFixed(1),
  ]
  printTable(
    "Re-encrypting rows with two values of 200 bytes",
    [
      "",
      "UPDATE in the server, rows/s",
      "UPDATE from a client, rows/s",
      "re-encrypt, rows/s",
      "x client",
      "x server",
      "Node, µs a row",
      "memory growth, MiB",
    ],
    rounds.map((round, at) => [`round ${at + 1}`, ...cells(round)])
  )
}

function judge(rounds: readonly Round[]): void {
  const rows = median(rounds.map(({ plugin }) => rate(plugin.milliseconds)))
  const ratio = median(rounds.map(ratioOf))
  const growth = Math.max(...rounds.map(({ plugin }) => plugin.growth))
  const verdict = (met: boolean) => (met ? "met" : "MISSED")
  console.log(
    [
      `${verdict(rows >= GOALS.rowsPerSecond)}: ${rows.toFixed(0)} rows a second, goal ${GOALS.rowsPerSecond}`,
      `${verdict(ratio <= GOALS.ratio)}: ${ratio.toFixed(2)} of the time of a bare UPDATE from a client, goal ${GOALS.ratio}`,
      `${verdict(growth < GOALS.growth)}: resident memory grew by at most ${growth.toFixed(1)} MiB, goal below ${GOALS.growth}`,
      "",
    ].join("\n")
  )
}

/** Fills the table, and lets every side run once: the table has its full size and the code is warm after it. */
async function prepare(
  connection: pg.Client,
  { client, server, worker }: Sides,
  secret: Buffer
): Promise<void> {
  // It would begin in the middle of one side's turn.
  await connection.query(
    `ALTER TABLE "social_platform" SET (autovacuum_enabled = off)`
  )
  const keyring = createKeyring([{ version: 1, state: "active", secret }])
  await insertRows(connection, keyring, ROWS)
  await tidy(connection)

  const keep = async (version: number) => {
    await client.keep(version)
    await server.keep(version)
  }
  await keep(1)
  await worker.reEncrypt(2)
  await keep(2)
  await tidy(connection)
  await timed(server, 1)
  await tidy(connection)
  await timed(client, 2)
  await tidy(connection)
}

async function measure(url: string): Promise<Round[]> {
  const secrets = [randomBytes(32), randomBytes(32)]
  const worker = await startWorker({
    DATABASE_URL: url,
    ENCRYPTION_KEY: secrets[0].toString("base64"),
    ENCRYPTION_KEY_VERSION: "1",
    ENCRYPTION_KEY_V2: secrets[1].toString("base64"),
  })
  const connection = new pg.Client({ connectionString: url })
  try {
    // The statement that a stopped server interrupts tells it as well.
    connection.on("error", () => undefined)
    await connection.connect()
    const sides = {
      client: clientUpdate(connection, CHUNK_SIZE),
      server: serverUpdate(connection, DEFAULT_BATCH_SIZE),
      worker,
    }
    await prepare(connection, sides, secrets[0])

    const rounds: Round[] = []
    // Three sides to a round: the next one begins under the other version.
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(
        await runRound(connection, sides, { round, version: round % 2 ? 1 : 2 })
      )
    }
    return rounds
  } finally {
    worker.stop()
    await connection.end()
  }
}

/** Compares the re-encryption of many rows with a bare UPDATE of the same rows. */
export async function run(): Promise<void> {
  console.log(
    `${ROWS} rows, ${ROUNDS} rounds; the sides take turns at coming first, with VACUUM between.\n`
  )
  const rounds = await withThrowAwayPostgres(measure)
  print(rounds)
  judge(rounds)
}
