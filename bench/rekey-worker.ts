import path from "node:path"

import { MedusaApp, MedusaAppMigrateUp } from "@medusajs/framework/modules-sdk"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { createMedusaContainer } from "@medusajs/framework/utils"

import { reEncryptBatch } from "../src/credentials/key-operations/re-encrypt"
import { encryptionModule } from "../src/credentials/modules"
import type { Order, Outcome, Report } from "./rekey-orders"

/*
 * The process that re-encrypts: the plugin's two modules as Medusa loads them, and nothing else, so
 * that its memory is that of the operation. It takes one order at a time over IPC.
 */

const SAMPLE_EVERY_MS = 100
const MEBIBYTE = 1024 * 1024

const silent = () => undefined

const logger = {
  info: silent,
  debug: silent,
  http: silent,
  log: silent,
  warn: console.warn,
  error: console.error,
} as unknown as Logger

const modulePath = (name: string): string => path.join(__dirname, "../src/modules", name)

/** Migrates the database and loads the modules. */
async function boot(): Promise<MedusaContainer> {
  const options = () => ({
    modulesConfig: {
      encryption: { resolve: modulePath("encryption") },
      socials: { resolve: modulePath("socials") },
    },
    sharedResourcesConfig: { database: { clientUrl: process.env.DATABASE_URL } },
    injectedDependencies: { logger },
  })
  await MedusaAppMigrateUp(options())

  const container = createMedusaContainer()
  const app = await MedusaApp({ ...options(), sharedContainer: container })
  await app.onApplicationStart()
  return app.sharedContainer ?? container
}

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

/** Re-encrypts batch by batch until none is left, as the workflow and the dashboard do. */
async function reEncryptAll(container: MedusaContainer): Promise<Outcome> {
  let memory: ReturnType<typeof watchMemory> | undefined
  let milliseconds = 0
  let rows = 0
  let unfinished = 0
  let after: string | undefined
  do {
    const start = performance.now()
    const report = await reEncryptBatch(container, { after })
    milliseconds += performance.now() - start
    rows += report.changed
    unfinished += report.skipped + report.quarantined.length
    after = report.next ?? undefined
    if (!memory) {
      globalThis.gc?.()
      memory = watchMemory()
    }
  } while (after)
  return { rows, milliseconds, unfinished, growth: memory.growth() }
}

const report = (message: Report): void => void process.send?.(message)

function fail(error: unknown): void {
  console.error(error)
  process.exit(1)
}

async function main(): Promise<void> {
  const container = await boot()
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
