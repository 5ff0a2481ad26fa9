import type { OAuth2Server } from "../../oauth/types"
import type {
  CredentialField,
  ProviderDescription,
  ProviderSettings,
  RefreshDescription,
  SettingField,
} from "../types"

/** Google's one authorization server, for all of its services. */
export const GOOGLE_SERVER = {
  issuer: "https://accounts.google.com",
  authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
  token_endpoint: "https://oauth2.googleapis.com/token",
  revocation_endpoint: "https://oauth2.googleapis.com/revoke",
  // Only a consent that is asked for again brings another refresh token.
  authorization_parameters: { access_type: "offline", prompt: "consent" },
} as const

/** A refresh token that is not used for six months dies. */
export const GOOGLE_REFRESH: RefreshDescription = {
  strategy: "refresh_token",
  keep_alive_seconds: 5_184_000,
}

/** A scope by its full name. */
export const googleScope = (scope: string): string =>
  `https://www.googleapis.com/auth/${scope}`

/** The address that takes the place of all of Google's, without a slash at its end. */
export const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

/** One of Google's addresses, or what stands in for it. */
export const googleAddress = (
  settings: ProviderSettings,
  address: string
): string => ownAddress(settings) ?? address

const serverOf = (settings: ProviderSettings): OAuth2Server => {
  const own = ownAddress(settings)
  return {
    ...GOOGLE_SERVER,
    ...(own && {
      issuer: own,
      authorization_endpoint: `${own}/o/oauth2/v2/auth`,
      token_endpoint: `${own}/token`,
      revocation_endpoint: `${own}/revoke`,
    }),
    client_auth: "client_secret_post",
    pkce: true,
    scope_separator: " ",
  }
}

/** What a person makes in the Google Cloud console, and enters. */
export const GOOGLE_CLIENT_FIELDS: {
  credential_fields: readonly CredentialField[]
  setting_fields: readonly SettingField[]
} = {
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      help: "In the Google Cloud console, at the OAuth client that the client ID belongs to. It starts with GOCSPX-.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      help: "In the Google Cloud console: Google Auth Platform, Clients, Create client, Web application. It ends with .apps.googleusercontent.com.",
    },
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
  ],
}

/**
 * A person's consent for a service of Google's: offline, and asked for each
 * time, since Google gives a refresh token with a consent alone.
 */
export const googleConsent = (
  scopes: readonly string[]
): NonNullable<ProviderDescription["oauth2"]> => ({
  scopes: scopes.map(googleScope),
  refresh: GOOGLE_REFRESH,
  server: serverOf,
})
