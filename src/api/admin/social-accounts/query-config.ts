export const socialAccountFields = [
  "id",
  "platform_id",
  "external_id",
  "kind",
  "name",
  "username",
  "avatar_url",
  "url",
  "is_available",
  "default_settings",
  "metadata",
  "created_at",
  "updated_at",
]

export const listSocialAccountTransformQueryConfig = {
  defaults: socialAccountFields,
  allowed: socialAccountFields,
  isList: true,
  defaultLimit: 50,
  entity: "social_account",
}

export const retrieveSocialAccountTransformQueryConfig = {
  defaults: socialAccountFields,
  allowed: socialAccountFields,
  isList: false,
  entity: "social_account",
}
