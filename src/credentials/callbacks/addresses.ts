import { timingSafeEqual } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { SocialProvider } from "../../providers/types"
import type { CallbackAddress } from "../../shared/api-types"
import { encryptionModule, socialsModule } from "../modules"
import { resolveSettings } from "../use/context"

/**
 * A blind index is an HMAC-SHA256 under a key that the keyring derives for one
 * column: of this one nothing is stored, it makes the tokens.
 */
const VERIFY_TOKEN = { table: "social_callback", field: "verify_token" }

/** An application at a service, as the addresses of its callbacks name it. */
export interface CallbackClient {
  provider: string
  client_id: string
}

const claimOf = ({ provider, client_id }: CallbackClient): string =>
  `${provider}/${client_id}`

/** Where a service sends a callback. */
export const callbackPath = (
  { provider, client_id }: CallbackClient,
  name: string
): string =>
  `/social-callbacks/${provider}/${encodeURIComponent(client_id)}/${name}`

/**
 * The addresses that have to be entered at a service for a platform's
 * application, so that it tells the store what happens there.
 *
 * @returns none where the service tells nothing, the platform has no client ID,
 * or the store's own address is not configured
 */
export const callbackAddresses = async (
  container: MedusaContainer,
  provider: SocialProvider | undefined,
  row: Pick<SocialPlatformRow, "provider" | "api_config" | "base_url">
): Promise<CallbackAddress[]> => {
  const { backend_url } = await socialsModule(container).getOptions()
  if (!provider?.callbacks || !backend_url) {
    return []
  }
  const { client_id } = await resolveSettings(container, provider, row)
  if (!client_id) {
    return []
  }
  const client = { provider: row.provider, client_id: String(client_id) }
  return Promise.all(
    Object.entries(provider.callbacks).map(
      async ([name, { label, handshake }]) => ({
        name,
        label,
        url: `${backend_url}${callbackPath(client, name)}`,
        verify_token: handshake ? await verifyToken(container, client) : null,
      })
    )
  )
}

/** What a person enters at the service, so that the store knows its question again. */
const verifyToken = async (
  container: MedusaContainer,
  client: CallbackClient
): Promise<string> => {
  const encryption = encryptionModule(container)
  return encryption.blindIndex(
    claimOf(client),
    VERIFY_TOKEN,
    await encryption.activeKeyVersion()
  )
}

/** Whether a token is the one that {@link callbackAddresses} has shown. */
export const isVerifyToken = async (
  container: MedusaContainer,
  client: CallbackClient,
  token: string
): Promise<boolean> => {
  const given = Buffer.from(token)
  const candidates = await encryptionModule(container).blindIndexCandidates(
    claimOf(client),
    VERIFY_TOKEN
  )
  // Each is compared: the time must not tell which key has made it.
  const matches = candidates.filter((candidate) => {
    const due = Buffer.from(candidate)
    return due.length === given.length && timingSafeEqual(due, given)
  })
  return matches.length > 0
}
