import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import net from "node:net"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "./ports"
import { failureText, startProcess } from "./processes"

export type Redis = {
  /** Address for clients, such as `redis://127.0.0.1:6379`. */
  url: string
  /** Stops the server and deletes its data. */
  stop(): Promise<void>
}

const host = "127.0.0.1"
const program = "redis-server"

/** How long the server may take to answer, in ms. */
const startTimeoutMs = 15_000
/** How long one attempt to reach it may take, in ms. */
const answerTimeoutMs = 1_000

/**
 * Starts a throw-away Redis on a free port, with nothing on disk but its log.
 *
 * @throws Error when `redis-server` is not installed or does not start
 */
export async function startRedis(): Promise<Redis> {
  const command = findProgram()
  const port = await freePort()
  const folder = mkdtempSync(path.join(os.tmpdir(), "social-platforms-redis-"))
  const server = startProcess({
    name: "Redis",
    command,
    args: [
      ...["--bind", host, "--port", String(port)],
      ...["--dir", folder, "--save", "", "--appendonly", "no"],
    ],
    cwd: folder,
    logFile: path.join(folder, "redis.log"),
  })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  const deadline = Date.now() + startTimeoutMs
  while (!(await answersPing(port))) {
    if (server.hasExited() || Date.now() > deadline) {
      const failure = failureText(server, "did not start")
      await stop()
      throw new Error(failure)
    }
    await sleep(50)
  }
  return { url: `redis://${host}:${port}`, stop }
}

/** Redis comes with the system: no npm package brings it. */
function findProgram(): string {
  const folders = (process.env.PATH ?? "").split(path.delimiter)
  const found = folders
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, program))
    .find(isExecutable)
  if (!found) {
    throw new Error(
      `There is no ${program} in PATH. Install it, on Debian and Ubuntu with: ` +
        "apt-get install redis-server"
    )
  }
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the server is there and has loaded what it serves. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: answerTimeoutMs })
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once("connect", () => socket.write("PING\r\n"))
    socket.once("data", (data) => end(data.toString().startsWith("+PONG")))
    socket.once("timeout", () => end(false))
    socket.once("error", () => end(false))
    socket.once("close", () => end(false))
  })
}
