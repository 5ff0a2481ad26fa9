import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import { type Command, root, startProcess } from "./processes"
import { messageOf, type OnEnd, runProgram } from "./program"
import {
  JOBS_AT_ANOTHER_TIME,
  type ServiceName,
  startServices,
} from "./services"

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
  /** What runs instead when no file is chosen. */
  together?: string
  services: ServiceName[]
  env?: Record<string, string>
  /** For Node, besides what all suites need. */
  nodeOptions?: string
  /** How many files run at once when all of them run; one unless told. */
  workers?: number
}

/**
 * Little of what a file has loaded is ever freed: a worker that holds that much
 * is replaced.
 */
const WORKER_MEMORY = "--workerIdleMemoryLimit=1500MB"

/** A new installation would refuse what old releases left. */
const AS_AFTER_AN_UPDATE = { SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "1" }

/** Where the API alone is tested: building a dashboard takes long. */
const WITHOUT_DASHBOARD = { DISABLE_MEDUSA_ADMIN: "true" }

const suites: Record<string, Suite> = {
  unit: {
    type: "unit",
    together: "unit:together",
    services: [],
    workers: 2,
    // Little of what a test makes outlives it: young objects get room.
    nodeOptions: "--max-semi-space-size=64",
  },
  modules: { type: "integration:modules", services: ["postgres"] },
  http: {
    type: "integration:http",
    together: "integration:http:together",
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

type Outcome = { passed: number; failed: number; notes: string[] }

async function main(onEnd: OnEnd): Promise<number> {
  const [wanted = "all", ...jestArgs] = process.argv.slice(2)
  const groups = wanted === "all" ? ALL : [[wanted]]
  if (!groups.flat().every((name) => name in suites)) {
    const names = Object.keys(suites).join(", ")
    console.error(`There are the suites ${names} and all.`)
    return 2
  }

  const outcomes: Outcome[] = []
  for (const group of groups) {
    const run = (name: string) =>
      runSuite(name, jestArgs, group.length === 1, onEnd)
    outcomes.push(...(await Promise.all(group.map(run))))
  }
  const notes = outcomes.flatMap((outcome) => outcome.notes)
  const sum = (of: "passed" | "failed") =>
    outcomes.reduce((total, outcome) => total + outcome[of], 0)
  console.log(["", ...notes].join("\n"))
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`)
  return sum("failed") + notes.length > 0 ? 1 : 0
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
  mkdirSync(path.dirname(report), { recursive: true })
  rmSync(report, { force: true })
  // Chosen files are few: a second worker would cost more than it brings.
  const isWhole = jestArgs.length === 0
  const isTogether = isWhole || jestArgs.some((arg) => /\btogether\b/.test(arg))
  const workers = isWhole ? (suite.workers ?? 1) : 1
  const services = await startServices(suite.services, onEnd, workers)
  const command: Command = {
    name: "Jest",
    args: [
      require.resolve("jest/bin/jest"),
      ...["--forceExit", "--json", `--outputFile=${report}`],
      ...(suite.workers
        ? [`--maxWorkers=${workers}`, WORKER_MEMORY]
        : ["--runInBand"]),
      ...jestArgs,
    ],
    env: {
      ...services.env,
      ...suite.env,
      TEST_WORKERS: JSON.stringify(services.workers),
      TEST_TYPE: (isTogether && suite.together) || suite.type,
      NODE_ENV: "test",
      NODE_OPTIONS: `--experimental-vm-modules --no-warnings=ExperimentalWarning ${suite.nodeOptions ?? ""}`,
    },
    logFile: alone ? undefined : fileOf(".log"),
  }
  try {
    const jest = await startProcess(command, onEnd)
    const status = await jest.exited
    await jest.stop()
    return outcomeOf(name, report, status)
  } finally {
    await services.stop()
    if (command.logFile) {
      console.log(`\n== ${name} ==\n${readFileSync(command.logFile, "utf8")}`)
    }
  }
}

function outcomeOf(name: string, file: string, status: string): Outcome {
  // Without a report Jest has not even begun.
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}
  const { numPassedTests: passed = 0, numFailedTests = 0 } = report
  // A spec file that does not even load has failed, though none of its tests has.
  const failed = numFailedTests + (report.numRuntimeErrorTestSuites ?? 0)
  const unrun = report.numPendingTests + report.numTodoTests
  const notes = [
    passed + failed === 0 ? "no test ran" : "",
    unrun > 0 ? `${unrun} skipped or only planned` : "",
    status !== "0" && failed === 0 ? `Jest ended with status ${status}` : "",
  ]
  const told = notes.filter(Boolean).map((note) => `${name}: ${note}`)
  return { passed, failed, notes: told }
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
