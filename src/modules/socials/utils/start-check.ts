import { MedusaModule } from "@medusajs/framework/modules-sdk"
import type { Logger } from "@medusajs/framework/types"
import { ENCRYPTION_MODULE } from "../../encryption/constants"
import type EncryptionModuleService from "../../encryption/service"
import type { PlainKey, StoredCount } from "../sql/envelopes"

/** What the check asks of the socials module. */
interface StoredCredentials {
  countSealed(): Promise<StoredCount[]>
  listPlainKeys(): Promise<PlainKey[]>
}

/** A module cannot inject another one: this looks where Medusa keeps them all. */
const loadedEncryption = (): EncryptionModuleService | undefined =>
  MedusaModule.getLoadedModules()
    .map(
      (modules) =>
        (modules as Record<string, unknown>)[ENCRYPTION_MODULE] as
          EncryptionModuleService | undefined
    )
    .find(Boolean)

/**
 * Compares what is stored with the configured keys, once at start: tells which
 * keys are missing and for how many rows, and makes an installation without
 * any credentials strict. It logs and never stops the start: the rows whose
 * keys are there must go on working.
 */
export const checkStoredCredentials = async (
  socials: StoredCredentials,
  logger: Logger | undefined
): Promise<void> => {
  try {
    const encryption = loadedEncryption()
    if (!encryption) {
      logger?.error(
        `[Encryption] The module "${ENCRYPTION_MODULE}" is not loaded. Add the plugin to "plugins" of medusa-config, which loads both of its modules.`
      )
      return
    }
    await reportMissingColumns(encryption, logger)
    const counts = await socials.countSealed()
    await reportMissingKeys(encryption, counts, logger)
    if (!counts.length && !(await socials.listPlainKeys()).length) {
      await encryption.makeNewInstallationStrict()
    }
  } catch (error) {
    logger?.error(
      `[Encryption] The stored credentials could not be checked: ${(error as Error).message}`
    )
  }
}

const reportMissingKeys = async (
  encryption: EncryptionModuleService,
  counts: StoredCount[],
  logger: Logger | undefined
): Promise<void> => {
  const usable = new Set(
    (await encryption.keyVersions())
      .filter(({ state }) => state !== "retired")
      .map(({ version }) => version)
  )
  const missing = new Map<number, number>()
  for (const { key_version, rows } of counts) {
    if (key_version !== null && !usable.has(key_version)) {
      missing.set(key_version, (missing.get(key_version) ?? 0) + rows)
    }
  }
  for (const [version, rows] of missing) {
    logger?.error(
      `[Encryption] Key version ${version} is not configured, and ${rows} ${rows === 1 ? "row needs" : "rows need"} it. Set ENCRYPTION_KEY_V${version} to that key; until then these credentials cannot be used.`
    )
  }
}

const reportMissingColumns = async (
  encryption: EncryptionModuleService,
  logger: Logger | undefined
): Promise<void> => {
  for (const { table, column, id_column, type } of await encryption.columns()) {
    if (type === null) {
      logger?.error(
        `[Encryption] There is no table "${table}" with the columns "${column}" and "${id_column}", which is registered for encryption. Correct encryption.columns in the plugin's options; until then no key can be retired.`
      )
    }
  }
}
