import { model } from "@medusajs/framework/utils"
import { PUBLICATION_STATES } from "../../../shared/enums"
import SocialPost from "./social-post"

/** One post on one account, with its own state and outcome. */
const SocialPublication = model
  .define("social_publication", {
    id: model.id({ prefix: "spub" }).primaryKey(),
    post: model.belongsTo(() => SocialPost, { mappedBy: "publications" }),
    account_id: model.text(),
    state: model.enum([...PUBLICATION_STATES]).default("pending"),
    external_id: model.text().nullable(),
    external_url: model.text().nullable(),
    attempts: model.number().default(0),
    next_attempt_at: model.dateTime().nullable(),
    /** Names the worker that holds the publication; a new one with each claim. */
    lease_token: model.text().nullable(),
    lease_expires_at: model.dateTime().nullable(),
    /** When the call that cannot be repeated was about to be made. */
    armed_at: model.dateTime().nullable(),
    recovery: model.json().nullable(),
    last_error: model.json().nullable(),
    published_at: model.dateTime().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_publication_post_account_unique",
      on: ["post_id", "account_id"],
      unique: true,
      where: "deleted_at IS NULL",
    },
    { on: ["account_id"] },
    { on: ["state", "next_attempt_at"] },
  ])

export default SocialPublication
