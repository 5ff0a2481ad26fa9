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

/** A platform, as far as its envelopes are bound to it. */
export interface PlatformOfTenant {
  id: string
  /** Null for one that belongs to no tenant. */
  tenant_id: string | null
}

/**
 * What an envelope of a platform's credential is bound to.
 *
 * @param platform - its id alone stands for a platform without a tenant, and
 * seals for the row whoever owns it
 */
export const platformContext = (
  platform: string | PlatformOfTenant,
  name: string
): EncryptionContext =>
  typeof platform === "string"
    ? { table: PLATFORM_CONTEXT_TABLE, field: name, rowId: platform }
    : {
        table: PLATFORM_CONTEXT_TABLE,
        field: name,
        rowId: platform.id,
        tenant: platform.tenant_id,
      }

/** The context of a platform, whose tenant is looked up where only its id is known. */
const contextOf = async (
  container: MedusaContainer,
  platform: string | PlatformOfTenant,
  name: string
): Promise<EncryptionContext> => {
  if (typeof platform !== "string") {
    return platformContext(platform, name)
  }
  const socials: SocialsModuleService = container.resolve(SOCIALS_MODULE)
  const owner = await socials.readTenant(platform)
  // A row that is not there yet may come to belong to anybody.
  return platformContext(owner ? { id: platform, ...owner } : platform, name)
}

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
    ? await contextOf(container, platformIds[0], name)
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
 * @param platform - row that the envelope is bound to, or its id; without it the
 * row is looked up by the envelope
 * @returns the opened value, or undefined when there is none
 * @throws {EncryptionError} when the envelope does not open, or plaintext is
 * stored and not allowed
 */
export const openCredential = async (
  apiConfig: ApiConfig | null | undefined,
  name: string,
  container: MedusaContainer,
  platform?: string | PlatformOfTenant
): Promise<SecretString | undefined> => {
  const envelope = apiConfig?.[encryptedKey(name)]
  const plaintext = apiConfig?.[name]
  const encryption = encryptionOf(container)

  if (!isNothing(envelope)) {
    try {
      const context = platform
        ? await contextOf(container, platform, name)
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
      platform ? await contextOf(container, platform, name) : undefined
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
  platform?: string | PlatformOfTenant
): Promise<SecretString> => {
  const value = await openCredential(apiConfig, name, container, platform)
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
  platform?: string | PlatformOfTenant
): Promise<SecretString> =>
  requireCredential(apiConfig, "access_token", container, platform)

/**
 * Opens a platform's refresh token; see {@link openCredential} for the rules.
 *
 * @throws {MedusaError} `No refresh token found`
 * @throws {EncryptionError} when it is there and does not open
 */
export const decryptRefreshToken = (
  apiConfig: ApiConfig | null | undefined,
  container: MedusaContainer,
  platform?: string | PlatformOfTenant
): Promise<SecretString> =>
  requireCredential(apiConfig, "refresh_token", container, platform)

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
 * @param platform - row to bind the envelope to, or its id. Without it the envelope is
 * bound to nothing and does not open once it stands in a row.
 * @returns the envelope, to be stored under `<name>_encrypted`
 */
export const sealCredential = async (
  value: string | SecretString,
  name: string,
  container: MedusaContainer,
  platform?: string | PlatformOfTenant
): Promise<EnvelopeV2> =>
  encryptionOf(container).encrypt(
    value,
    platform ? await contextOf(container, platform, name) : undefined
  )

/** Seals an access token; see {@link sealCredential}. */
export const encryptAccessToken = (
  accessToken: string | SecretString,
  container: MedusaContainer,
  platform?: string | PlatformOfTenant
): Promise<EnvelopeV2> =>
  sealCredential(accessToken, "access_token", container, platform)

/** Seals a refresh token; see {@link sealCredential}. */
export const encryptRefreshToken = (
  refreshToken: string | SecretString,
  container: MedusaContainer,
  platform?: string | PlatformOfTenant
): Promise<EnvelopeV2> =>
  sealCredential(refreshToken, "refresh_token", container, platform)
