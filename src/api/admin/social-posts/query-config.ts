const publicationFields = [
  "id",
  "account_id",
  "placement",
  "variant",
  "settings",
  "changed_content",
  "comments",
  "state",
  "external_id",
  "external_url",
  "parts",
  "attempts",
  "publish_at",
  "next_attempt_at",
  "waiting",
  "published_at",
  "removed_at",
  "removed_by_network",
  "last_error",
].map((field) => `publications.${field}`)

export const socialPostFields = [
  "id",
  "caption",
  "link",
  "language",
  "media",
  "parts",
  "status",
  "scheduled_at",
  "published_at",
  "created_by",
  "metadata",
  "created_at",
  "updated_at",
  ...publicationFields,
  "products.id",
  "products.title",
  "products.thumbnail",
]

export const retrieveSocialPostTransformQueryConfig = {
  defaults: socialPostFields,
  allowed: [...socialPostFields, "publications", "products"],
  isList: false,
  entity: "social_post",
}

export const listSocialPostTransformQueryConfig = {
  ...retrieveSocialPostTransformQueryConfig,
  isList: true,
  defaultLimit: 20,
}
