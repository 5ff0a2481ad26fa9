import type { ProviderDescription } from "../types"

/** The sandbox network: a small real service to develop and demonstrate against. */
export const sandboxDescription: ProviderDescription = {
  identifier: "sandbox",
  label: "Sandbox",
  description:
    "A small social network on your own machine, to try everything without an account anywhere.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      help: "From the application's registration at the sandbox.",
    },
  ],
  setting_fields: [
    {
      name: "base_url",
      label: "Address",
      required: true,
      input: "url",
      help: "Where the sandbox network runs.",
    },
    { name: "client_id", label: "Client ID", required: true, input: "text" },
  ],
  oauth2: {
    scopes: [
      "profile",
      "accounts:read",
      "posts:write",
      "insights:read",
      "offline_access",
    ],
    server: (settings) => {
      const base = String(settings.base_url).replace(/\/+$/, "")
      return {
        issuer: base,
        authorization_endpoint: `${base}/auth`,
        token_endpoint: `${base}/token`,
        revocation_endpoint: `${base}/token/revocation`,
        introspection_endpoint: `${base}/token/introspection`,
        authorization_response_iss_parameter_supported: true,
        client_auth: "client_secret_basic",
        pkce: true,
        scope_separator: " ",
      }
    },
  },
  account_credentials: ["access_token"],
  api: { base_address: ({ base_url }) => String(base_url) },
  error_rules: [
    { code: "invalid_token", errorClass: "token_expired" },
    { code: "insufficient_scope", errorClass: "permission" },
    { code: "account_not_found", errorClass: "account_restricted" },
    { code: "duplicate_post", errorClass: "duplicate" },
    {
      code: "media_unreachable",
      errorClass: "config_error",
      next_action:
        "Check that the store's backend can be reached from outside.",
    },
    {
      code: "board_not_found",
      errorClass: "content_rejected",
      next_action: "Choose another board.",
    },
  ],
}
