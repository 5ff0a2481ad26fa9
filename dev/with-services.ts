import { type OnEnd, runProgram, statusAfter } from "./program"
import { serviceNames, startServices } from "./services"

/*
 * node --import tsx dev/with-services.ts [postgres] [sandbox] -- command args…
 *
 * Runs a command with throw-away services, and ends with its status.
 */

async function main(onEnd: OnEnd): Promise<number> {
  const words = process.argv.slice(2)
  const separator = words.indexOf("--")
  const names = serviceNames.filter((name) =>
    words.slice(0, separator).includes(name)
  )
  const [program, ...args] = words.slice(separator + 1)
  if (separator === -1 || !program || names.length !== separator) {
    const usage = serviceNames.map((name) => `[${name}]`).join(" ")
    console.error(`Usage: dev/with-services.ts ${usage} -- command …`)
    return 2
  }

  const { env } = await startServices(names, onEnd)
  const { execa } = await import("execa")
  const command = execa(program, args, { env, stdio: "inherit", reject: false })
  // The command decides how to end on a signal; the services end after it.
  onEnd(async (signal) => {
    command.kill(signal)
    await command
  })
  const { exitCode, signal, message } = await command
  if (exitCode === undefined && !signal) {
    throw new Error(message)
  }
  return exitCode ?? statusAfter(signal!)
}

runProgram(main)
