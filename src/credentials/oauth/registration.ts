import { createHash } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import type { ProviderDescription, SocialProvider } from "../../providers/types"
import { encryptionModule, socialsModule } from "../modules"
import { recordCredentialEvent } from "../state/events"
import type { ApiConfigInput } from "../storage/fields"
import { changeCredentials } from "../storage/write"
import { createProviderContext, resolveSettings } from "../use/context"
import { scopesOf } from "../../providers/scopes"

/*
 * Where every instance of a service has registrations of its own, the plugin
 * registers the application by itself. The registration is the platform's own:
 * the client ID a setting, the client secret sealed, with a note of what it was
 * made for.
 */

/** What a registration was made for: the redirect URI and the scopes. */
const PURPOSE = "registered_for"
const TIME = "registered_at"

/**
 * How long a registration is used again that nothing was granted to, in ms:
 * instances clear such ones away, Mastodon after a day.
 */
const UNUSED_TTL_MS = 3_600_000

const purposeOf = (redirectUri: string, scopes: readonly string[]): string =>
  createHash("sha256")
    .update([redirectUri, ...scopes].join(" "))
    .digest("base64url")

/** Whether a platform has a registration that can be used, made by the plugin or entered by a person. */
const isRegistered = (row: SocialPlatformRow, purpose: string): boolean => {
  const stored = (row.api_config ?? {}) as ApiConfig
  if (!stored.client_id || !stored[PURPOSE]) {
    return !!stored.client_id
  }
  const isGranted =
    !!stored[encryptedKey("access_token")] && row.token_validity !== "false"
  const age = Date.now() - Date.parse(String(stored[TIME]))
  return stored[PURPOSE] === purpose && (isGranted || age < UNUSED_TTL_MS)
}

/**
 * Registers the application for a platform, where its provider does that and
 * the platform has no registration for the redirect URI yet.
 *
 * @param actorId - the admin who connects
 * @returns the platform as it stands then
 * @throws {ServiceError} when the service does not register it; nothing is stored
 */
export const ensureRegistration = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  redirectUri: string,
  actorId: string
): Promise<SocialPlatformRow> => {
  const { oauth2 } = provider.description
  if (!provider.registerClient || !oauth2 || row.auth_type !== "oauth2") {
    return row
  }
  const settings = await resolveSettings(container, provider, row)
  const scopes = scopesOf(settings, oauth2.scopes)
  const purpose = purposeOf(redirectUri, scopes)
  if (isRegistered(row, purpose)) {
    return row
  }
  await encryptionModule(container).assertCanSeal()
  const { client_id, client_secret } = await provider.registerClient(
    await createProviderContext(container, provider, row),
    { redirect_uri: redirectUri, scopes }
  )
  const version = await changeCredentials(container, row.id, async (now) =>
    // Somebody else pressed Connect at the same time, and is on the way with theirs.
    isRegistered(now, purpose)
      ? null
      : {
          settings: {
            client_id,
            [PURPOSE]: purpose,
            [TIME]: new Date().toISOString(),
          },
          secrets: { client_secret },
        }
  )
  if (version !== null) {
    await recordCredentialEvent(container, {
      platform_id: row.id,
      type: "updated",
      actor_id: actorId,
      details: { credentials: ["client_secret"], registered: true },
    })
  }
  return await socialsModule(container).retrieveSocialPlatform(row.id)
}

/**
 * Finds out what follows from what a person has entered, where the provider
 * does that, and notes it as settings.
 *
 * @returns the platform as it stands then
 * @throws {ServiceError}
 */
export const discoverSettings = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow
): Promise<SocialPlatformRow> => {
  if (!provider.discover || row.auth_type !== "oauth2") {
    return row
  }
  const settings = await provider.discover(
    await createProviderContext(container, provider, row)
  )
  await changeCredentials(container, row.id, async () => ({
    settings: { ...settings },
  }))
  return await socialsModule(container).retrieveSocialPlatform(row.id)
}

/**
 * Erases a registration that the plugin has made, with a change that leads to
 * another instance or brings a registration of the person's own.
 */
export const endMadeRegistration = (
  { setting_fields }: ProviderDescription,
  row: Pick<SocialPlatformRow, "api_config">,
  { settings, secrets }: ApiConfigInput
): ApiConfigInput => {
  const stored = (row.api_config ?? {}) as ApiConfig
  const addresses = setting_fields
    .filter(({ input }) => input === "url")
    .map(({ name }) => name)
  const isEnded = [...addresses, "client_id"].some(
    (name) => name in settings && settings[name] !== stored[name]
  )
  return stored[PURPOSE] && isEnded
    ? {
        settings: {
          client_id: null,
          ...settings,
          [PURPOSE]: null,
          [TIME]: null,
        },
        secrets: { client_secret: null, ...secrets },
      }
    : { settings, secrets }
}
