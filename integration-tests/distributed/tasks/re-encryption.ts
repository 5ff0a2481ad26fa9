import { setTimeout as sleep } from "node:timers/promises"
import { reEncryptBatch } from "../../../src/credentials/key-operations/re-encrypt"
import {
  encryptionModule,
  socialsModule,
} from "../../../src/credentials/modules"
import { sealCredentials } from "../../../src/credentials/storage/seal"
import { changeCredentials } from "../../../src/credentials/storage/write"
import type { TaskContext } from "../support/protocol"
import { accessToken, refreshToken } from "../support/token-log"
import { type RefreshedEvent, refreshOnce } from "./tokens"

export { readTokens, refreshEach, verifyAll } from "./tokens"

/** What the tasks tell while they run. */
export type DrillEvent =
  | { kind: "batch"; changed: number; skipped: number; quarantined: number }
  | { kind: "promoted"; version: number }
  | { kind: "error"; message: string }
  | RefreshedEvent

const MILLISECONDS_PER_HOUR = 3_600_000

/** Pause between two passes, in ms: a small machine must also start processes. */
const BREATH_MS = 20

const tell = (context: TaskContext, event: DrillEvent) => context.emit(event)

/** Creates connected platforms whose tokens have the number 1. */
export const seed = async (
  { container }: TaskContext,
  { count, clientSecret }: { count: number; clientSecret: string }
): Promise<string[]> => {
  const socials = socialsModule(container)
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const { id } = await socials.createSocialPlatforms({
      name: `Platform ${index}`,
      provider: "noticeboard",
      token_validity: "true",
      connected_at: new Date(),
      token_expires_at: new Date(Date.now() + MILLISECONDS_PER_HOUR),
    })
    const sealed = await sealCredentials(container, id, {
      client_secret: clientSecret,
      access_token: accessToken(id, 1),
      refresh_token: refreshToken(id, 1),
    })
    await changeCredentials(container, id, async () => ({ sealed }))
    ids.push(id)
  }
  return ids
}

interface Pass {
  changed: number
  skipped: number
  quarantined: number
}

/** One pass over the rows, as the workflow and the dashboard make it. */
const reEncryptAll = async (
  context: TaskContext,
  limit: number
): Promise<Pass> => {
  const total: Pass = { changed: 0, skipped: 0, quarantined: 0 }
  let after: string | null = ""
  while (after !== null && !context.signal.aborted) {
    const { changed, skipped, quarantined, next } = await reEncryptBatch(
      context.container,
      { after, limit }
    )
    tell(context, {
      kind: "batch",
      changed,
      skipped,
      quarantined: quarantined.length,
    })
    total.changed += changed
    total.skipped += skipped
    total.quarantined += quarantined.length
    after = next
  }
  return total
}

/**
 * Re-encrypts until nothing is outdated, then makes the other key the active
 * one, and so on until it is stopped.
 */
export const reEncryptForever = async (
  context: TaskContext,
  { limit }: { limit: number }
): Promise<void> => {
  const encryption = encryptionModule(context.container)
  while (!context.signal.aborted) {
    const { changed, skipped } = await reEncryptAll(context, limit)
    if (changed + skipped === 0 && !context.signal.aborted) {
      const version = (await encryption.activeKeyVersion()) === 1 ? 2 : 1
      await encryption.promoteKey(version)
      tell(context, { kind: "promoted", version })
    }
    await sleep(BREATH_MS)
  }
}

/** Makes a key the active one and re-encrypts until nothing is left to do. */
export const reEncryptTo = async (
  context: TaskContext,
  { version, limit }: { version: number; limit: number }
): Promise<{ quarantined: number }> => {
  await encryptionModule(context.container).promoteKey(version)
  for (;;) {
    const { changed, skipped, quarantined } = await reEncryptAll(context, limit)
    if (changed + skipped === 0) {
      return { quarantined }
    }
  }
}

/** Refreshes platforms at random, several at a time, until it is stopped. */
export const refreshForever = async (
  context: TaskContext,
  { platforms, lanes }: { platforms: string[]; lanes: number }
): Promise<void> => {
  const runLane = async () => {
    while (!context.signal.aborted) {
      const index = Math.floor(Math.random() * platforms.length)
      try {
        await refreshOnce(context, { platform: platforms[index] })
      } catch (error) {
        tell(context, { kind: "error", message: String(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, runLane))
}
