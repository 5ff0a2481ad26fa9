import type {
  AuthType,
  ProviderField,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"

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
 * Tells whether a platform gets its tokens with the application's registration
 * alone, the first one too.
 *
 * @param provider the service's description, if it is known
 * @param authType how the platform authenticates
 * @returns true where nobody is asked for consent
 */
export const getsItsOwnToken = (
  provider: SocialProvider | undefined,
  authType: AuthType
): boolean =>
  provider !== undefined &&
  authType === "oauth2" &&
  !provider.capabilities.connect

/** What gives access to the service, by the way of authenticating. */
const ACCESS_CREDENTIAL: Record<AuthType, string> = {
  oauth2: "access_token",
  oauth1: "access_token",
  bearer: "access_token",
  api_key: "api_key",
  basic: "password",
}

/**
 * Tells whether a platform has access of its own that works as far as is known.
 *
 * @param platform as the API has it
 * @returns false for one that uses what the whole application shares
 */
export const holdsAccess = ({
  auth_type,
  connection,
  credentials,
}: SocialPlatform): boolean =>
  (connection === "connected" || connection === "error") &&
  credentials.some(
    ({ name, configured }) =>
      configured && name === ACCESS_CREDENTIAL[auth_type]
  )
