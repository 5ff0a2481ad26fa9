import { randomBytes } from "node:crypto"
import { createTestDatabase, type TestDatabase } from "./database"
import type { Tasks } from "./protocol"
import type { Grant } from "./token-log"
import { startTokenServer, type TokenServer } from "./token-server"
import {
  openUnforgivingLedger,
  type UnforgivingLedger,
} from "./strict-token-log"
import { startWorker, type WorkerProcess } from "./worker-process"

export const CLIENT_SECRET = "a-client-secret-of-the-stage"

/** Where processes refresh tokens: a database, a token server, and who acts. */
export interface Stage<T extends Tasks> {
  database: TestDatabase
  server: TokenServer
  ledger: UnforgivingLedger
  /** Starts a process and waits until it can work. */
  enter: (
    name: string,
    onEvent?: (event: object) => void
  ) => Promise<WorkerProcess<T>>
  /** Makes a platform's access token one that ended a minute ago. */
  expire: (platform: string) => Promise<void>
  /** Lets the time pass that a process may hold a platform's refresh without a sign of life. */
  endLease: (platform: string) => Promise<void>
  /** Ends the processes that are left, and everything else. */
  clear: () => Promise<void>
}

export interface StageOptions {
  /** Absolute path of the file with the processes' tasks. */
  tasks: string
  locking: "postgres" | "redis"
  /** Runs after a grant is made and before it is answered. */
  beforeAnswer?: (grant: Grant) => Promise<void>
  /** Added to the processes' environment. */
  env?: Record<string, string>
}

/** Sets the stage; nobody has entered it yet. */
export const setStage = async <T extends Tasks>({
  tasks,
  locking,
  beforeAnswer,
  env: added = {},
}: StageOptions): Promise<Stage<T>> => {
  const database = await createTestDatabase()
  const ledger = openUnforgivingLedger()
  const server = await startTokenServer({
    clientSecret: CLIENT_SECRET,
    beforeAnswer,
    ledger,
  })
  const env = {
    DATABASE_URL: database.url,
    TOKEN_SERVER_URL: server.url,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    WORKER_LOCKING: locking,
    ...added,
  }
  const workers: WorkerProcess<T>[] = []

  return {
    database,
    server,
    ledger,
    enter: async (name, onEvent) => {
      const worker = startWorker<T>({
        name,
        tasks,
        env: { ...env, WORKER_MIGRATES: workers.length === 0 ? "true" : "" },
        onEvent,
      })
      workers.push(worker)
      await worker.ready
      return worker
    },
    expire: async (platform) => {
      await database.query(
        `update social_platform set token_expires_at = now() - interval '1 minute'
         where id = $1`,
        [platform]
      )
    },
    endLease: async (platform) => {
      await database.query(
        `update social_platform set refresh_lease_until = now()
         where id = $1 and refresh_lease_until is not null`,
        [platform]
      )
    },
    clear: async () => {
      await Promise.all(workers.map((worker) => worker.kill()))
      await server.close()
      await database.drop()
    },
  }
}
