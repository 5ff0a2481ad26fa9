import type {
  AuthType,
  ProviderField,
  SocialPlatform,
  SocialProvider,
} from "../types"

/**
 * The fields that apply to one way of authenticating.
 *
 * @param fields a provider's fields
 * @param authType the chosen way
 * @returns those for every way, and those for this one
 */
export const fieldsFor = (
  fields: ProviderField[],
  authType: AuthType
): ProviderField[] =>
  fields.filter(
    (field) => !field.auth_types?.length || field.auth_types.includes(authType)
  )

/**
 * Tells whether a platform is connected by sending the person to the service.
 *
 * @param provider the service's description, if it is known
 * @param authType how the platform authenticates
 * @returns true where a Connect button makes sense
 */
export const connectsByRedirect = (
  provider: SocialProvider | undefined,
  authType: AuthType
): boolean =>
  Boolean(provider?.capabilities.connect) &&
  (authType === "oauth2" || authType === "oauth1")

/**
 * Tells whether a platform's access is renewed without a person.
 *
 * @param platform as the API shows it
 * @returns true where a refresh token is stored
 */
export const renewsItself = (platform: SocialPlatform): boolean =>
  platform.credentials.some(
    ({ name, configured }) => name === "refresh_token" && configured
  )

/**
 * When a person has to connect again, at the latest.
 *
 * @param platform as the API shows it
 * @returns an ISO date, or `null` where no such date is known
 */
export const reconnectBefore = (platform: SocialPlatform): string | null => {
  if (platform.connection === "not_connected") {
    return null
  }
  return renewsItself(platform)
    ? platform.refresh_token_expires_at
    : platform.token_expires_at
}
