import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  EXPIRY_COLUMNS,
  expirySetting,
  type VaultTokenType,
} from "../../modules/socials/sql/vault"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import type { TokenValidity } from "../../shared/enums"
import { isEnding, isOver } from "../state/freshness"
import { stampUse } from "../state/last-use"
import { shownError } from "../state/transitions"
import type { RecordedError } from "../../shared/api-types"
import { reEncryptAfterUse } from "../key-operations/re-encrypt-after-use"
import { listProviders } from "../providers"
import { DEFAULT_BUFFER_SECONDS } from "../access-token/schedule"
import { bufferSeconds } from "../state/tokens"
import {
  type CredentialKey,
  findVaultPlatform,
  invalid,
  readCredentialKey,
  type VaultKey,
} from "./key"

/**
 * Opens a tenant's credential, whatever is known of its expiry and validity.
 * `last_used_at` is stamped meanwhile; nobody waits for it.
 *
 * @returns null when there is none
 * @throws {EncryptionError} when it is stored and does not open
 * @throws {MedusaError} INVALID_DATA for a malformed key
 */
export const getCredential = async (
  container: MedusaContainer,
  key: CredentialKey
): Promise<SecretString | null> => {
  const credential = readCredentialKey(key)
  const row = await findVaultPlatform(container, credential)
  return row ? openForUse(container, row, credential.token_type) : null
}

/** {@link getCredential} for the refresh token. */
export const getRefreshToken = (
  container: MedusaContainer,
  { tenant_id, provider, identifier }: VaultKey
): Promise<SecretString | null> =>
  getCredential(container, {
    tenant_id,
    provider,
    identifier,
    token_type: "refresh_token",
  })

export interface VaultAccessTokenInput extends VaultKey {
  /**
   * A token that lives for less than this needs a refresh, in s; at most half of
   * its whole life counts.
   *
   * @default the plugin's option, or else what the provider says, or else 600
   */
  refresh_buffer_seconds?: number
}

export interface VaultAccessToken {
  token: SecretString
  /** It works, but ends soon: refresh it, for example with `getAccessToken`. */
  needsRefresh: boolean
}

/**
 * A tenant's access token as it is stored: this never asks the service.
 *
 * @returns null when there is none, it has ended or it is marked invalid
 * @throws {EncryptionError} when it is stored and does not open
 * @throws {MedusaError} INVALID_DATA for a malformed key or buffer
 */
export const getVaultAccessToken = async (
  container: MedusaContainer,
  input: VaultAccessTokenInput
): Promise<VaultAccessToken | null> => {
  const { refresh_buffer_seconds } = input
  if (
    refresh_buffer_seconds !== undefined &&
    !(Number.isFinite(refresh_buffer_seconds) && refresh_buffer_seconds >= 0)
  ) {
    throw invalid("refresh_buffer_seconds must be a number of seconds from 0.")
  }
  const key = readCredentialKey({
    tenant_id: input.tenant_id,
    provider: input.provider,
    identifier: input.identifier,
    token_type: "access_token",
  })
  const row = await findVaultPlatform(container, key)
  if (!row || row.token_validity === "false" || isOver(row)) {
    return null
  }
  const token = await openForUse(container, row, "access_token")
  return (
    token && {
      token,
      needsRefresh: isEnding(
        row,
        refresh_buffer_seconds ?? (await defaultBuffer(container, row))
      ),
    }
  )
}

/** A provider that the application no longer registers does not hide its tokens. */
const defaultBuffer = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<number> => {
  const provider = (await listProviders(container)).get(row.provider)
  return provider
    ? bufferSeconds(container, provider, row.auth_type)
    : DEFAULT_BUFFER_SECONDS
}

/** What the vault knows of a credential, without its value. */
export interface VaultCredential extends CredentialKey {
  /** The platform that holds it: what `getAccessToken` and the API take. */
  platform_id: string
  /** Null for one that never ends. */
  expires_at: Date | null
  scopes: string[] | null
  last_used_at: Date | null
  last_refreshed_at: Date | null
  /** Of the connection: what its service last said, or `markInvalid`. */
  validity: TokenValidity
  last_error: RecordedError | null
}

/**
 * Tells what is known of a credential. Nothing is opened.
 *
 * @returns null when there is none
 * @throws {MedusaError} INVALID_DATA for a malformed key
 */
export const describeCredential = async (
  container: MedusaContainer,
  key: CredentialKey
): Promise<VaultCredential | null> => {
  const credential = readCredentialKey(key)
  const row = await findVaultPlatform(container, credential)
  if (!row || !isStored(row, credential.token_type)) {
    return null
  }
  return {
    ...credential,
    platform_id: row.id,
    expires_at: expiryOf(row, credential.token_type),
    scopes: row.scopes,
    last_used_at: row.last_used_at,
    last_refreshed_at: row.last_refreshed_at,
    validity: row.token_validity,
    last_error: shownError(row.last_error),
  }
}

/** Whether a platform holds a credential; nothing is opened. */
export const isStored = (
  row: Pick<SocialPlatformRow, "api_config">,
  name: string
): boolean => {
  const stored = (row.api_config ?? {}) as ApiConfig
  return !!(stored[encryptedKey(name)] || stored[name])
}

const expiryOf = (
  row: SocialPlatformRow,
  type: VaultTokenType
): Date | null => {
  if (type === "access_token" || type === "refresh_token") {
    return row[EXPIRY_COLUMNS[type]]
  }
  const text = (row.api_config as ApiConfig | null)?.[expirySetting(type)]
  const date = new Date(typeof text === "string" ? text : Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date
}

const openForUse = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  name: VaultTokenType
): Promise<SecretString | null> => {
  const value = await openCredential(
    row.api_config as ApiConfig,
    name,
    container,
    row.id
  )
  if (!value) {
    return null
  }
  stampUse(container, row.id)
  await reEncryptAfterUse(container, row, name)
  return value
}
