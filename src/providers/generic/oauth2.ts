import type { ClientAuthMethod, OAuth2Server } from "../../oauth/types"
import { PLATFORM_CATEGORIES } from "../../shared/enums"
import type { ProviderSettings, SocialProvider } from "../types"
import { GENERIC_API, PROBE_SETTING } from "./shared"
import { verifyByProbe } from "./verify"

const CLIENT_AUTH_METHODS: ClientAuthMethod[] = [
  "client_secret_basic",
  "client_secret_post",
  "none",
]

const text = (value: unknown): string =>
  typeof value === "string" ? value : ""

const server = (settings: ProviderSettings): OAuth2Server => ({
  authorization_endpoint: text(settings.authorization_endpoint),
  token_endpoint: text(settings.token_endpoint),
  ...(settings.revocation_endpoint
    ? { revocation_endpoint: text(settings.revocation_endpoint) }
    : {}),
  ...(settings.introspection_endpoint
    ? { introspection_endpoint: text(settings.introspection_endpoint) }
    : {}),
  client_auth:
    CLIENT_AUTH_METHODS.find((method) => method === settings.client_auth) ??
    "client_secret_basic",
  pkce: settings.pkce !== "off",
  scope_separator: settings.scope_separator === "comma" ? "," : " ",
})

/** Any service with OAuth 2, by its endpoints or by what it publishes of them. */
export const genericOAuth2Provider: SocialProvider = {
  description: {
    identifier: "generic_oauth2",
    label: "Any service with OAuth 2",
    description:
      "Connects to any service with OAuth 2 by its endpoints, and keeps its token fresh.",
    category: "other",
    categories: PLATFORM_CATEGORIES,
    auth_types: ["oauth2"],
    credential_fields: [
      { name: "client_secret", label: "Client secret", required: false },
    ],
    setting_fields: [
      { name: "client_id", label: "Client ID", required: true, input: "text" },
      {
        name: "issuer",
        label: "Issuer",
        required: false,
        input: "url",
        help: "If the service publishes its endpoints (RFC 8414), this address is enough.",
      },
      {
        name: "authorization_endpoint",
        label: "Authorization endpoint",
        required: false,
        input: "url",
      },
      {
        name: "token_endpoint",
        label: "Token endpoint",
        required: false,
        input: "url",
      },
      {
        name: "revocation_endpoint",
        label: "Revocation endpoint",
        required: false,
        input: "url",
      },
      {
        name: "introspection_endpoint",
        label: "Introspection endpoint",
        required: false,
        input: "url",
        help: "It tells whether the token works, for what and until when (RFC 7662).",
      },
      {
        name: "scopes",
        label: "Scopes",
        required: false,
        input: "text",
        help: "Separated by spaces.",
      },
      {
        name: "client_auth",
        label: "Client authentication",
        required: false,
        input: "select",
        options: CLIENT_AUTH_METHODS,
        default: "client_secret_basic",
      },
      {
        name: "pkce",
        label: "PKCE",
        required: false,
        input: "select",
        options: ["on", "off"],
        default: "on",
        help: "Switch it off only for a service that refuses it.",
      },
      {
        name: "scope_separator",
        label: "Between scopes",
        required: false,
        input: "select",
        options: ["space", "comma"],
        default: "space",
      },
      PROBE_SETTING,
    ],
    api: GENERIC_API,
    oauth2: {
      scopes: [],
      server,
      issuer: ({ issuer }) => text(issuer) || null,
    },
  },
  verify: async (context, introspected) => {
    if (introspected && !context.settings.probe_url) {
      return "The service says that the token is active."
    }
    return verifyByProbe(context)
  },
}
