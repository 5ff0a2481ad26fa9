import { model } from "@medusajs/framework/utils"

/** What happened to a platform's credentials, and by whom. Only added to, and pruned by age where the operator wants that; never a value. */
const SocialCredentialEvent = model
  .define("social_credential_event", {
    id: model.id({ prefix: "scev" }).primaryKey(),
    platform_id: model.text(),
    type: model.text(),
    actor_id: model.text().nullable(),
    /** Non-secret facts: class and code of an error, names of the fields, the new expiry. */
    details: model.json().nullable(),
    /** How often it happened: refreshes that follow each other are one row. */
    count: model.number().default(1),
    /** When it happened last, where that was more than once. */
    last_at: model.dateTime().nullable(),
  })
  .indexes([{ on: ["platform_id", "created_at"] }, { on: ["created_at"] }])

export default SocialCredentialEvent
