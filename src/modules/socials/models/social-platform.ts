import { model } from "@medusajs/framework/utils"
import {
  AUTH_TYPES,
  PLATFORM_CATEGORIES,
  PLATFORM_STATUSES,
  TOKEN_VALIDITIES,
} from "../../../shared/enums"

/**
 * One connection to one outside service. It has no relation to any other model
 * on purpose: whatever Query can reach from a linked entity, a client can ask
 * for with `fields`, and this row holds the credentials.
 */
const SocialPlatform = model
  .define("social_platform", {
    id: model.id({ prefix: "splat" }).primaryKey(),
    name: model.text().searchable(),
    description: model.text().searchable().nullable(),
    provider: model.text(),
    category: model.enum([...PLATFORM_CATEGORIES]).default("social"),
    auth_type: model.enum([...AUTH_TYPES]).default("oauth2"),
    status: model.enum([...PLATFORM_STATUSES]).default("active"),
    icon_url: model.text().nullable(),
    base_url: model.text().nullable(),
    tenant_id: model.text().nullable(),
    identifier: model.text().nullable(),
    /** Sealed credentials as `<name>_encrypted` next to settings; written by `writeApiConfig` alone. */
    api_config: model.json().nullable(),
    /** Grows with each write of `api_config`: the fence of its compare-and-set. */
    credentials_version: model.number().default(0),
    /** Lowest key version among the sealed credentials; null without any. */
    key_version: model.number().nullable(),
    /** Blind index of the credentials: keyed digests as `<name>:<digest>`, to find the row by a token. */
    credential_index: model.array().nullable(),
    scopes: model.array().nullable(),
    connected_at: model.dateTime().nullable(),
    /** Client id of the registration that got the grant; null where that is not known. */
    granted_client_id: model.text().nullable(),
    token_expires_at: model.dateTime().nullable(),
    refresh_token_expires_at: model.dateTime().nullable(),
    /** The last refresh that moved `refresh_token_expires_at`, as `last_refreshed_at` has it. */
    refresh_token_extended_at: model.dateTime().nullable(),
    next_refresh_at: model.dateTime().nullable(),
    /** Names the process that refreshes the token now; a new one with each refresh. */
    refresh_lease_token: model.text().nullable(),
    /** When that process is taken for dead, unless it moves this on. */
    refresh_lease_until: model.dateTime().nullable(),
    /** When a job last asked the service whether credentials that nothing refreshes still work. */
    last_probed_at: model.dateTime().nullable(),
    /** When the service last accepted the credentials in a test. */
    tested_at: model.dateTime().nullable(),
    /** The expiry that was warned of, so that each is warned of once. */
    warned_expiry: model.dateTime().nullable(),
    last_used_at: model.dateTime().nullable(),
    last_refreshed_at: model.dateTime().nullable(),
    last_synced_at: model.dateTime().nullable(),
    token_validity: model.enum([...TOKEN_VALIDITIES]).default("unknown"),
    /** When the token endpoint called the grant ended; its tokens are erased some days after. */
    grant_ended_at: model.dateTime().nullable(),
    last_error: model.json().nullable(),
    consecutive_failures: model.number().default(0),
    profile: model.json().nullable(),
    metadata: model.json().nullable(),
  })
  .indexes([
    { on: ["category"] },
    { on: ["status"] },
    { on: ["provider"] },
    { on: ["token_expires_at"], where: "token_expires_at IS NOT NULL" },
    { on: ["next_refresh_at"], where: "next_refresh_at IS NOT NULL" },
    {
      on: ["refresh_token_expires_at"],
      where: "refresh_token_expires_at IS NOT NULL",
    },
    { on: ["grant_ended_at"], where: "grant_ended_at IS NOT NULL" },
    { on: ["key_version"], where: "key_version IS NOT NULL" },
    { on: ["credential_index"], type: "GIN" },
    {
      name: "IDX_social_platform_tenant_provider_identifier_unique",
      on: ["tenant_id", "provider", "identifier"],
      unique: true,
      where:
        "tenant_id IS NOT NULL AND identifier IS NOT NULL AND deleted_at IS NULL",
    },
    {
      // NULLs are distinct to a unique index, so rows without a tenant need their own.
      name: "IDX_social_platform_provider_identifier_unique",
      on: ["provider", "identifier"],
      unique: true,
      where:
        "tenant_id IS NULL AND identifier IS NOT NULL AND deleted_at IS NULL",
    },
  ])
  .checks([
    {
      name: "social_platform_credentials_version_check",
      expression: (columns) => `${columns.credentials_version} >= 0`,
    },
  ])

export default SocialPlatform
