import { ForeignValueError } from "../../modules/encryption/errors"
import { parseAmazonTokenSet } from "../../modules/encryption/importers/amazon-token-set"
import { createFernetImporter } from "../../modules/encryption/importers/fernet"
import {
  assertScryptUsable,
  openScryptValue,
} from "../../modules/encryption/importers/scrypt"
import { SecretString } from "../../secrets/secret-string"

/** Environment variable with the Fernet keys of the old system, separated by commas. */
export const FERNET_KEYS = "TOKEN_ENCRYPTION_KEY"

/** Environment variable with the secret that the old system's keys were derived from. */
export const SCRYPT_SECRET = "ENCRYPTION_SECRET"

export interface ForeignValue {
  secret: SecretString
  /** When it was sealed, where the format tells. */
  created_at?: Date
}

/** Opens the values of another system. */
export interface ForeignOpener {
  /**
   * Whether a value has the shape of this format. Null where the format has no
   * mark of its own, so that only the person who starts the import knows.
   */
  recognises: ((value: unknown) => boolean) | null
  /** @throws {EncryptionError} */
  open(value: string): Promise<ForeignValue>
}

/**
 * Opens Fernet tokens with the keys in `TOKEN_ENCRYPTION_KEY`.
 *
 * @throws {ImporterNotUsableError} when there is no key, or one is malformed
 */
export const fernetOpener = (env: NodeJS.ProcessEnv): ForeignOpener => {
  const keys = (env[FERNET_KEYS] ?? "")
    .split(",")
    .map((key) => key.trim())
    .filter(Boolean)
  const importer = createFernetImporter(keys)
  return {
    recognises: (value) => importer.recognises(value),
    open: async (value) => importer.open(value),
  }
}

/**
 * Opens scrypt values with `ENCRYPTION_SECRET`. Each takes tens of milliseconds
 * and 16 MiB: for scripts, never for a request.
 *
 * @throws {ImporterNotUsableError} when the secret is missing or weak
 */
export const scryptOpener = (env: NodeJS.ProcessEnv): ForeignOpener => {
  const secret = new SecretString(env[SCRYPT_SECRET] ?? "")
  assertScryptUsable(secret)
  return {
    recognises: null,
    open: async (value) => ({ secret: await openScryptValue(value, secret) }),
  }
}

/** Credentials by name, with what a token set says about them. */
export interface ForeignCredentials {
  secrets: Record<string, SecretString>
  expires_at?: Date
  scopes?: string[]
}

/** Takes an opened value apart into credentials. */
export const credentialsOf = (
  field: string,
  { secret, created_at }: ForeignValue
): ForeignCredentials => {
  if (field !== "token_set") {
    return { secrets: { [field]: secret } }
  }
  if (!created_at) {
    throw new ForeignValueError(
      "foreign_malformed",
      "A token set can only be imported from a Fernet token, which tells when it was made."
    )
  }
  const tokens = parseAmazonTokenSet({ secret, created_at })
  return {
    secrets: {
      access_token: tokens.access_token,
      ...(tokens.refresh_token && { refresh_token: tokens.refresh_token }),
    },
    ...(tokens.expires_at && { expires_at: tokens.expires_at }),
    ...(tokens.scopes && { scopes: tokens.scopes }),
  }
}
