import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import {
  type ApiConfig,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { createSignedFetch } from "../../oauth/oauth1/signed-fetch"
import type { OAuth1Client, OAuth1Server } from "../../oauth/oauth1/types"
import { createServiceFetch, type ServiceFetch } from "../../http/fetch"
import type {
  ProviderContext,
  ProviderDescription,
  ProviderSettings,
  SocialProvider,
} from "../../providers/types"
import { eraseValues } from "../../secrets/erase-values"
import { looksSecret } from "../../secrets/looks-secret"
import { SecretString } from "../../secrets/secret-string"
import { isSecretField } from "../storage/fields"
import { renewAfterUse } from "../key-operations/re-encrypt-after-use"
import { socialsModule } from "../modules"

/**
 * The non-secret part of a platform's `api_config`. Clients cannot nest secrets
 * in it, but rows that another release has written may hold some.
 */
export const publicSettings = (
  provider: SocialProvider | undefined,
  apiConfig: ApiConfig | null | undefined
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(apiConfig ?? {})
      .filter(
        ([key]) =>
          !isEncryptedKey(key) && !isSecretField(provider?.description, key)
      )
      .map(([key, value]) => [key, withoutSecrets(value)])
  )

const withoutSecrets = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets)
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isEncryptedKey(key) && !looksSecret(key))
      .map(([key, member]) => [key, withoutSecrets(member)])
  )
}

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
  const defaults = Object.fromEntries(
    description.setting_fields
      .filter((field) => field.default !== undefined)
      .map((field) => [field.name, field.default])
  )
  return {
    ...defaults,
    ...publicSettings(provider, provider_config[description.identifier]),
    ...(row.base_url && { base_url: row.base_url }),
    ...publicSettings(provider, row.api_config as ApiConfig),
  }
}

/**
 * Opens a credential of a platform, or else the one that the application's
 * configuration has for all platforms of the provider.
 *
 * @returns undefined when neither has it
 * @throws {EncryptionError} when it is stored and does not open
 */
export const resolveCredential = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: Pick<SocialPlatformRow, "id" | "api_config">,
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
  const { provider_config } = await socialsModule(container).getOptions()
  const shared = sharedCredential(provider.description, provider_config, name)
  return shared ? new SecretString(shared) : undefined
}

/**
 * The credential that all platforms of a provider share: from the plugin's
 * options, or else from the environment variable that the provider names.
 */
export const sharedCredential = (
  { identifier, credential_fields }: ProviderDescription,
  providerConfig: Record<string, Record<string, string>>,
  name: string
): string | undefined => {
  const variable = credential_fields.find(
    (field) => field.name === name
  )?.environment_variable
  return (
    providerConfig[identifier]?.[name] ||
    (variable && process.env[variable]) ||
    undefined
  )
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
