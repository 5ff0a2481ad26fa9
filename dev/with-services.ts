import { spawn } from "node:child_process"
import os from "node:os"
import { type OnEnd, runProgram } from "./program"
import { serviceNames, type ServiceName, startServices } from "./services"

/*
 * node --import tsx dev/with-services.ts [postgres] [sandbox] -- command args…
 *
 * Runs a command with throw-away services, and ends with its status.
 */

const usage = `Usage: node --import tsx dev/with-services.ts [${serviceNames.join("] [")}] -- command …`

async function main(onEnd: OnEnd): Promise<number> {
  const separator = process.argv.indexOf("--", 2)
  const names = process.argv.slice(2, separator)
  const [program, ...args] = process.argv.slice(separator + 1)
  if (separator === -1 || !program || !names.every(isServiceName)) {
    console.error(usage)
    return 2
  }

  const { env } = await startServices(names, onEnd)
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: "inherit",
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0))
    )
  })
  // The command decides how to end on a signal; the services end after it.
  onEnd((signal) => {
    child.kill(signal)
    return exited.catch(() => undefined)
  })
  return exited
}

function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name)
}

runProgram(main)
