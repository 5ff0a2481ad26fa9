import { model } from "@medusajs/framework/utils"

/** What happened to a platform's credentials, and by whom. Append only; never a value. */
const SocialCredentialEvent = model
  .define("social_credential_event", {
    id: model.id({ prefix: "scev" }).primaryKey(),
    platform_id: model.text(),
    type: model.text(),
    actor_id: model.text().nullable(),
    /** Non-secret facts: class and code of an error, names of the fields, the new expiry. */
    details: model.json().nullable(),
  })
  .indexes([{ on: ["platform_id", "created_at"] }])

export default SocialCredentialEvent
