import { readFileSync } from "node:fs"
import { join } from "node:path"
import { format, inspect } from "node:util"

import type { EncryptionContext } from "../envelope/context"
import { EncryptionError } from "../errors"
import type { KeyMaterial } from "../keys/key-source"
import { createKeyring, type Keyring, type KeyState } from "../keys/keyring"
import { followRegistry } from "../keys/registry-state"
import type { RegistryWatch } from "../keys/registry-watch"
import { resolvePolicy } from "../policy"
import EncryptionModuleService from "../service"
import type { EncryptionOptions, EnvelopeV1, EnvelopeV2 } from "../types"

export const CONTEXT: Readonly<EncryptionContext> = Object.freeze({
  table: "social_platform",
  field: "access_token",
  rowId: "splat_01JABCDEFGHJKMNPQRSTVWXYZ",
})

/** The material of key version n in these tests, or another with the same version. */
export const rootOf = (version: number, variant = 0): Buffer =>
  Buffer.from(
    Array.from(
      { length: 32 },
      (_, i) => (i * 7 + version * 31 + variant + 1) % 256
    )
  )

export const material = (
  version: number,
  state: KeyState = "active",
  variant = 0
): KeyMaterial => ({ version, state, secret: rootOf(version, variant) })

type Line = { level: "info" | "warn"; text: string }

/** A registry that never changes: what the service sees where no database is. */
export function fixedRegistry(keyring: Keyring): RegistryWatch {
  return {
    state: async () => followRegistry(null, keyring, null),
    reserve: async () => undefined,
    countSeal: () => undefined,
    read: async () => null,
    promote: async () => undefined,
    retire: async () => false,
    raiseFloor: async () => undefined,
    makeKey: async () => null,
    processes: async () => [],
    recordAudit: async () => undefined,
    listAudit: async () => ({ events: [], count: 0 }),
    start: async () => undefined,
    stop: async () => undefined,
  }
}

export function createService({
  keys = [material(1)],
  options = {},
  env = {},
}: {
  keys?: KeyMaterial[]
  options?: EncryptionOptions
  env?: NodeJS.ProcessEnv
} = {}): { service: EncryptionModuleService; lines: Line[] } {
  const lines: Line[] = []
  const logger = {
    info: (text: string) => lines.push({ level: "info", text }),
    warn: (text: string) => lines.push({ level: "warn", text }),
  }
  const service = new EncryptionModuleService({
    encryptionRotation: null,
    encryptionKeySource: { name: "test", load: async () => keys },
    encryptionRegistry: fixedRegistry(createKeyring(keys)),
    encryptionPolicy: resolvePolicy(options, env),
    encryptionReadingConfigured: false,
    encryptionColumns: {
      list: async () => [],
      record: async () => undefined,
    },
    logger: logger as never,
  })
  return { service, lines }
}

/** Runs it and returns what it throws; fails the test when it does not throw. */
export async function failureOf(run: () => unknown): Promise<EncryptionError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof EncryptionError) {
      return error
    }
    throw error
  }
  throw new Error("expected an EncryptionError, nothing was thrown")
}

/** Every way in which an error ends up in a log. */
export const everythingItPrints = (error: Error): string =>
  [
    error.message,
    error.stack,
    String(error),
    inspect(error, { depth: Infinity, showHidden: true }),
    format("%o %O %j %s", error, error, error, error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
  ].join("\n")

export type GoldenFile = {
  roots: Record<string, string>
  v1: { name: string; plaintext: string; envelope: EnvelopeV1 }[]
  v2: {
    name: string
    plaintext: string
    context: {
      table: string
      field: string
      rowId: string
      tenant?: string | null
    } | null
    envelope: EnvelopeV2
  }[]
}

export const readVectors = <T>(file: string): T =>
  JSON.parse(readFileSync(join(__dirname, "vectors", file), "utf8")) as T
