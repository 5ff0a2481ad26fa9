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

/** One thing that a provider asks for, and whether it is a secret. */
export type FormField = { field: ProviderField; isSecret: boolean }

/**
 * The fields of a form in the order in which a person finds the values at the
 * service, a client secret right after its client ID, and what can stay as it
 * is at the end.
 *
 * @param provider the service's description
 * @param authType the chosen way to authenticate
 * @returns the required settings, each followed by its secret, the other
 * secrets, and the optional settings, likewise
 */
export const formFields = (
  provider: SocialProvider,
  authType: AuthType
): FormField[] => {
  const secrets = fieldsFor(provider.credential_fields, authType)
  const settings = fieldsFor(provider.setting_fields, authType)
  const secretOf = ({ name }: ProviderField) =>
    secrets.find(
      (secret) => secret.name === name.replace(/_(id|key)$/, "_secret")
    )
  const paired = settings.map(secretOf)
  const withSecret = (field: ProviderField): FormField[] => {
    const secret = secretOf(field)
    return [
      { field, isSecret: false },
      ...(secret ? [{ field: secret, isSecret: true }] : []),
    ]
  }

  return [
    ...settings.filter(({ required }) => required).flatMap(withSecret),
    ...secrets
      .filter((secret) => !paired.includes(secret))
      .map((field) => ({ field, isSecret: true })),
    ...settings.filter(({ required }) => !required).flatMap(withSecret),
  ]
}

/**
 * Tells whether an address of its own means something for a platform: to a
 * service that everybody has at the same place it does not.
 *
 * @param provider the service's description
 * @param platform the platform to edit; none for a new one
 * @returns true for a service that may be anywhere, and where one is stored
 */
export const hasBaseUrl = (
  provider: SocialProvider,
  platform?: SocialPlatform
): boolean =>
  Boolean(platform?.base_url) ||
  (provider.identifier.startsWith("generic") &&
    !provider.setting_fields.some(({ name }) => name === "base_url"))

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
