import { randomBytes } from "node:crypto"
import { sealBytes } from "../../../src/modules/encryption/envelope/aes-gcm"
import { openV2 } from "../../../src/modules/encryption/envelope/format-2"
import { environmentKeySource } from "../../../src/modules/encryption/key-sources/environment"
import { createKeyring } from "../../../src/modules/encryption/keys/keyring"
import type {
  EnvelopeV1,
  EnvelopeV2,
} from "../../../src/modules/encryption/types"
import { platformContext } from "../../../src/modules/socials/utils/token-helpers"

/** Another letter of the base64 alphabet in the middle of a text. */
export const changeLetter = (text: string): string => {
  const at = Math.floor(text.length / 2) - 1
  return `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`
}

/**
 * Seals as the releases before format 2 did: with the raw key, bound to nothing.
 *
 * @param ivLength - 12 or 16, as different releases used
 */
export const sealFormat1 = (text: string, ivLength: 12 | 16): EnvelopeV1 => {
  const iv = randomBytes(ivLength)
  const { ciphertext, tag } = sealBytes({
    key: Buffer.from(process.env.ENCRYPTION_KEY ?? "", "base64"),
    iv,
    aad: Buffer.alloc(0),
    plaintext: Buffer.from(text),
  })
  return {
    encrypted: ciphertext.toString("base64"),
    iv: iv.toString("base64"),
    authTag: tag.toString("base64"),
    keyVersion: 1,
  }
}

export interface StoredValue {
  platform: string
  name: string
  envelope: EnvelopeV2
  value: string
}

/**
 * Opens the sealed values of platforms' rows in this process, by the plugin's
 * own code.
 *
 * @param keys - the variables that hand the keys to the store
 * @throws EncryptionError when one does not open with these keys for its row
 */
export const openRows = async (
  keys: NodeJS.ProcessEnv,
  rows: Record<string, any>[]
): Promise<StoredValue[]> => {
  const keyring = createKeyring(await environmentKeySource(keys).load())
  return rows.flatMap(({ id, api_config }) =>
    Object.entries<EnvelopeV2>(api_config ?? {})
      .filter(([field]) => field.endsWith("_encrypted"))
      .map(([field, envelope]) => {
        const name = field.replace(/_encrypted$/, "")
        const value = openV2(keyring, envelope, platformContext(id, name))
        return { platform: id, name, envelope, value }
      })
  )
}
