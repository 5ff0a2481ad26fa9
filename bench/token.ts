import { fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import path from "node:path"

import { printTable } from "./table"
import { withThrowAwayPostgres } from "./throw-away-postgres"

const GOAL = 1.3

/** Medians over the rounds: µs for a call, and the ratio within a round. */
type Outcome = { select: number; token: number; ratio: number }

async function measure(url: string): Promise<Outcome> {
  const child = fork(path.resolve("bench/token-worker.ts"), {
    env: {
      ...process.env,
      DATABASE_URL: url,
      ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    },
    execArgv: ["--import", "tsx"],
    // The migrations tell their progress on stdout.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`The measuring process ended with ${code}.`)
  })
  const [outcome] = await Promise.race([once(child, "message"), ended])
  ended.catch(() => undefined)
  return outcome as Outcome
}

/** Compares the use of a fresh token with a bare SELECT of its row. */
export async function run(): Promise<void> {
  const { select, token, ratio } = await withThrowAwayPostgres(measure)
  printTable(
    "Using a fresh token",
    ["", "µs", "x bare SELECT"],
    [
      ["bare SELECT of the row", select.toFixed(0), "1.00"],
      ["getAccessToken", token.toFixed(0), ratio.toFixed(2)],
    ]
  )
  console.log(
    `${ratio <= GOAL ? "met" : "MISSED"}: ${ratio.toFixed(2)} of the bare SELECT's time, goal ${GOAL}\n`
  )
}
