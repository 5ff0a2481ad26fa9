/**
 * What a client may ask for of the row itself. `api_config` is not among it:
 * its presentable part is added by `presentPlatforms`.
 */
export const socialPlatformFields = [
  "id",
  "name",
  "description",
  "provider",
  "category",
  "auth_type",
  "status",
  "icon_url",
  "base_url",
  "tenant_id",
  "identifier",
  "scopes",
  "connected_at",
  "token_expires_at",
  "refresh_token_expires_at",
  "next_refresh_at",
  "last_used_at",
  "last_refreshed_at",
  "last_synced_at",
  "token_validity",
  "last_error",
  "consecutive_failures",
  "key_version",
  "profile",
  "metadata",
  "created_at",
  "updated_at",
]

export const retrieveSocialPlatformTransformQueryConfig = {
  defaults: socialPlatformFields,
  allowed: socialPlatformFields,
  isList: false,
  entity: "social_platform",
}

export const listSocialPlatformTransformQueryConfig = {
  ...retrieveSocialPlatformTransformQueryConfig,
  isList: true,
  defaultLimit: 20,
}
