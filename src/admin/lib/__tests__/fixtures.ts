import type {
  ProviderField,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"

const field = (
  name: string,
  rest: Partial<ProviderField> = {}
): ProviderField => ({
  name,
  label: name,
  required: false,
  input: "text",
  preconfigured: false,
  ...rest,
})

export const provider: SocialProvider = {
  identifier: "generic",
  label: "Generic",
  description: "",
  category: "other",
  categories: ["other", "payment"],
  auth_types: ["api_key", "basic"],
  credential_fields: [
    field("api_key", { input: "password", auth_types: ["api_key"] }),
    field("password", { input: "password", auth_types: ["basic"] }),
    field("webhook_secret", { input: "password" }),
  ],
  setting_fields: [
    field("probe_url", { input: "url" }),
    field("timeout", { input: "number", default: "10" }),
    field("strict", { input: "checkbox", default: "true" }),
  ],
  capabilities: {
    connect: false,
    verify: true,
    accounts: false,
    profile: false,
    publish: false,
    insights: false,
    account_insights: false,
    remove: false,
  },
  redirect_uri: null,
  docs_url: null,
}

export const platform: SocialPlatform = {
  id: "splat_1",
  name: "Parcels",
  redirect_uri: null,
  callbacks: [],
  description: "By road",
  provider: "generic",
  category: "payment",
  auth_type: "api_key",
  status: "active",
  icon_url: null,
  base_url: null,
  tenant_id: null,
  identifier: null,
  scopes: null,
  connected_at: null,
  token_expires_at: null,
  refresh_token_expires_at: null,
  last_used_at: null,
  last_refreshed_at: null,
  last_synced_at: null,
  next_refresh_at: null,
  token_validity: "unknown",
  last_error: null,
  consecutive_failures: 0,
  key_version: 1,
  profile: null,
  metadata: null,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
  api_config: { probe_url: "https://example.com/ping", strict: false },
  credentials: [
    {
      name: "api_key",
      configured: true,
      storage: "encrypted",
      key_version: 1,
    },
  ],
  connection: "connected",
  credential_test: { state: "not_tested", at: null, message: null },
  refreshes_itself: false,
  reconnect_before: null,
  missing_scopes: [],
}
