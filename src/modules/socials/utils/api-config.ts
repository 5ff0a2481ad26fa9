import { inspectStored } from "../../encryption/envelope/classify"

/** Ending of the keys in `api_config` that hold a sealed credential. */
export const ENCRYPTED_SUFFIX = "_encrypted"

export type ApiConfig = Record<string, unknown>

/** The key under which a credential's envelope is stored. */
export const encryptedKey = (name: string): string =>
  `${name}${ENCRYPTED_SUFFIX}`

/** Whether a key of `api_config` is where an envelope belongs. */
export const isEncryptedKey = (key: string): boolean =>
  key.length > ENCRYPTED_SUFFIX.length && key.endsWith(ENCRYPTED_SUFFIX)

/** The credential whose envelope stands under a key: the inverse of {@link encryptedKey}. */
export const credentialNameOf = (key: string): string =>
  key.slice(0, -ENCRYPTED_SUFFIX.length)

/** The key version that an envelope names, or undefined for anything else. */
export const envelopeKeyVersion = (value: unknown): number | undefined => {
  const stored = inspectStored(value, "sealed")
  return stored.kind === "envelope" ? stored.envelope.keyVersion : undefined
}

/**
 * The lowest key version among the envelopes: the one that would make the row
 * unreadable first. Null without envelopes.
 */
export const lowestKeyVersion = (
  apiConfig: ApiConfig | null | undefined
): number | null => {
  const versions = Object.entries(apiConfig ?? {})
    .filter(([key]) => isEncryptedKey(key))
    .map(([, value]) => envelopeKeyVersion(value))
    .filter((version): version is number => version !== undefined)

  return versions.length ? Math.min(...versions) : null
}
