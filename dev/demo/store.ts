import path from "node:path"
import { freePort } from "../ports"
import {
  failureText,
  medusaCli,
  type RunningProcess,
  runToEnd,
  startProcess,
  waitForUrl,
} from "../processes"
import { demoEnvironment } from "./environment"
import { clientSecret } from "./sandbox"

/** Encryption keys, by the variables that hand them to Medusa. */
export type KeySettings = Record<string, string>

/** The demo's Medusa application: a process that can be started again. */
export type Store = {
  url: string
  /** Runs a command of Medusa's to its end. */
  run(command: string, ...args: string[]): Promise<void>
  /** Starts the server with these keys; one that runs is stopped first. */
  start(keys: KeySettings): Promise<void>
  stop(): Promise<void>
  /** The log of the process that was started last. */
  logFile(): string
}

const root = path.resolve(__dirname, "..", "..")
const readyTimeoutMs = 120_000

/**
 * @param logFolder    where each process has a log file of its own
 * @param serviceEnv   leads to the database and the network
 * @param firstKeys    keys for the commands before the first start
 * @param onStart      is told each process, to stop it in the end
 */
export async function createStore(options: {
  logFolder: string
  serviceEnv: Record<string, string>
  firstKeys: KeySettings
  onStart(running: RunningProcess): void
}): Promise<Store> {
  const { logFolder, serviceEnv, firstKeys, onStart } = options
  const port = await freePort()
  const url = `http://localhost:${port}`
  let server: RunningProcess | undefined
  let starts = 0
  let lastLog = ""

  const processOptions = (name: string, args: string[], keys: KeySettings) => {
    lastLog = path.join(logFolder, `${name}.log`)
    return {
      name: `medusa ${args[0]}`,
      command: process.execPath,
      args: [medusaCli(root), ...args],
      cwd: root,
      env: demoEnvironment(root, {
        ...serviceEnv,
        ...keys,
        NODE_ENV: "development",
        PORT: String(port),
        MEDUSA_BACKEND_URL: url,
        SOCIAL_PLATFORMS_ADMIN_URL: `${url}/app`,
        SOCIAL_PLATFORMS_BACKEND_URL: url,
        SANDBOX_CLIENT_SECRET: clientSecret,
        // The network and the pictures are on this machine.
        SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
        // The demo is the dashboard's stand-in; building one takes long.
        DISABLE_MEDUSA_ADMIN: "true",
        // As talkative as it gets: the logs are searched for secrets.
        LOG_LEVEL: "debug",
        LOG_TOKEN_OPERATIONS: "true",
      }),
      logFile: lastLog,
    }
  }
  const stop = async () => {
    await server?.stop()
    server = undefined
  }

  return {
    url,
    run: (command, ...args) => {
      const name = command.replace(":", "-")
      return runToEnd(
        processOptions(name, [command, ...args], firstKeys),
        onStart
      )
    },
    start: async (keys) => {
      await stop()
      starts += 1
      // The process that `medusa develop` forks, without the watcher around it,
      // which would restart the store when a file of the repository changes.
      const started = startProcess(
        processOptions(`start-${starts}`, ["start"], keys)
      )
      server = started
      onStart(started)
      await waitForUrl(`${url}/health`, readyTimeoutMs, () =>
        started.hasExited() ? failureText(started, "did not start") : undefined
      )
    },
    stop,
    logFile: () => lastLog,
  }
}
