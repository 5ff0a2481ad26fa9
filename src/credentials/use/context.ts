import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { createServiceFetch } from "../../http/fetch"
import { createApiContext } from "../../providers/api-client"
import type {
  ProviderContext,
  ProviderSettings,
  SocialProvider,
} from "../../providers/types"
import { SecretString } from "../../secrets/secret-string"
import { ownSettings, sharedSettings } from "../storage/settings"
import {
  ownAddress,
  sharedCredential,
  sharedElsewhere,
} from "../storage/shared-credentials"
import { reEncryptAfterUse } from "../key-operations/re-encrypt-after-use"
import { socialsModule } from "../modules"

/**
 * A platform's settings: the provider's defaults, the application's
 * configuration, then the platform's own.
 */
export const resolveSettings = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: Pick<SocialPlatformRow, "api_config" | "base_url">
): Promise<ProviderSettings> => {
  const { description } = provider
  const { provider_config } = await socialsModule(container).getOptions()
  return {
    ...sharedSettings(description, provider_config),
    ...ownSettings(description, row),
  }
}

/**
 * Opens a credential of a platform, or else the one that the application's
 * configuration has for all platforms of the provider, unless the platform's
 * settings would have it sent to an address of their own.
 *
 * @returns undefined when neither has it
 * @throws {EncryptionError} when it is stored and does not open
 * @throws {ServiceError} `config_error`, code `shared_credential_refused`
 */
export const resolveCredential = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: Pick<SocialPlatformRow, "id" | "tenant_id" | "api_config" | "base_url">,
  name: string
): Promise<SecretString | undefined> => {
  const own = await openCredential(
    row.api_config as ApiConfig,
    name,
    container,
    row
  )
  if (own) {
    await reEncryptAfterUse(container, row, name)
    return own
  }
  const { description } = provider
  const { provider_config } = await socialsModule(container).getOptions()
  const shared = sharedCredential(description, provider_config, name)
  if (!shared) {
    return undefined
  }
  const address = ownAddress(description, provider_config, row)
  if (address) {
    throw new ServiceError(
      "config_error",
      sharedElsewhere(description, address, [name]),
      { code: "shared_credential_refused" }
    )
  }
  return new SecretString(shared)
}

/**
 * What a provider's operation works with. Credentials are opened when the
 * operation asks for them.
 *
 * @param overrides - a fresh access token in place of the stored one, what an
 * account has of its own in place of both, how long the service has to answer,
 * in ms, and a signal that aborts the operation's requests
 */
export const createProviderContext = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  {
    accessToken,
    ofAccount,
    timeoutMs,
    signal,
  }: {
    accessToken?: SecretString
    ofAccount?: (name: string) => SecretString | undefined
    timeoutMs?: number
    signal?: AbortSignal
  } = {}
): Promise<ProviderContext> => {
  const { request_timeout_ms, allow_private_networks } =
    await socialsModule(container).getOptions()
  const credential = async (name: string): Promise<SecretString> => {
    const own = ofAccount?.(name)
    if (own) {
      return own
    }
    if (name === "access_token" && accessToken) {
      return accessToken
    }
    const value = await resolveCredential(container, provider, row, name)
    if (!value) {
      throw new ServiceError(
        "config_error",
        `The platform has no ${name.replaceAll("_", " ")}. Enter it in the platform's settings.`,
        { code: "missing_credential" }
      )
    }
    return value
  }
  return createApiContext(provider.description, {
    settings: await resolveSettings(container, provider, row),
    auth_type: row.auth_type,
    signal,
    credential,
    fetch: createServiceFetch({
      service: provider.description.label,
      timeoutMs: timeoutMs ?? request_timeout_ms,
      signal,
      networks: allow_private_networks,
    }),
    networks: allow_private_networks,
  })
}
