import type { AuthType, ProviderField, SocialProvider } from "../types"

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
