import { type ChildProcess, spawn } from "node:child_process"
import os from "node:os"
import { serviceNames, type ServiceName, startServices } from "./services"
import { messageOf, onStopSignal } from "./signals"

/*
 * node --import tsx dev/with-services.ts [postgres] [sandbox] -- command args…
 *
 * Runs a command with throw-away services, and ends with its status.
 */

const usage = `Usage: node --import tsx dev/with-services.ts [${serviceNames.join("] [")}] -- command …`

let command: ChildProcess | undefined
let running: Promise<number> | undefined

async function main(): Promise<number> {
  const separator = process.argv.indexOf("--", 2)
  const names = process.argv.slice(2, separator)
  const [program, ...args] = process.argv.slice(separator + 1)
  if (separator === -1 || !program || !names.every(isServiceName)) {
    console.error(usage)
    return 2
  }

  running = runWithServices(names, program, args)
  // The command decides how to end on a signal; the services end after it.
  onStopSignal(
    async (signal) => {
      command?.kill(signal)
      await running?.catch(() => undefined)
    },
    (signal) => 128 + os.constants.signals[signal]
  )
  return running
}

async function runWithServices(
  names: ServiceName[],
  program: string,
  args: string[]
): Promise<number> {
  const services = await startServices(names)
  try {
    return await run(program, args, { ...process.env, ...services.env })
  } finally {
    await services.stop()
  }
}

function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name)
}

/** Runs the command in this terminal, and answers its exit status. */
function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: "inherit" })
    command = child
    child.once("error", reject)
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0))
    )
  })
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(1)
  }
)
