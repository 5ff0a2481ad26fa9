import { model } from "@medusajs/framework/utils"

/** A callback of a service's whose signature was right: what it tells is worked on once. */
const SocialCallback = model
  .define("social_callback", {
    id: model.id({ prefix: "scall" }).primaryKey(),
    provider: model.text(),
    /** SHA-256 of what its deliveries have in common. */
    digest: model.text(),
    /** What it tells; null once that is done. */
    events: model.json().nullable(),
    /** The platforms whose secret it was signed with; null once it is done. */
    platform_ids: model.array().nullable(),
    /** When it happened, as the service says. */
    told_at: model.dateTime().nullable(),
    attempts: model.number().default(0),
    /** When somebody works on it next; null once it is done. */
    due_at: model.dateTime().nullable(),
    handled_at: model.dateTime().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_callback_digest_unique",
      on: ["digest"],
      unique: true,
    },
    { on: ["due_at"], where: "due_at IS NOT NULL" },
  ])

export default SocialCallback
