import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import path from "node:path"

import pg from "pg"

import { DEFAULT_BATCH_SIZE } from "../src/credentials/key-operations/batch"
import { createKeyring } from "../src/modules/encryption/keyring"
import { median } from "./measure"
import type { Order, Outcome, Report } from "./rekey-orders"
import { insertRows, keepRows, tidy, updateRows } from "./rekey-rows"
import { printTable } from "./table"
import { withThrowAwayPostgres } from "./throw-away-postgres"

/** Fewer of them show a tendency sooner; the goals are for 100,000. */
const ROWS = Number(process.env.BENCH_ROWS ?? 100_000)
/** Even, so that each side comes first equally often. */
const ROUNDS = 4

const GOALS = { rowsPerSecond: 10_000, ratio: 2, growth: 50 }

type Round = { bare: number; reEncrypt: number; growth: number }

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
        throw new Error(`The re-encryption is not complete: ${JSON.stringify(outcome)}`)
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

async function bareUpdate(client: pg.Client, version: number): Promise<number> {
  const { rows, milliseconds } = await updateRows(client, version)
  if (rows !== ROWS) {
    throw new Error(`The bare UPDATE wrote ${rows} rows`)
  }
  return milliseconds
}

/**
 * One round: there to version 2 by one side, back to version 1 by the other. The sides take turns at
 * coming first.
 */
async function runRound(client: pg.Client, worker: Worker, bareFirst: boolean): Promise<Round> {
  const bare = async (version: number) => {
    const milliseconds = await bareUpdate(client, version)
    await tidy(client)
    return milliseconds
  }
  const product = async (version: number) => {
    const outcome = await worker.reEncrypt(version)
    await tidy(client)
    return outcome
  }
  if (bareFirst) {
    const milliseconds = await bare(2)
    const outcome = await product(1)
    return { bare: milliseconds, reEncrypt: outcome.milliseconds, growth: outcome.growth }
  }
  const outcome = await product(2)
  return { bare: await bare(1), reEncrypt: outcome.milliseconds, growth: outcome.growth }
}

const rate = (milliseconds: number): number => ROWS / (milliseconds / 1000)

function print(rounds: readonly Round[]): void {
  const cells = ({ bare, reEncrypt, growth }: Round): string[] => [
    rate(bare).toFixed(0),
    rate(reEncrypt).toFixed(0),
    (reEncrypt / bare).toFixed(2),
    growth.toFixed(1),
  ]
  printTable(
    "Re-encrypting rows with two values of 200 bytes",
    ["", "bare UPDATE, rows/s", "re-encrypt, rows/s", "x bare UPDATE", "memory growth, MiB"],
    rounds.map((round, at) => [`round ${at + 1}`, ...cells(round)])
  )
}

function judge(rounds: readonly Round[]): void {
  const rows = median(rounds.map(({ reEncrypt }) => rate(reEncrypt)))
  const ratio = median(rounds.map(({ bare, reEncrypt }) => reEncrypt / bare))
  const growth = Math.max(...rounds.map((round) => round.growth))
  const verdict = (met: boolean) => (met ? "met" : "MISSED")
  console.log(
    [
      `${verdict(rows >= GOALS.rowsPerSecond)}: ${rows.toFixed(0)} rows a second, goal ${GOALS.rowsPerSecond}`,
      `${verdict(ratio <= GOALS.ratio)}: ${ratio.toFixed(2)} of the bare UPDATE's time, goal ${GOALS.ratio}`,
      `${verdict(growth < GOALS.growth)}: resident memory grew by at most ${growth.toFixed(1)} MiB, goal below ${GOALS.growth}`,
      "",
    ].join("\n")
  )
}

async function measure(url: string): Promise<Round[]> {
  const secrets = [randomBytes(32), randomBytes(32)]
  const worker = await startWorker({
    DATABASE_URL: url,
    ENCRYPTION_KEY: secrets[0].toString("base64"),
    ENCRYPTION_KEY_VERSION: "1",
    ENCRYPTION_KEY_V2: secrets[1].toString("base64"),
  })
  const client = new pg.Client({ connectionString: url })
  try {
    // The statement that a stopped server interrupts tells it as well.
    client.on("error", () => undefined)
    await client.connect()
    // It would begin in the middle of one side's turn.
    await client.query(`ALTER TABLE "social_platform" SET (autovacuum_enabled = off)`)
    const keyring = createKeyring([{ version: 1, state: "active", secret: secrets[0] }])
    await insertRows(client, keyring, ROWS)
    await tidy(client)

    // What the bare UPDATE will write. The table has its full size and the code is warm after this.
    await keepRows(client, 1, DEFAULT_BATCH_SIZE)
    await worker.reEncrypt(2)
    await keepRows(client, 2, DEFAULT_BATCH_SIZE)
    await tidy(client)
    await bareUpdate(client, 1)
    await tidy(client)

    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await runRound(client, worker, round % 2 === 1))
    }
    return rounds
  } finally {
    worker.stop()
    await client.end()
  }
}

/** Compares the re-encryption of many rows with a bare UPDATE of the same rows. */
export async function run(): Promise<void> {
  console.log(
    `${ROWS} rows, ${ROUNDS} rounds, batches of ${DEFAULT_BATCH_SIZE}; the sides take turns at coming first, with VACUUM between.\n`
  )
  const rounds = await withThrowAwayPostgres(measure)
  print(rounds)
  judge(rounds)
}
