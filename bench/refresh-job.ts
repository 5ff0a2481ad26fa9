import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import path from "node:path"

import { median } from "./measure"
import {
  type Burst,
  ENDPOINT_MS,
  type Outcome,
  PLATFORMS,
  PROVIDERS,
  type Round,
  RUN_MS,
  SCHEDULE_MS,
} from "./refresh-job-plan"
import { printTable } from "./table"
import { withThrowAwayPostgres } from "./throw-away-postgres"

/** Tokens that end within an hour, and are refreshed within it. */
const GOAL_A_MINUTE = PLATFORMS / 60

/** What a service that hangs may cost the others: what is less than this is noise. */
const GOAL_RATIO = 0.9

/** Starts one of this benchmark's processes. */
function start(file: string, env: Record<string, string> = {}): ChildProcess {
  return fork(path.resolve("bench", file), {
    env: { ...process.env, ...env },
    execArgv: ["--import", "tsx"],
    // The migrations tell their progress on stdout.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
}

/** What a process has to say. */
async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`A measuring process ended with ${code}.`)
  })
  const [message] = await Promise.race([once(child, "message"), ended])
  ended.catch(() => undefined)
  return message as T
}

async function measure(databaseUrl: string): Promise<Outcome> {
  const endpoint = start("refresh-job-endpoint.ts")
  try {
    const { url } = await messageOf<{ url: string }>(endpoint)
    return await messageOf<Outcome>(
      start("refresh-job-worker.ts", {
        DATABASE_URL: databaseUrl,
        TOKEN_ENDPOINT_URL: url,
        ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      })
    )
  } finally {
    endpoint.disconnect()
  }
}

const verdict = (isMet: boolean): string => (isMet ? "met" : "MISSED")

function tellBurst({
  refreshed,
  failed,
  milliseconds,
  processor,
  late,
}: Burst): void {
  const perSecond = refreshed / (milliseconds / 1000)
  const perMinute = (perSecond * RUN_MS * 60) / SCHEDULE_MS
  printTable(
    `Refreshing ${PLATFORMS} tokens of ${PROVIDERS.length} providers, all due at once; an endpoint takes ${ENDPOINT_MS} ms`,
    ["", ""],
    [
      ["refreshed", String(refreshed)],
      ["failed", String(failed)],
      ["ended before their refresh", String(late)],
      ["time, s", (milliseconds / 1000).toFixed(1)],
      ["a second", perSecond.toFixed(0)],
      [
        `a minute, ${RUN_MS / 1000} s of which the job runs`,
        perMinute.toFixed(0),
      ],
      ["processor time of a token, ms", (processor / refreshed).toFixed(1)],
    ]
  )
  console.log(
    `${verdict(refreshed === PLATFORMS && !late && perMinute >= GOAL_A_MINUTE)}: ${perMinute.toFixed(0)} tokens a minute, goal ${GOAL_A_MINUTE.toFixed(0)} and none that ends before\n`
  )
}

function tellRounds(rounds: Round[]): void {
  const ratios = rounds.map(({ healthy, hanging }) => hanging / healthy)
  printTable(
    `Tokens of the same ${PROVIDERS.length} providers, while one more responds to nothing`,
    ["", "none hangs", "one hangs", "ratio"],
    rounds.map(({ healthy, hanging }, index) => [
      `round ${index + 1}`,
      String(healthy),
      String(hanging),
      ratios[index].toFixed(2),
    ])
  )
  const ratio = median(ratios)
  console.log(
    `${verdict(ratio >= GOAL_RATIO)}: ${ratio.toFixed(2)} of the tokens without it, goal ${GOAL_RATIO}\n`
  )
}

/** Measures the job that refreshes tokens before they end. */
export async function run(): Promise<void> {
  const { burst, rounds } = await withThrowAwayPostgres(measure)
  tellBurst(burst)
  tellRounds(rounds)
}
