import { model } from "@medusajs/framework/utils"

/** A figure that a service told of a publication, or of an account, at a moment. */
const SocialMetric = model
  .define("social_metric", {
    id: model.id({ prefix: "smet" }).primaryKey(),
    account_id: model.text(),
    /** Null for a figure of the account itself. */
    publication_id: model.text().nullable(),
    name: model.text(),
    value: model.float(),
    measured_at: model.dateTime(),
  })
  .indexes([
    { on: ["publication_id", "measured_at"] },
    { on: ["account_id", "measured_at"] },
  ])

export default SocialMetric
