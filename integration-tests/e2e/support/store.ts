import path from "node:path"
import { freePort } from "../../../dev/ports"
import {
  root,
  type RunningProcess,
  startServer,
  tsxArgs,
} from "../../../dev/processes"
import { sandbox } from "../../http/support/sandbox"
import { type Ask, askAs, logIn } from "./admin-user"
import { withDatabase } from "./database"
import type { PictureFile } from "./picture"

/** A running store with the plugin, and the merchant's way into its API. */
export interface Store {
  url: string
  api: Ask
  /** Stores a file as the composer does, and returns its address. */
  upload: (file: PictureFile) => Promise<string>
  sql: (
    statement: string,
    parameters?: unknown[]
  ) => Promise<Record<string, any>[]>
  /** Remembers what an upload answered, to remove the files in the end. */
  noteUpload: (answer: UploadAnswer) => void
  /** Forgets everything of the plugin, here and in the sandbox. */
  reset: () => Promise<void>
  stop: () => Promise<void>
}

export interface UploadAnswer {
  files: { id: string; url: string }[]
}

const fromEnv = (name: string): string => {
  const value = process.env[name]
  if (!value) {
    throw new Error(`${name} is not set: run the tests with npm run test:e2e`)
  }
  return value
}

/** Starts the store that the browser tests visit. */
export const startStore = async (): Promise<Store> => {
  const databaseUrl = fromEnv("DATABASE_URL")
  const port = process.env.PORT || String(await freePort())
  const url = `http://localhost:${port}`
  const server = await startStoreServer(url, port)
  try {
    return await connect(url, databaseUrl, server)
  } catch (error) {
    await server.stop()
    throw error
  }
}

const startStoreServer = (url: string, port: string): Promise<RunningProcess> =>
  startServer(
    {
      name: "The store",
      args: [...tsxArgs, path.join(__dirname, "serve-store.ts")],
      env: {
        PORT: port,
        NODE_ENV: "test",
        NODE_OPTIONS: "",
        REDIS_URL: "",
        // Medusa behaves differently where it sees that Jest runs it.
        JEST_WORKER_ID: undefined,
      },
      logFile: path.join(root, ".data", "test", "e2e-store.log"),
    },
    { url: `${url}/health` }
  )

const connect = async (
  url: string,
  databaseUrl: string,
  server: RunningProcess
): Promise<Store> => {
  const api = askAs(await logIn(url), url)
  const uploads: string[] = []
  const sql: Store["sql"] = (statement, parameters) =>
    withDatabase(databaseUrl, (query) => query(statement, parameters))

  const noteUpload: Store["noteUpload"] = ({ files }) => {
    uploads.push(...files.map(({ id }) => id))
  }

  const upload: Store["upload"] = async ({ name, mimeType, buffer }) => {
    const form = new FormData()
    form.append(
      "files",
      new Blob([new Uint8Array(buffer)], { type: mimeType }),
      name
    )
    const answer = await api("POST", "/admin/uploads", form)
    noteUpload(answer)
    return answer.files[0].url
  }

  const reset = async () => {
    await sandbox.reset()
    const tables = await sql(
      `select quote_ident(table_name) as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'
         and table_name like '%social\\_%'`
    )
    await sql(`truncate ${tables.map(({ name }) => name).join(", ")} cascade`)
  }

  const stop = async () => {
    try {
      for (const id of uploads.splice(0)) {
        await api("DELETE", `/admin/uploads/${encodeURIComponent(id)}`)
      }
    } finally {
      await server.stop()
    }
  }

  return { url, api, upload, sql, noteUpload, reset, stop }
}
