import { model } from "@medusajs/framework/utils"

/**
 * What a publication has achieved so far, sealed: upload addresses let whoever
 * has them write to the account. It has the publication's id, and no relation,
 * so that no query walks to it.
 */
const SocialCheckpoint = model.define("social_checkpoint", {
  id: model.text().primaryKey(),
  content: model.json(),
})

export default SocialCheckpoint
