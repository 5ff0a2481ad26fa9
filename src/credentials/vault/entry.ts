import {
  expirySetting,
  type VaultTokenType,
} from "../../modules/socials/sql/vault"
import { SecretString } from "../../secrets/secret-string"
import { type CredentialKey, invalid, readCredentialKey } from "./key"

export interface StoreCredentialInput extends CredentialKey {
  value: string | SecretString
  /**
   * When it ends (RFC 3339 as text); null for never.
   *
   * @default null
   */
  expires_at?: Date | string | null
  /** What the access token was granted for; kept when absent. */
  scopes?: string[]
  /** Non-secret facts of your own; what is there already is merged with it. */
  metadata?: Record<string, unknown>
  /**
   * What else the platform needs: the provider's settings, and further secrets,
   * which are sealed too. What is there already and not named is kept.
   */
  api_config?: Record<string, unknown>
  /**
   * Name of the platform, should it have to be created.
   *
   * @default the provider and the identifier
   */
  name?: string
  /** Who does it, for the audit trail. */
  actor_id?: string
}

/** A checked input. */
export interface CredentialEntry extends Omit<
  StoreCredentialInput,
  "value" | "expires_at"
> {
  value: SecretString
  expires_at: Date | null
}

/**
 * Checks what is to be stored.
 *
 * @throws {MedusaError} INVALID_DATA saying what is wrong, without the value
 */
export const readEntry = (input: StoreCredentialInput): CredentialEntry => {
  const { value, expires_at, scopes, metadata, api_config, name, actor_id } =
    input
  return {
    ...readCredentialKey(input),
    value: readValue(value),
    expires_at: readExpiry(expires_at),
    scopes: readScopes(scopes),
    metadata: readRecord("metadata", metadata),
    api_config: readRecord("api_config", api_config),
    name,
    actor_id,
  }
}

const readValue = (value: unknown): SecretString => {
  const text = value instanceof SecretString ? value.reveal() : value
  if (typeof text !== "string" || !text.trim()) {
    throw invalid("value must be text that is not empty.")
  }
  return new SecretString(text)
}

const readExpiry = (value: unknown): Date | null => {
  if (value === null || value === undefined) {
    return null
  }
  const date = new Date(
    typeof value === "string" || value instanceof Date ? value : Number.NaN
  )
  if (Number.isNaN(date.getTime())) {
    throw invalid(
      "expires_at must be a time such as 2027-01-31T12:00:00Z, or null for never."
    )
  }
  return date
}

const readScopes = (scopes: unknown): string[] | undefined => {
  if (scopes === undefined) {
    return undefined
  }
  if (
    !Array.isArray(scopes) ||
    !scopes.every((scope) => typeof scope === "string")
  ) {
    throw invalid("scopes must be a list of texts.")
  }
  return [...scopes]
}

const readRecord = (
  name: string,
  value: unknown
): Record<string, unknown> | undefined => {
  if (value === undefined) {
    return undefined
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`${name} must be an object.`)
  }
  return { ...value }
}

/** The expiry of a key is a setting; that of a token has a column. */
export const expirySettings = (
  type: VaultTokenType,
  expiresAt: Date | null
): Record<string, unknown> =>
  type === "api_key" || type === "webhook_secret"
    ? { [expirySetting(type)]: expiresAt?.toISOString() ?? null }
    : {}

/** All that goes into the platform's `api_config`, as a client would send it. */
export const apiConfigOf = ({
  api_config,
  token_type,
  value,
  expires_at,
}: CredentialEntry): Record<string, unknown> => ({
  ...api_config,
  ...expirySettings(token_type, expires_at),
  [token_type]: value.reveal(),
})
