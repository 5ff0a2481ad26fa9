import { randomBytes } from "node:crypto"
import { readdirSync } from "node:fs"
import path from "node:path"
import type { MedusaContainer } from "@medusajs/framework/types"
import { startApp } from "@medusajs/test-utils/dist/medusa-test-runner-utils/bootstrap-app"
import { configLoaderOverride } from "@medusajs/test-utils/dist/medusa-test-runner-utils/config"
import { waitWorkflowExecutions } from "@medusajs/test-utils/dist/medusa-test-runner-utils/wait-workflow-executions"
import axios, { type AxiosInstance } from "axios"
import pg from "pg"
import { socialsModule } from "../../../src/credentials/modules"
import { restartEncryption } from "./keys"
import { type Restore, takeSnapshot } from "./table-snapshot"

const root = process.cwd()

export interface SuiteOptions {
  api: AxiosInstance
  getContainer: () => MedusaContainer
}

interface Suite {
  /** Added to the environment while the suite runs. */
  env?: Record<string, string>
  testSuite: (options: SuiteOptions) => void
}

/** The suites of the files that {@link runTogether} reads at the moment. */
let collected: Suite[] | undefined

/**
 * Runs a suite against the whole application, as Medusa's runner of that name
 * does, in a fraction of its time: the database is a copy of one that is
 * migrated already, the application starts once, and only rows are put back
 * between two tests. As there, every test finds what the suite's own
 * `beforeAll` has left.
 */
export const medusaIntegrationTestRunner = (suite: Suite): void => {
  if (collected) {
    collected.push(suite)
  } else {
    describe("", () => runInOneApplication([suite]))
  }
}

/**
 * Runs the suites of several spec files of the HTTP tests in one application,
 * one after another: its start takes longer than the tests of most files.
 *
 * @param names - matches the names of the files
 */
export const runTogether = (names: RegExp): void => {
  const folder = path.dirname(__dirname)
  const files = readdirSync(folder).filter(
    (file) => file.endsWith(".spec.ts") && names.test(file)
  )
  const suites = files.flatMap((file) => {
    collected = []
    require(path.join(folder, file))
    return collected.map(({ env, testSuite }) => ({
      env,
      testSuite: (options: SuiteOptions) =>
        describe(file, () => testSuite(options)),
    }))
  })
  collected = undefined
  // What a file has asked for would hold for all of them.
  jest.setTimeout(300_000)
  describe("", () => runInOneApplication(suites))
}

const runInOneApplication = (suites: Suite[]): void => {
  const isShared = suites.length > 1
  const api = axios.create()
  let database: Database
  let app: Awaited<ReturnType<typeof startApp>>
  let backToStart: Restore
  let restoreEnv: () => void

  beforeAll(async () => {
    database = await createDatabase()
    restoreEnv = setEnv({
      ...(!isShared && suites[0].env),
      DATABASE_URL: database.url,
    })
    // The configuration may have been read when the spec file was loaded.
    await configLoaderOverride(root, { clientUrl: database.url })
    app = await startApp({ cwd: root })
    api.defaults.baseURL = `http://localhost:${app.port}`
    backToStart = await takeSnapshot(database.client)
  })
  afterAll(async () => {
    await app?.shutdown()
    await database?.drop()
    restoreEnv?.()
  })

  for (const { env, testSuite } of suites) {
    describe("", () => {
      let restore: Restore | undefined
      let restoreMemory: () => void
      let restoreSuiteEnv: () => void

      beforeAll(async () => {
        restoreSuiteEnv = setEnv(env)
        restoreMemory = await keepMemory(app.container)
        if (isShared) {
          await restartEncryption(app.container)
        }
      })
      beforeEach(async () => {
        if (restore) {
          return restore()
        }
        // Not earlier: what the suite's own hooks have made belongs to it.
        restore = await takeSnapshot(database.client)
      })
      afterEach(() => waitWorkflowExecutions(app.container))
      testSuite({ api, getContainer: () => app.container })
      afterAll(async () => {
        await backToStart()
        restoreMemory()
        restoreSuiteEnv()
      })
    })
  }
}

/**
 * Remembers the plugin's options, which tests change in place.
 *
 * @returns how to put them back, and what else a suite has replaced
 */
const keepMemory = async (container: MedusaContainer): Promise<() => void> => {
  const options = await socialsModule(container).getOptions()
  const before = { ...options, provider_config: { ...options.provider_config } }
  return () => {
    Object.assign(options, before)
    jest.restoreAllMocks()
  }
}

interface Database {
  url: string
  client: pg.Client
  drop: () => Promise<void>
}

/** Makes a copy of the migrated database that the test run has prepared. */
const createDatabase = async (): Promise<Database> => {
  const name = `test_${randomBytes(6).toString("hex")}`
  const url = new URL(process.env.DATABASE_URL!)
  const template = url.pathname.slice(1)
  const onServer = async (statement: string) => {
    const server = new pg.Client({
      connectionString: new URL("/postgres", url).href,
    })
    await server.connect()
    await server.query(statement).finally(() => server.end())
  }

  await onServer(`create database ${name} template "${template}"`)
  const ofCopy = new URL(`/${name}`, url).href
  const client = new pg.Client({ connectionString: ofCopy })
  await client.connect()
  return {
    url: ofCopy,
    client,
    drop: async () => {
      await client.end()
      await onServer(`drop database ${name} with (force)`)
    },
  }
}

/** @returns how to set the variables back */
const setEnv = (variables: Record<string, string> = {}): (() => void) => {
  const before = { ...process.env }
  Object.assign(process.env, variables)
  return () => {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) {
        delete process.env[name]
      } else {
        process.env[name] = before[name]
      }
    }
  }
}
