import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import { freePort } from "./ports"
import { type ServiceName, startServices } from "./services"
import { messageOf, onStopSignal } from "./signals"

/*
 * node --import tsx dev/test.ts unit|modules|http|distributed|e2e|redis|all [jest arguments…]
 *
 * Runs the tests with the services that they need. Nothing is skipped silently:
 * a suite without tests, a skipped test and a test that is only planned count
 * as a failed run.
 */

const root = path.resolve(__dirname, "..")

type Suite = {
  /** Medusa's name for the kind of test. */
  type: string
  services: ServiceName[]
  env?: Record<string, string>
  /** Not among "all": it needs a program that npm does not bring. */
  apart?: boolean
  /** How Jest runs the files; in its own process unless told. */
  jestMode?: string[]
}

/**
 * One file after another, in a worker that is replaced between two files once
 * it holds that much. Every file loads all of Medusa anew and little of the one
 * before is ever freed: some thirty in one process fill Node's default heap.
 */
const IN_A_REPLACED_WORKER = [
  "--maxWorkers=1",
  "--workerIdleMemoryLimit=1500MB",
]

/** Half a day from now, as a cron expression. */
const halfADayOff = (): string => {
  const time = new Date(Date.now() + 12 * 3_600_000)
  return `${time.getMinutes()} ${time.getHours()} * * *`
}

/**
 * Tests run the jobs themselves: one that runs by the clock would take what a
 * test has laid out for another.
 */
const JOBS_AT_ANOTHER_TIME = {
  SOCIAL_PLATFORMS_REFRESH_SCHEDULE: halfADayOff(),
  SOCIAL_PLATFORMS_PROBE_SCHEDULE: halfADayOff(),
}

const suites: Record<string, Suite> = {
  unit: { type: "unit", services: [] },
  modules: { type: "integration:modules", services: ["postgres"] },
  http: {
    type: "integration:http",
    services: ["migrated-postgres", "sandbox"],
    jestMode: IN_A_REPLACED_WORKER,
    env: {
      ...JOBS_AT_ANOTHER_TIME,
      // These tests want the API alone; building a dashboard takes long.
      DISABLE_MEDUSA_ADMIN: "true",
      // As after an update: a new installation would refuse what old releases left.
      SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "1",
    },
  },
  // Processes of their own over one database, some of which are killed.
  distributed: { type: "integration:distributed", services: ["postgres"] },
  e2e: {
    type: "e2e",
    services: ["postgres", "sandbox"],
    env: JOBS_AT_ANOTHER_TIME,
  },
  redis: {
    type: "integration:redis",
    services: ["migrated-postgres", "redis"],
    apart: true,
    env: { ...JOBS_AT_ANOTHER_TIME, DISABLE_MEDUSA_ADMIN: "true" },
  },
}

/** What of Jest's report matters here. */
type Report = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  numRuntimeErrorTestSuites: number
}

type Outcome = {
  suite: string
  passed: number
  failed: number
  notes: string[]
}

let stopJest: (signal: NodeJS.Signals) => void = () => undefined
let running: Promise<unknown> | undefined
let interrupted = false

async function main(): Promise<number> {
  // Jest ends first, then the services that it used; the run has failed.
  onStopSignal(
    async (signal) => {
      interrupted = true
      stopJest(signal)
      await running?.catch(() => undefined)
    },
    () => 130
  )
  const [wanted = "all", ...jestArgs] = process.argv.slice(2)
  const names =
    wanted === "all"
      ? Object.keys(suites).filter((name) => !suites[name].apart)
      : [wanted]
  if (!names.every((name) => name in suites)) {
    console.error(
      `There are the suites ${Object.keys(suites).join(", ")} and all.`
    )
    return 2
  }

  const outcomes: Outcome[] = []
  for (const name of names) {
    console.log(`\n== ${name} ==`)
    const suite = runSuite(name, jestArgs)
    running = suite
    outcomes.push(await suite)
    if (interrupted) {
      throw new Error("Interrupted")
    }
  }

  console.log("")
  for (const { suite, passed, failed, notes } of outcomes) {
    const remarks = notes.map((note) => ` (${note})`).join("")
    console.log(`${suite}: ${passed} passed, ${failed} failed${remarks}`)
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || outcomes.some(({ notes }) => notes.length > 0) ? 1 : 0
}

async function runSuite(name: string, jestArgs: string[]): Promise<Outcome> {
  const suite = suites[name]
  const reportFile = path.join(root, ".data", "test", `${name}.json`)
  mkdirSync(path.dirname(reportFile), { recursive: true })
  rmSync(reportFile, { force: true })

  const services = await startServices(suite.services)
  let status: number | null
  try {
    const mode = suite.jestMode ?? ["--runInBand"]
    status = await runJest(reportFile, [...mode, ...jestArgs], {
      ...process.env,
      // A Redis of the machine's own is none of the tests' business.
      REDIS_URL: "",
      // The services of the tests are on this machine.
      SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
      ...services.env,
      ...suite.env,
      // Absolute addresses, of uploaded images for one, name the port.
      PORT: String(await freePort()),
      TEST_TYPE: suite.type,
      NODE_ENV: "test",
      NODE_OPTIONS:
        "--experimental-vm-modules --no-warnings=ExperimentalWarning",
    })
  } finally {
    await services.stop()
  }
  return outcomeOf(name, reportFile, status)
}

function runJest(
  reportFile: string,
  jestArgs: string[],
  env: NodeJS.ProcessEnv
): Promise<number | null> {
  const jest = require.resolve("jest/bin/jest")
  const args = [
    jest,
    "--config",
    path.join(root, "jest.config.js"),
    "--forceExit",
    "--json",
    `--outputFile=${reportFile}`,
    ...jestArgs,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ["ignore", "inherit", "inherit"],
      // A group of its own: Jest tells its worker nothing when it is ended.
      detached: process.platform !== "win32",
    })
    stopJest = (signal) => endJest(child, signal)
    child.once("error", reject)
    child.once("exit", (code) => resolve(code))
  })
}

function endJest(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || process.platform === "win32") {
    child.kill(signal)
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has ended already.
  }
}

function outcomeOf(
  suite: string,
  reportFile: string,
  status: number | null
): Outcome {
  const report = readReport(reportFile)
  if (!report) {
    return {
      suite,
      passed: 0,
      failed: 1,
      notes: ["Jest ended without a report"],
    }
  }

  const passed = report.numPassedTests
  // A spec file that does not even load has failed, though none of its tests has.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites
  const unrun = report.numPendingTests + report.numTodoTests
  const notes = [
    passed + failed === 0 ? "no test ran" : "",
    unrun > 0 ? `${unrun} skipped or only planned` : "",
    status !== 0 && failed === 0 ? `Jest ended with status ${status}` : "",
  ].filter((note) => note !== "")
  return { suite, passed, failed, notes }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(messageOf(error))
    console.log("0 passed, 1 failed")
    process.exit(1)
  }
)
