import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { SocialProvider } from "../../providers/types"
import { socialsModule } from "../modules"
import { ownAddress } from "../storage/shared-credentials"

/**
 * Set by a migration for platforms that were made before redirect URIs could
 * carry the platform: theirs is registered at the service as it was.
 */
const SHARED_SETTING = "shared_redirect_uri"

/** Path of a redirect URI, with the platform in it where that has one of its own. */
export const redirectPath = (
  provider: string,
  platformId: string | null
): string =>
  `/oauth/${provider}/callback${platformId === null ? "" : `/${platformId}`}`

const at = async (
  container: MedusaContainer,
  path: string
): Promise<string | null> => {
  const { backend_url } = await socialsModule(container).getOptions()
  return backend_url ? `${backend_url}${path}` : null
}

/**
 * The redirect URI of a provider's platforms, but for those with an address of
 * their own: one for each provider, so that a response cannot be taken for
 * another service's (RFC 9700, section 4.4).
 *
 * @returns null when neither the backend's nor the dashboard's address is configured
 */
export const providerRedirectUri = (
  container: MedusaContainer,
  provider: string
): Promise<string | null> => at(container, redirectPath(provider, null))

/**
 * The redirect URI that a platform's service must know. A platform at an
 * authorization server of its own has one of its own: whoever runs that server
 * gets no response of another's taken for theirs (RFC 9700, section 4.4.2.2).
 *
 * @returns null when neither the backend's nor the dashboard's address is configured
 */
export const platformRedirectUri = async (
  container: MedusaContainer,
  { description }: SocialProvider,
  row: Pick<
    SocialPlatformRow,
    "id" | "provider" | "auth_type" | "base_url" | "api_config"
  >
): Promise<string | null> => {
  const { provider_config } = await socialsModule(container).getOptions()
  const settings = row.api_config as Record<string, unknown> | null
  const hasItsOwn =
    row.auth_type === "oauth2" &&
    // Its response always names the server that it comes from (RFC 9207).
    !description.oauth2?.client_metadata &&
    settings?.[SHARED_SETTING] !== true &&
    ownAddress(description, provider_config, row) !== null
  return at(container, redirectPath(row.provider, hasItsOwn ? row.id : null))
}
