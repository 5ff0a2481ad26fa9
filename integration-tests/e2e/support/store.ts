import path from "node:path"
import { freePort } from "../../../dev/ports"
import {
  root,
  type RunningProcess,
  startProcess,
  tsxArgs,
  waitUntilReady,
} from "../../../dev/processes"
import { sandbox } from "../../http/support/sandbox"
import { ADMIN } from "./admin-user"
import { withDatabase } from "./database"
import type { PictureFile } from "./picture"

const readyTimeoutMs = 280_000

/** A running store with the plugin, and the merchant's way into its API. */
export interface Store {
  url: string
  api: <T = any>(method: string, path: string, body?: object) => Promise<T>
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
  const server = await startServer(url, port)
  try {
    return await connect(url, databaseUrl, server)
  } catch (error) {
    await server.stop()
    throw error
  }
}

const startServer = async (
  url: string,
  port: string
): Promise<RunningProcess> => {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PORT: port,
    NODE_ENV: "test",
    NODE_OPTIONS: "",
    REDIS_URL: "",
  }
  // Medusa behaves differently where it sees that Jest runs it.
  delete env.JEST_WORKER_ID
  const server = startProcess({
    name: "The store",
    args: [...tsxArgs, path.join(__dirname, "serve-store.ts")],
    env,
    logFile: path.join(root, ".data", "test", "e2e-store.log"),
  })
  try {
    await waitUntilReady(server, readyTimeoutMs, `${url}/health`)
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

const connect = async (
  url: string,
  databaseUrl: string,
  server: RunningProcess
): Promise<Store> => {
  const token = await logIn(url)
  const uploads: string[] = []
  const sql: Store["sql"] = (statement, parameters) =>
    withDatabase(databaseUrl, (query) => query(statement, parameters))

  const noteUpload: Store["noteUpload"] = ({ files }) => {
    uploads.push(...files.map(({ id }) => id))
  }

  const send = async (
    method: string,
    apiPath: string,
    body?: BodyInit,
    headers: Record<string, string> = {}
  ) => {
    const response = await fetch(`${url}${apiPath}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body && { body }),
    })
    if (!response.ok) {
      throw new Error(
        `${method} ${apiPath} answered ${response.status}: ${await response.text()}`
      )
    }
    return response.json()
  }

  const api: Store["api"] = (method, apiPath, body) =>
    method === "POST"
      ? send(method, apiPath, JSON.stringify(body ?? {}), {
          "content-type": "application/json",
        })
      : send(method, apiPath)

  const upload: Store["upload"] = async ({ name, mimeType, buffer }) => {
    const form = new FormData()
    form.append(
      "files",
      new Blob([new Uint8Array(buffer)], { type: mimeType }),
      name
    )
    const answer = await send("POST", "/admin/uploads", form)
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

const logIn = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/auth/user/emailpass`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  })
  const { token } = (await response.json()) as { token?: string }
  if (!token) {
    throw new Error(`The admin cannot log in: status ${response.status}`)
  }
  return token
}
