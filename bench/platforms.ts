import { spawn } from "node:child_process"
import { once } from "node:events"

/**
 * Measures the lists and summaries of 100,000 platforms over HTTP, in a process
 * that starts everything it needs.
 */
export async function run(): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "bench/platforms-worker.ts"],
    { stdio: "inherit" }
  )
  const [code] = await once(child, "exit")
  if (code !== 0) {
    throw new Error(`The measuring process ended with ${code}.`)
  }
}
