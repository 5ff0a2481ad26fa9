import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  VAULT_TOKEN_TYPES,
  type VaultTokenType,
} from "../../modules/socials/sql/vault"
import { socialsModule } from "../modules"

/** Whose connection to which service. */
export interface VaultKey {
  /** Whose it is. Null is a tenant too: the store itself. */
  tenant_id: string | null
  /** Identifier of the provider, for example `whatsapp_business`. */
  provider: string
  /** Which of the tenant's connections to the service: a name of your choice. */
  identifier: string
}

/** Which secret of the connection. */
export interface CredentialKey extends VaultKey {
  token_type: VaultTokenType
}

const MAX_LENGTH = 200

/**
 * PostgreSQL takes no NUL, and half of a surrogate pair reaches it as U+FFFD:
 * two names that differ here would be one name there.
 */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u

export const invalid = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.INVALID_DATA, message)

/**
 * Reads a part of a key. Types are checked although TypeScript has them: an
 * object or a list from a request's body would be an operator to the ORM, and
 * match rows of other tenants.
 */
const readName = (name: string, value: unknown): string => {
  if (
    typeof value !== "string" ||
    !value.trim() ||
    value.length > MAX_LENGTH ||
    UNSTORABLE.test(value)
  ) {
    throw invalid(
      `${name} must be text of 1 to ${MAX_LENGTH} characters without control characters.`
    )
  }
  return value
}

/** @throws {MedusaError} INVALID_DATA for anything but null and text */
export const readTenantId = (value: unknown): string | null => {
  if (value === undefined) {
    throw invalid(
      "tenant_id must be given: the tenant's id, or null for the store's own credentials."
    )
  }
  return value === null ? null : readName("tenant_id", value)
}

/** @throws {MedusaError} INVALID_DATA */
export const readProvider = (value: unknown): string =>
  readName("provider", value)

/**
 * Checks a key and copies it, so that nothing that it came with can change it
 * afterwards.
 *
 * @throws {MedusaError} INVALID_DATA
 */
export const readVaultKey = ({
  tenant_id,
  provider,
  identifier,
}: VaultKey): VaultKey => ({
  tenant_id: readTenantId(tenant_id),
  provider: readProvider(provider),
  identifier: readName("identifier", identifier),
})

/** {@link readVaultKey} with the token type. */
export const readCredentialKey = (key: CredentialKey): CredentialKey => {
  const { token_type } = key
  if (!VAULT_TOKEN_TYPES.includes(token_type)) {
    throw invalid(`token_type must be one of: ${VAULT_TOKEN_TYPES.join(", ")}.`)
  }
  return { ...readVaultKey(key), token_type }
}

/** Whether a row is the connection that a key names, and nobody else's. */
export const isPlatformOf = (
  row: Pick<SocialPlatformRow, "tenant_id" | "provider" | "identifier">,
  { tenant_id, provider, identifier }: VaultKey
): boolean =>
  row.tenant_id === tenant_id &&
  row.provider === provider &&
  row.identifier === identifier

/**
 * Finds the connection that a key names.
 *
 * @param key - as {@link readVaultKey} returned it
 */
export const findVaultPlatform = async (
  container: MedusaContainer,
  key: VaultKey
): Promise<SocialPlatformRow | undefined> => {
  const { tenant_id, provider, identifier } = key
  const rows = await socialsModule(container).listSocialPlatforms({
    tenant_id,
    provider,
    identifier,
  })
  return rows.find((row) => isPlatformOf(row, key))
}
