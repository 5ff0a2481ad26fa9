import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { SecretString } from "../../../secrets/secret-string"
import { recordPlaintextRead } from "../../../telemetry/metrics"
import { ENCRYPTION_MODULE } from "../../encryption/constants"
import type { EncryptionContext } from "../../encryption/envelope/context"
import {
  inspectStored,
  isNothing,
  plaintextOf,
} from "../../encryption/envelope/classify"
import { refusalOf } from "../../encryption/envelope/open"
import type EncryptionModuleService from "../../encryption/service"
import type { EnvelopeV2 } from "../../encryption/types"
import { SOCIALS_MODULE } from "../constants"
import type SocialsModuleService from "../service"
import { type ApiConfig, encryptedKey } from "./api-config"

/** Name of the table in the context of a platform's envelopes. Frozen: another name would orphan them. */
export const PLATFORM_CONTEXT_TABLE = "social_platform"

/** What an envelope of a platform's credential is bound to. */
export const platformContext = (
  platformId: string,
  name: string
): EncryptionContext => ({
  table: PLATFORM_CONTEXT_TABLE,
  field: name,
  rowId: platformId,
})

const encryptionOf = (container: MedusaContainer): EncryptionModuleService =>
  container.resolve(ENCRYPTION_MODULE)

const loggerOf = (container: MedusaContainer): Logger =>
  container.resolve(ContainerRegistrationKeys.LOGGER)

const readable = (name: string): string => name.replaceAll("_", " ")

/**
 * The row that a stored envelope stands in. The row is looked up rather than
 * believed: an envelope copied into another row must fail to open there.
 */
const contextOfStoredEnvelope = async (
  container: MedusaContainer,
  name: string,
  envelope: unknown
): Promise<EncryptionContext | undefined> => {
  const socials: SocialsModuleService = container.resolve(SOCIALS_MODULE)
  const platformIds = await socials.findPlatformIdsByEnvelope(
    encryptedKey(name),
    envelope
  )
  // In two rows it is a copy in one of them, and nobody knows which was meant.
  return platformIds.length === 1
    ? platformContext(platformIds[0], name)
    : undefined
}

/**
 * Opens one credential of a platform. What is stored decides: an envelope opens
 * or fails, and a plaintext value counts only where there is no envelope and
 * the reading policy still allows it.
 *
 * @param apiConfig - the platform's `api_config`
 * @param name - name of the credential, for example `access_token`
 * @param container - the Medusa container
 * @param platformId - row that the envelope is bound to; without it the row is
 * looked up by the envelope
 * @returns the opened value, or undefined when there is none
 * @throws {EncryptionError} when the envelope does not open, or plaintext is
 * stored and not allowed
 */
export const openCredential = async (
  apiConfig: ApiConfig | null | undefined,
  name: string,
  container: MedusaContainer,
  platformId?: string
): Promise<SecretString | undefined> => {
  const envelope = apiConfig?.[encryptedKey(name)]
  const plaintext = apiConfig?.[name]
  const encryption = encryptionOf(container)

  if (!isNothing(envelope)) {
    try {
      const context = platformId
        ? platformContext(platformId, name)
        : await contextOfStoredEnvelope(container, name, envelope)
      return await encryption.decrypt(envelope as EnvelopeV2, context)
    } catch (error) {
      loggerOf(container).error(
        `[Token Helper] Failed to decrypt ${readable(name)}: ${(error as Error).message}`
      )
      throw error
    }
  }

  const stored = inspectStored(plaintext, "plain")
  if (stored.kind === "nothing") {
    return undefined
  }
  const { reading } = await encryption.policy()
  if (stored.kind !== "plaintext" || reading === "require-encrypted") {
    throw refusalOf(
      stored,
      platformId ? platformContext(platformId, name) : undefined
    )
  }
  loggerOf(container).warn(
    `[Token Helper] Using plaintext ${name} (not encrypted). Consider re-authenticating.`
  )
  recordPlaintextRead(name)
  return new SecretString(plaintextOf(plaintext))
}

const requireCredential = async (
  apiConfig: ApiConfig | null | undefined,
  name: string,
  container: MedusaContainer,
  platformId?: string
): Promise<SecretString> => {
  const value = await openCredential(apiConfig, name, container, platformId)
  if (!value) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `No ${readable(name)} found`
    )
  }
  return value
}

/**
 * Opens a platform's access token; see {@link openCredential} for the rules.
 *
 * @throws {MedusaError} `No access token found`
 * @throws {EncryptionError} when it is there and does not open
 *
 * @example
 * const token = await decryptAccessToken(platform.api_config, container, platform.id)
 * headers.set("authorization", `Bearer ${token.reveal()}`)
 */
export const decryptAccessToken = (
  apiConfig: ApiConfig | null | undefined,
  container: MedusaContainer,
  platformId?: string
): Promise<SecretString> =>
  requireCredential(apiConfig, "access_token", container, platformId)

/**
 * Opens a platform's refresh token; see {@link openCredential} for the rules.
 *
 * @throws {MedusaError} `No refresh token found`
 * @throws {EncryptionError} when it is there and does not open
 */
export const decryptRefreshToken = (
  apiConfig: ApiConfig | null | undefined,
  container: MedusaContainer,
  platformId?: string
): Promise<SecretString> =>
  requireCredential(apiConfig, "refresh_token", container, platformId)

/**
 * Whether an `api_config` holds a sealed access or refresh token. Looks at the
 * shape only and opens nothing.
 */
export const hasEncryptedTokens = (
  apiConfig: ApiConfig | null | undefined
): boolean =>
  ["access_token", "refresh_token"].some(
    (name) => !isNothing(apiConfig?.[encryptedKey(name)])
  )

/**
 * Seals one credential of a platform.
 *
 * @param value - the secret
 * @param name - name of the credential, for example `api_key`
 * @param container - the Medusa container
 * @param platformId - row to bind the envelope to. Without it the envelope is
 * bound to nothing and does not open once it stands in a row.
 * @returns the envelope, to be stored under `<name>_encrypted`
 */
export const sealCredential = (
  value: string | SecretString,
  name: string,
  container: MedusaContainer,
  platformId?: string
): Promise<EnvelopeV2> =>
  encryptionOf(container).encrypt(
    value,
    platformId ? platformContext(platformId, name) : undefined
  )

/** Seals an access token; see {@link sealCredential}. */
export const encryptAccessToken = (
  accessToken: string | SecretString,
  container: MedusaContainer,
  platformId?: string
): Promise<EnvelopeV2> =>
  sealCredential(accessToken, "access_token", container, platformId)

/** Seals a refresh token; see {@link sealCredential}. */
export const encryptRefreshToken = (
  refreshToken: string | SecretString,
  container: MedusaContainer,
  platformId?: string
): Promise<EnvelopeV2> =>
  sealCredential(refreshToken, "refresh_token", container, platformId)
