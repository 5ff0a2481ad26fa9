import { randomBytes } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { startApp } from "@medusajs/test-utils/dist/medusa-test-runner-utils/bootstrap-app"
import { configLoaderOverride } from "@medusajs/test-utils/dist/medusa-test-runner-utils/config"
import { waitWorkflowExecutions } from "@medusajs/test-utils/dist/medusa-test-runner-utils/wait-workflow-executions"
import axios, { type AxiosInstance } from "axios"
import pg from "pg"
import { type Restore, takeSnapshot } from "./table-snapshot"

const root = process.cwd()

export interface SuiteOptions {
  api: AxiosInstance
  getContainer: () => MedusaContainer
}

/**
 * Runs a suite against the whole application, as Medusa's runner of that name
 * does, in a fraction of its time: the database is a copy of one that is
 * migrated already, the application starts once, and only rows are put back
 * between two tests. As there, every test finds what the suite's own
 * `beforeAll` has left.
 */
export const medusaIntegrationTestRunner = ({
  env = {},
  testSuite,
}: {
  /** Added to the environment while the suite runs. */
  env?: Record<string, string>
  testSuite: (options: SuiteOptions) => void
}): void => {
  describe("", () => {
    const api = axios.create()
    let database: Database
    let app: Awaited<ReturnType<typeof startApp>>
    let restore: Restore | undefined
    let restoreEnv: () => void

    beforeAll(async () => {
      database = await createDatabase()
      restoreEnv = setEnv({
        ...env,
        DATABASE_URL: database.url,
      })
      // The configuration may have been read when the spec file was loaded.
      await configLoaderOverride(root, { clientUrl: database.url })
      app = await startApp({ cwd: root })
      api.defaults.baseURL = `http://localhost:${app.port}`
    })
    beforeEach(async () => {
      if (restore) {
        return restore()
      }
      // Not earlier: what the suite's own hooks have made belongs to it.
      restore = await takeSnapshot(database.client)
    })
    afterEach(() => waitWorkflowExecutions(app.container))
    afterAll(async () => {
      await app?.shutdown()
      await database?.drop()
      restoreEnv?.()
    })

    testSuite({ api, getContainer: () => app.container })
  })
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
const setEnv = (variables: Record<string, string>): (() => void) => {
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
