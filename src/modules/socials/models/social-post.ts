import { model } from "@medusajs/framework/utils"
import { POST_STATUSES } from "../../../shared/enums"
import SocialPublication from "./social-publication"

/** What a person wrote, once. */
const SocialPost = model
  .define("social_post", {
    id: model.id({ prefix: "spost" }).primaryKey(),
    caption: model.text().searchable(),
    link: model.text().nullable(),
    /** In BCP 47. */
    language: model.text().nullable(),
    /** List of `{ url, alt_text }`. */
    media: model.json().nullable(),
    /** What follows it: a list of `{ text, media, delay_seconds }`. */
    parts: model.json().nullable(),
    status: model.enum([...POST_STATUSES]).default("draft"),
    scheduled_at: model.dateTime().nullable(),
    published_at: model.dateTime().nullable(),
    created_by: model.text().nullable(),
    metadata: model.json().nullable(),
    publications: model.hasMany(() => SocialPublication, { mappedBy: "post" }),
  })
  .cascades({ delete: ["publications"] })
  .indexes([
    { on: ["status"] },
    { on: ["scheduled_at"], where: "scheduled_at IS NOT NULL" },
  ])

export default SocialPost
