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
