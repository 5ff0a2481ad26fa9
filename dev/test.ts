import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import { root, startProcess } from "./processes"
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

/** A new installation would refuse what old releases left. */
const AS_AFTER_AN_UPDATE = { SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "1" }

/** Where the API alone is tested: building a dashboard takes long. */
const WITHOUT_DASHBOARD = { DISABLE_MEDUSA_ADMIN: "true" }

const suites: Record<string, Suite> = {
  unit: { type: "unit", services: [], workers: 2 },
  modules: { type: "integration:modules", services: ["postgres"] },
  http: {
    type: "integration:http",
    services: ["migrated-postgres", "sandbox"],
    workers: 2,
    env: {
      ...JOBS_AT_ANOTHER_TIME,
      ...WITHOUT_DASHBOARD,
      ...AS_AFTER_AN_UPDATE,
    },
  },
  // Processes of their own over one database, some of which are killed.
  distributed: { type: "integration:distributed", services: ["postgres"] },
  e2e: {
    type: "e2e",
    services: ["migrated-postgres", "sandbox"],
    env: { ...JOBS_AT_ANOTHER_TIME, ...AS_AFTER_AN_UPDATE },
  },
  redis: {
    type: "integration:redis",
    services: ["migrated-postgres", "redis"],
    env: { ...JOBS_AT_ANOTHER_TIME, ...WITHOUT_DASHBOARD },
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

type Outcome = { passed: number; failed: number; notes: string[] }

async function main(onEnd: OnEnd): Promise<number> {
  const [wanted = "all", ...jestArgs] = process.argv.slice(2)
  const groups = wanted === "all" ? ALL : [[wanted]]
  if (!groups.flat().every((name) => name in suites)) {
    const names = Object.keys(suites).join(", ")
    console.error(`There are the suites ${names} and all.`)
    return 2
  }

  const total: Outcome = { passed: 0, failed: 0, notes: [] }
  const summary: string[] = []
  for (const group of groups) {
    const run = async (name: string) => {
      const began = Date.now()
      const outcome = await runSuite(name, jestArgs, group.length === 1, onEnd)
      const { passed, failed, notes } = outcome
      const seconds = Math.round((Date.now() - began) / 1000)
      const remarks = notes.map((note) => ` (${note})`).join("")
      total.passed += passed
      total.failed += failed
      total.notes.push(...notes)
      return `${name}: ${passed} passed, ${failed} failed${remarks}, ${seconds} s`
    }
    summary.push(...(await Promise.all(group.map(run))))
  }
  console.log(["", ...summary].join("\n"))
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed + total.notes.length > 0 ? 1 : 0
}

/**
 * Runs one suite with services of its own.
 *
 * @param alone - else its output is shown as a whole when it has ended
 */
async function runSuite(
  name: string,
  jestArgs: string[],
  alone: boolean,
  onEnd: OnEnd
): Promise<Outcome> {
  const suite = suites[name]
  const fileOf = (ext: string) => path.join(root, ".data", "test", name + ext)
  const report = fileOf(".json")
  const logFile = alone ? undefined : fileOf(".log")
  mkdirSync(path.dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const title = `\n== ${name} ==`
  if (alone) {
    console.log(title)
  }

  // Chosen files are few: a second worker would cost more than it brings.
  const workers = jestArgs.length > 0 ? 1 : (suite.workers ?? 1)
  const services = await startServices(suite.services, onEnd, workers)
  try {
    const jest = await startProcess(
      {
        name: "Jest",
        args: [
          require.resolve("jest/bin/jest"),
          ...["--config", path.join(root, "jest.config.js")],
          ...["--forceExit", "--json", `--outputFile=${report}`],
          ...(suite.workers
            ? [`--maxWorkers=${workers}`, WORKER_MEMORY]
            : ["--runInBand"]),
          ...jestArgs,
        ],
        env: {
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
        logFile,
      },
      onEnd
    )
    const status = await jest.exited
    await jest.stop()
    return outcomeOf(report, status)
  } finally {
    await services.stop()
    if (logFile) {
      console.log(`${title}\n${readFileSync(logFile, "utf8")}`)
    }
  }
}

function outcomeOf(file: string, status: string): Outcome {
  if (!existsSync(file)) {
    return { passed: 0, failed: 1, notes: ["Jest ended without a report"] }
  }
  const report: Report = JSON.parse(readFileSync(file, "utf8"))
  const passed = report.numPassedTests
  // A spec file that does not even load has failed, though none of its tests has.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites
  const unrun = report.numPendingTests + report.numTodoTests
  const notes = [
    passed + failed === 0 ? "no test ran" : "",
    unrun > 0 ? `${unrun} skipped or only planned` : "",
    status !== "0" && failed === 0 ? `Jest ended with status ${status}` : "",
  ]
  return { passed, failed, notes: notes.filter((note) => note !== "") }
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
