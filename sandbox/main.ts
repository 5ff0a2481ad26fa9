import { startSandbox } from "./server"
import { startSimulators } from "./simulators"

const DEFAULT_PORT = 4400
const DEFAULT_DATA_DIR = ".data/sandbox"

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

function readPort(): number {
  const value = process.env.SANDBOX_PORT || String(DEFAULT_PORT)
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) {
    fail(`SANDBOX_PORT is "${value}", which is not a port (0 to 65535).`)
  }
  return port
}

async function main(): Promise<void> {
  const port = readPort()
  const sandbox = await startSandbox({
    port,
    dataDir: process.env.SANDBOX_DATA_DIR || DEFAULT_DATA_DIR,
  }).catch((error: NodeJS.ErrnoException) =>
    fail(
      error.code === "EADDRINUSE"
        ? `Port ${port} is taken. Set SANDBOX_PORT to a free port for the sandbox network.`
        : `The sandbox network cannot start: ${error.message}`
    )
  )
  console.log(`Sandbox network listening on ${sandbox.url}`)
  const simulators =
    process.env.SANDBOX_SIMULATORS === "true"
      ? await startSimulators(port + 1).catch((error: Error) =>
          fail(`A simulator cannot start: ${error.message}`)
        )
      : null
  // Ctrl-C can arrive twice, from the terminal and through a parent process.
  let stopping = false
  const stop = () => {
    if (!stopping) {
      stopping = true
      void Promise.all([sandbox.close(), simulators?.close()]).then(() =>
        process.exit(0)
      )
    }
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
}

void main()
