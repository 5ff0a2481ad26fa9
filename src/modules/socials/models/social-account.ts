import { model } from "@medusajs/framework/utils"

/**
 * A place to publish to, or a resource to read, that a platform's credentials
 * reach. `platform_id` is a foreign key without a relation: see SocialPlatform.
 */
const SocialAccount = model
  .define("social_account", {
    id: model.id({ prefix: "sacc" }).primaryKey(),
    platform_id: model.text(),
    external_id: model.text(),
    kind: model.text(),
    name: model.text().searchable(),
    username: model.text().searchable().nullable(),
    avatar_url: model.text().nullable(),
    url: model.text().nullable(),
    /** False once the service no longer lists it; kept for the posts that name it. */
    is_available: model.boolean().default(true),
    /** What the service tells of it that decides what it takes. */
    facts: model.json().nullable(),
    facts_at: model.dateTime().nullable(),
    /** Settings of new publications to it. */
    default_settings: model.json().nullable(),
    /** Until when its service takes no more posts for it. */
    held_until: model.dateTime().nullable(),
    metrics_due_at: model.dateTime().nullable(),
    metadata: model.json().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_account_platform_external_unique",
      on: ["platform_id", "external_id"],
      unique: true,
      where: "deleted_at IS NULL",
    },
    {
      name: "IDX_social_account_metrics_due",
      on: ["metrics_due_at"],
      where: "deleted_at IS NULL AND metrics_due_at IS NOT NULL",
    },
  ])

export default SocialAccount
