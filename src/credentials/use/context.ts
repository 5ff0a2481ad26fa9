import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { createSignedFetch } from "../../oauth/oauth1/signed-fetch"
import type { OAuth1Client, OAuth1Server } from "../../oauth/oauth1/types"
import { createServiceFetch, type ServiceFetch } from "../../http/fetch"
import type {
  ProviderContext,
  ProviderSettings,
  SocialProvider,
} from "../../providers/types"
import { eraseValues } from "../../secrets/erase-values"
import { SecretString } from "../../secrets/secret-string"
import { ownSettings, sharedSettings } from "../storage/settings"
import {
  ownAddress,
  sharedCredential,
  sharedElsewhere,
} from "../storage/shared-credentials"
import { renewAfterUse } from "../key-operations/re-encrypt-after-use"
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
  row: Pick<SocialPlatformRow, "id" | "api_config" | "base_url">,
  name: string
): Promise<SecretString | undefined> => {
  const own = await openCredential(
    row.api_config as ApiConfig,
    name,
    container,
    row.id
  )
  if (own) {
    await renewAfterUse(container, row, name)
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
 * @param overrides - a fresh access token in place of the stored one, and a
 * signal that aborts the operation's requests
 */
export const createProviderContext = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  overrides: { accessToken?: SecretString; signal?: AbortSignal } = {}
): Promise<ProviderContext> => {
  const { request_timeout_ms, allow_private_networks } =
    await socialsModule(container).getOptions()
  const opened = new Set<SecretString>()
  const open = async (name: string): Promise<SecretString> => {
    if (name === "access_token" && overrides.accessToken) {
      return overrides.accessToken
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

  const settings = await resolveSettings(container, provider, row)
  const credential = async (name: string): Promise<SecretString> => {
    const value = await open(name)
    opened.add(value)
    return value
  }
  const fetch = createServiceFetch({
    service: provider.description.label,
    timeoutMs: request_timeout_ms,
    signal: overrides.signal,
    networks: allow_private_networks,
  })
  const { oauth1 } = provider.description
  return {
    settings,
    auth_type: row.auth_type,
    signal: overrides.signal,
    fetch: withoutEcho(
      row.auth_type === "oauth1" && oauth1
        ? signing(oauth1.server(settings), settings, credential, fetch)
        : fetch,
      opened
    ),
    credential,
  }
}

/** A client that signs each request, with credentials opened for just that. */
const signing =
  (
    server: OAuth1Server,
    settings: ProviderSettings,
    credential: ProviderContext["credential"],
    fetch: ServiceFetch
  ): ServiceFetch =>
  async (url, init) => {
    const signed = createSignedFetch({
      server,
      client: await oauth1Registration(server, settings, credential),
      credentials: {
        token: await credential("access_token"),
        token_secret: await credential("access_token_secret"),
      },
      fetch,
    })
    return signed(url, init)
  }

/**
 * The application's registration with a service of OAuth 1.0a.
 *
 * @throws {ServiceError} `config_error` when it is not configured
 */
export const oauth1Registration = async (
  { signature_method }: OAuth1Server,
  { consumer_key }: ProviderSettings,
  credential: ProviderContext["credential"]
): Promise<OAuth1Client> => {
  if (typeof consumer_key !== "string" || !consumer_key) {
    throw new ServiceError(
      "config_error",
      "The consumer key is not configured. Register the application with the service and enter its consumer key.",
      { code: "missing_consumer_key" }
    )
  }
  return {
    consumer_key,
    consumer_secret: await credential("consumer_secret"),
    ...(signature_method === "RSA-SHA1" && {
      private_key: await credential("private_key"),
    }),
  }
}

/**
 * Takes the operation's own credentials out of a service's failures: some
 * repeat what they were sent, and what they say is stored, logged and shown.
 */
const withoutEcho =
  (fetch: ServiceFetch, opened: ReadonlySet<SecretString>): ServiceFetch =>
  async (url, init) => {
    const response = await fetch(url, init)
    if (response.ok) {
      return response
    }
    const { status, headers } = response
    const text = eraseValues(await response.text(), opened)
    return new Response(text || null, { status, headers })
  }
