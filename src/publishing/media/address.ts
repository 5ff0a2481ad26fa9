import { timingSafeEqual } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { encryptionModule, socialsModule } from "../../credentials/modules"
import { ServiceError } from "../../errors/service-error"

/**
 * A blind index is an HMAC-SHA256 under a key that the keyring derives for one
 * column: of this one nothing is stored, it signs addresses.
 */
const ADDRESS = { table: "social_media", field: "public_address" }

/** The longest time that an address may lead to a file, in s: a week. */
const MAX_TTL_SECONDS = 604_800

/** What an address leads to. */
export interface AddressedMedia {
  id: string
  expires_at: Date
}

const claimOf = (id: string, expires: string): string => `${id}.${expires}`

/**
 * The address at which anybody can fetch a file for some time.
 *
 * @param name - its end, for services that look at the file's extension
 * @param ttlSeconds - at most a week
 * @throws {ServiceError} `config_error`, code `no_public_address`, when the
 * store's own address is not configured
 */
export const publicAddress = async (
  container: MedusaContainer,
  { id, name }: { id: string; name: string },
  ttlSeconds: number
): Promise<string> => {
  const { backend_url } = await socialsModule(container).getOptions()
  if (!backend_url) {
    throw new ServiceError(
      "config_error",
      'The service fetches files from the store, whose public address is not configured. Set the plugin option "backend_url" or SOCIAL_PLATFORMS_BACKEND_URL.',
      { code: "no_public_address" }
    )
  }
  const ttl = Math.min(ttlSeconds, MAX_TTL_SECONDS)
  const expires = Math.ceil(Date.now() / 1000 + ttl).toString(36)
  const encryption = encryptionModule(container)
  const signature = await encryption.blindIndex(
    claimOf(id, expires),
    ADDRESS,
    await encryption.activeKeyVersion()
  )
  return `${backend_url}/social-media/${claimOf(id, expires)}.${signature}/${encodeURIComponent(name)}`
}

const TOKEN = /^(smed_\w{1,64})\.([0-9a-z]{1,10})\.([\w-]{43})$/

/**
 * Reads the token of an address.
 *
 * @returns null for one that this store has not signed; one that has expired is
 * returned, and for the caller to refuse
 */
export const readAddress = async (
  container: MedusaContainer,
  token: string
): Promise<AddressedMedia | null> => {
  const [, id, expires, signature] = TOKEN.exec(token) ?? []
  if (!id) {
    return null
  }
  const given = Buffer.from(signature)
  const candidates = await encryptionModule(container).blindIndexCandidates(
    claimOf(id, expires),
    ADDRESS
  )
  // Each is compared: the time must not tell which key has signed it.
  const matches = candidates.filter((candidate) =>
    timingSafeEqual(Buffer.from(candidate), given)
  )
  return matches.length
    ? { id, expires_at: new Date(Number.parseInt(expires, 36) * 1000) }
    : null
}
