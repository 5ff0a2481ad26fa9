import { isDeepStrictEqual } from "node:util"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { BlindIndexColumn } from "../../modules/encryption/keys/blind-index"
import { EncryptionError } from "../../modules/encryption/errors"
import type { Envelope } from "../../modules/encryption/types"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import {
  type ApiConfig,
  encryptedKey,
  envelopeKeyVersion,
} from "../../modules/socials/utils/api-config"
import {
  PLATFORM_CONTEXT_TABLE,
  type PlatformOfTenant,
  platformContext,
} from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import { encryptionModule, socialsModule } from "../modules"

/**
 * Credentials that a platform can be found by. Only what a service makes at
 * random: the digest of a password that a person chose would let whoever has a
 * key's copy test guesses.
 */
export const INDEXED_FIELDS: readonly string[] = [
  "access_token",
  "refresh_token",
  "api_key",
  "webhook_secret",
]

const entryOf = (field: string, digest: string): string => `${field}:${digest}`

const COLUMNS = new Map(
  INDEXED_FIELDS.map((field) => [
    field,
    { table: PLATFORM_CONTEXT_TABLE, field },
  ])
)

/**
 * Credentials in the clear, by name; null erases one. They never leave the call
 * that stores them.
 */
export type Secrets = Readonly<Record<string, SecretString | null>>

/** The column of a credential's index; undefined for one that is not indexed. */
export const indexColumn = (field: string): BlindIndexColumn | undefined =>
  COLUMNS.get(field)

/** The entry that an index has for a credential. */
const entryFor = (index: string[] | null, field: string): string | undefined =>
  index?.find((entry) => entry.startsWith(`${field}:`))

/** An index with a credential's entry in place of the one that it had. */
export const withEntry = (
  index: string[] | null,
  field: string,
  digest: string
): string[] => [
  ...(index ?? []).filter((entry) => !entry.startsWith(`${field}:`)),
  entryOf(field, digest),
]

/**
 * The blind index that belongs to an `api_config`: each entry made with the key
 * that its envelope names, so that a retired key is needed by neither. Entries
 * of envelopes that did not change are taken over; a credential that does not
 * open has none.
 *
 * @param previous - what the row holds at present
 * @param secrets - credentials that the caller has just sealed; the others are
 * opened
 */
export const credentialIndex = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  apiConfig: ApiConfig,
  previous: CredentialContent,
  secrets: Secrets = {}
): Promise<string[] | null> => {
  const index: string[] = []
  for (const field of INDEXED_FIELDS) {
    const key = encryptedKey(field)
    const envelope = apiConfig[key]
    if (!envelope) {
      continue
    }
    const kept = isDeepStrictEqual(envelope, previous.api_config[key])
      ? entryFor(previous.credential_index, field)
      : undefined
    const entry =
      kept ??
      (await entryOfEnvelope(
        container,
        platform,
        field,
        envelope,
        secrets[field]
      ))
    if (entry) {
      index.push(entry)
    }
  }
  return index.length ? index : null
}

const entryOfEnvelope = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  field: string,
  envelope: unknown,
  secret: SecretString | null | undefined
): Promise<string | undefined> => {
  const column = indexColumn(field)
  const keyVersion = envelopeKeyVersion(envelope)
  if (!column || keyVersion === undefined) {
    return undefined
  }
  const encryption = encryptionModule(container)
  try {
    const value =
      secret ??
      (await encryption.decrypt(
        envelope as Envelope,
        platformContext(platform, field)
      ))
    return entryOf(
      field,
      await encryption.blindIndex(value, column, keyVersion)
    )
  } catch (error) {
    if (!(error instanceof EncryptionError)) {
      throw error
    }
    // A damaged credential must not keep a person from replacing another one.
    return undefined
  }
}

/**
 * Finds the platforms that hold a token or key, for example one that turned up
 * in a leak. Nothing stored is opened.
 *
 * @param secret - the token or key
 * @returns ids of the platforms, with the names of the credentials that match
 */
export const findPlatformsByCredential = async (
  container: MedusaContainer,
  secret: SecretString
): Promise<{ id: string; credentials: string[] }[]> => {
  const encryption = encryptionModule(container)
  const candidates = await Promise.all(
    [...COLUMNS].map(async ([field, column]) =>
      (await encryption.blindIndexCandidates(secret, column)).map((digest) =>
        entryOf(field, digest)
      )
    )
  )
  const socials = socialsModule(container)
  const entries = new Set(candidates.flat())
  const ids = await socials.findPlatformIdsByIndex([...entries])
  if (!ids.length) {
    return []
  }
  const rows = await socials.listSocialPlatforms(
    { id: ids },
    { take: ids.length }
  )
  return rows.map(({ id, credential_index }) => ({
    id,
    credentials: (credential_index ?? [])
      .filter((entry) => entries.has(entry))
      .map((entry) => entry.slice(0, entry.indexOf(":"))),
  }))
}
