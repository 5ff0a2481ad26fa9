import { setTimeout as sleep } from "node:timers/promises"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import {
  inspectStored,
  isNothing,
  isOldForm,
  isUpToDate,
} from "../../modules/encryption/envelope/classify"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  credentialNameOf,
  encryptedKey,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { recordCredentialEvent } from "../state/events"
import { reEncryptRow } from "./re-encrypt"
import { applicationOf, encryptionModule } from "../modules"
import type { SealedCredentials } from "../storage/seal"
import { changeCredentials } from "../storage/write"

type UsedRow = Pick<SocialPlatformRow, "id" | "api_config">

/**
 * Time between a use and the re-encryption, in ms. What the service says of the used
 * credential is written with its `credentials_version`, which a re-encryption moves on.
 */
const DELAY_MS = 1_000

interface Queue {
  ids: Set<string>
  tail: Promise<void>
}

/** One queue for each application in the process, which lives as long as its module. */
const queues = new WeakMap<object, Queue>()

/**
 * Re-encrypts a row whose credential was just used, when it is in an old format,
 * under an old key, or in plaintext while the reading policy is `migrate`. The
 * caller does not wait, one row is rewritten at a time, and a failure is only
 * logged: the credential works as it is, and the bulk operations come to it.
 *
 * The writing policy `dual` switches it off: there an older release may still
 * have to open what is stored, so a person decides when it is rewritten.
 *
 * @param name - the credential that was used
 */
export const reEncryptAfterUse = async (
  container: MedusaContainer,
  row: UsedRow,
  name: string
): Promise<void> => {
  if (!(await isReEncryptionDue(container, row, name))) {
    return
  }
  const key = applicationOf(container)
  const queue = queues.get(key) ?? { ids: new Set(), tail: Promise.resolve() }
  queues.set(key, queue)
  if (queue.ids.has(row.id)) {
    return
  }
  queue.ids.add(row.id)
  const dueAt = Date.now() + DELAY_MS
  queue.tail = queue.tail.then(async () => {
    await sleep(Math.max(0, dueAt - Date.now()), undefined, { ref: false })
    await reEncryptCredentials(container, row.id, name)
    queue.ids.delete(row.id)
  })
}

const isReEncryptionDue = async (
  container: MedusaContainer,
  { api_config }: UsedRow,
  name: string
): Promise<boolean> => {
  const encryption = encryptionModule(container)
  const { reading, writing } = await encryption.policy()
  if (writing === "dual") {
    return false
  }
  const apiConfig = (api_config ?? {}) as ApiConfig
  const version = await encryption.activeKeyVersion()
  const isDue = Object.entries(apiConfig).some(
    ([key, value]) => isEncryptedKey(key) && isOutdated(value, version)
  )
  return isDue || (reading === "migrate" && isPlaintext(apiConfig, name))
}

const isPlaintext = (apiConfig: ApiConfig, name: string): boolean =>
  isNothing(apiConfig[encryptedKey(name)]) &&
  inspectStored(apiConfig[name], "plain").kind === "plaintext"

/** What is no envelope is not made one by trying again after each use. */
const isOutdated = (value: unknown, version: number): boolean => {
  const stored = inspectStored(value, "sealed")
  return (
    stored.kind === "envelope" &&
    (isOldForm(stored) || !isUpToDate(stored, version))
  )
}

const reEncryptCredentials = async (
  container: MedusaContainer,
  platformId: string,
  name: string
): Promise<void> => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  try {
    let isRotated = false
    const written = await changeCredentials(
      container,
      platformId,
      async (row) => {
        const sealed = await reEncryptedEnvelopes(container, row)
        isRotated = Object.keys(sealed).length > 0
        // Plaintext needs no mention: every write of credentials seals it.
        return isRotated ||
          isPlaintext((row.api_config ?? {}) as ApiConfig, name)
          ? { sealed }
          : null
      }
    )
    if (written !== null) {
      const key_version = await encryptionModule(container).activeKeyVersion()
      await recordCredentialEvent(container, {
        platform_id: platformId,
        ...(isRotated
          ? { type: "rotated", details: { key_version } }
          : { type: "sealed" }),
      })
    }
  } catch (error) {
    logger.warn(
      `[Encryption] The credentials of platform ${platformId} were not re-encrypted: ${(error as Error).message}`
    )
  }
}

const reEncryptedEnvelopes = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<SealedCredentials> => {
  const before = (row.api_config ?? {}) as ApiConfig
  const content = reEncryptRow(
    await encryptionModule(container).reEncrypter(),
    { ...row, api_config: before },
    // What does not open stays as it is; whoever used it was told.
    () => undefined,
    { twins: false }
  )
  return Object.fromEntries(
    Object.entries(content?.api_config ?? {})
      .filter(([key, value]) => isEncryptedKey(key) && value !== before[key])
      .map(([key, value]) => [credentialNameOf(key), value])
  ) as SealedCredentials
}
