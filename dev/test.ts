import { mkdirSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import type { Result, Subprocess } from "execa"
import { root, signalGroup } from "./processes"
import { messageOf, type OnEnd, runProgram } from "./program"
import { type ServiceName, startServices } from "./services"

/*
 * node --import tsx dev/test.ts unit|modules|http|distributed|e2e|redis|all [jest arguments…]
 *
 * Runs the tests with the services that they need. Nothing is skipped silently:
 * a suite without tests, a skipped test and a test that is only planned count
 * as a failed run.
 */

type Suite = {
  /** Medusa's name for the kind of test. */
  type: string
  services: ServiceName[]
  env?: Record<string, string>
  /** How many files run at once when all of them run; one unless told. */
  workers?: number
}

/**
 * Every file of the HTTP suite loads all of Medusa anew, and little of the one
 * before is ever freed: a worker that holds that much is replaced.
 */
const WORKER_MEMORY = "--workerIdleMemoryLimit=1500MB"

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
  unit: { type: "unit", services: [], workers: 2 },
  modules: { type: "integration:modules", services: ["postgres"] },
  http: {
    type: "integration:http",
    services: ["migrated-postgres", "sandbox"],
    workers: 2,
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
    services: ["migrated-postgres", "sandbox"],
    // As after an update, like the HTTP tests.
    env: {
      ...JOBS_AT_ANOTHER_TIME,
      SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "1",
    },
  },
  redis: {
    type: "integration:redis",
    services: ["migrated-postgres", "redis"],
    env: { ...JOBS_AT_ANOTHER_TIME, DISABLE_MEDUSA_ADMIN: "true" },
  },
}

/**
 * What runs at once when everything runs, one group after another. The suites
 * with two workers keep two cores busy by themselves; the others mostly wait.
 * Redis is not among them: it needs a program that npm does not bring.
 */
const ALL = [["unit"], ["http"], ["modules", "distributed", "e2e"]]

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
  /** From the start of its services to their end. */
  seconds: number
}

async function main(onEnd: OnEnd): Promise<number> {
  const [wanted = "all", ...jestArgs] = process.argv.slice(2)
  const groups = wanted === "all" ? ALL : [[wanted]]
  if (!groups.flat().every((name) => name in suites)) {
    console.error(
      `There are the suites ${Object.keys(suites).join(", ")} and all.`
    )
    return 2
  }

  const outcomes: Outcome[] = []
  for (const group of groups) {
    const stdio = group.length === 1 ? "inherit" : "pipe"
    const finished = group.map((name) => runSuite(name, jestArgs, stdio, onEnd))
    outcomes.push(...(await Promise.all(finished)))
  }

  console.log("")
  for (const { suite, passed, failed, notes, seconds } of outcomes) {
    const remarks = notes.map((note) => ` (${note})`).join("")
    console.log(
      `${suite}: ${passed} passed, ${failed} failed${remarks}, ${seconds} s`
    )
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || outcomes.some(({ notes }) => notes.length > 0) ? 1 : 0
}

/**
 * Runs one suite with services of its own.
 *
 * @param stdio - `pipe` shows the output as a whole when the suite has ended
 */
async function runSuite(
  name: string,
  jestArgs: string[],
  stdio: "inherit" | "pipe",
  onEnd: OnEnd
): Promise<Outcome> {
  const suite = suites[name]
  const began = Date.now()
  const reportFile = path.join(root, ".data", "test", `${name}.json`)
  mkdirSync(path.dirname(reportFile), { recursive: true })
  rmSync(reportFile, { force: true })
  if (stdio === "inherit") {
    console.log(`\n== ${name} ==`)
  }

  // Chosen files are few: a second worker would cost more than it brings.
  const workers = jestArgs.length > 0 ? 1 : (suite.workers ?? 1)
  const services = await startServices(suite.services, onEnd, workers)
  let ended: Result
  try {
    const inWorkers = [`--maxWorkers=${workers}`, WORKER_MEMORY]
    ended = await runJest(
      reportFile,
      [...(suite.workers ? inWorkers : ["--runInBand"]), ...jestArgs],
      {
        // A Redis of the machine's own is none of the tests' business.
        REDIS_URL: "",
        // The services of the tests are on this machine.
        SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
        ...services.env,
        ...suite.env,
        TEST_WORKERS: JSON.stringify(services.workers),
        TEST_TYPE: suite.type,
        NODE_ENV: "test",
        NODE_OPTIONS:
          "--experimental-vm-modules --no-warnings=ExperimentalWarning",
      },
      stdio,
      onEnd
    )
  } finally {
    await services.stop()
  }
  if (stdio === "pipe") {
    console.log(`\n== ${name} ==\n${ended.all ?? ""}`)
  }
  const seconds = Math.round((Date.now() - began) / 1000)
  return { ...outcomeOf(name, reportFile, ended.exitCode), seconds }
}

async function runJest(
  reportFile: string,
  jestArgs: string[],
  env: Record<string, string>,
  stdio: "inherit" | "pipe",
  onEnd: OnEnd
): Promise<Result> {
  // An ES module only, which a script that Node takes for CommonJS must import so.
  const { execa } = await import("execa")
  let jest: Subprocess | undefined = undefined
  // Registered after the services, which therefore end after Jest.
  onEnd(async (signal = "SIGTERM") => {
    const runs = jest?.exitCode === null && jest.signalCode === null
    if (runs && !(jest?.pid && signalGroup(jest.pid, signal))) {
      jest?.kill(signal)
    }
    await jest
  })
  const child = execa(
    process.execPath,
    [
      require.resolve("jest/bin/jest"),
      ...["--config", path.join(root, "jest.config.js")],
      ...["--forceExit", "--json", `--outputFile=${reportFile}`],
      ...jestArgs,
    ],
    {
      cwd: root,
      env,
      stdin: "ignore",
      stdout: stdio,
      stderr: stdio,
      all: true,
      reject: false,
      // A group of its own: Jest tells its worker nothing when it is ended.
      detached: process.platform !== "win32",
    }
  )
  jest = child
  return await child
}

function outcomeOf(
  suite: string,
  reportFile: string,
  status: number | undefined
): Omit<Outcome, "seconds"> {
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

runProgram(
  (onEnd) =>
    main(onEnd).catch((error: unknown) => {
      console.error(messageOf(error))
      console.log("0 passed, 1 failed")
      return 1
    }),
  // A run that was interrupted has failed, whichever signal it was.
  () => 130
)
