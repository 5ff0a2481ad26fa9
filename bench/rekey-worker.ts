import type { MedusaContainer } from "@medusajs/framework/types"

import { reEncryptBatch } from "../src/credentials/key-operations/re-encrypt"
import { encryptionModule } from "../src/credentials/modules"
import { bootModules } from "./boot"
import type { Order, Outcome, Report } from "./rekey-orders"

/*
 * The process that re-encrypts: the plugin's two modules and nothing else, so that its memory is
 * that of the operation. It takes one order at a time over IPC.
 */

const SAMPLE_EVERY_MS = 100
const MEBIBYTE = 1024 * 1024

/** Follows the resident memory while something runs. */
function watchMemory(): { growth(): number } {
  const before = process.memoryUsage.rss()
  let peak = before
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(sample, SAMPLE_EVERY_MS)
  return {
    growth() {
      clearInterval(timer)
      sample()
      return (peak - before) / MEBIBYTE
    },
  }
}

const processorTime = ({ user, system }: NodeJS.CpuUsage): number =>
  (user + system) / 1000

/** Re-encrypts batch by batch until none is left, as the workflow and the dashboard do. */
async function reEncryptAll(container: MedusaContainer): Promise<Outcome> {
  let memory: ReturnType<typeof watchMemory> | undefined
  let milliseconds = 0
  let processor = 0
  let rows = 0
  let unfinished = 0
  let after: string | undefined
  do {
    const start = performance.now()
    const usage = process.cpuUsage()
    const report = await reEncryptBatch(container, { after })
    milliseconds += performance.now() - start
    processor += processorTime(process.cpuUsage(usage))
    rows += report.changed
    unfinished += report.skipped + report.quarantined.length
    after = report.next ?? undefined
    if (!memory) {
      globalThis.gc?.()
      memory = watchMemory()
    }
  } while (after)
  return { rows, milliseconds, processor, unfinished, growth: memory.growth() }
}

const report = (message: Report): void => void process.send?.(message)

function fail(error: unknown): void {
  console.error(error)
  process.exit(1)
}

async function main(): Promise<void> {
  const container = await bootModules()
  process.on("message", ({ version }: Order) => {
    encryptionModule(container)
      .promoteKey(version)
      .then(() => reEncryptAll(container))
      .then((outcome) => report({ outcome }))
      .catch(fail)
  })
  process.on("disconnect", () => process.exit())
  report({})
}

main().catch(fail)
