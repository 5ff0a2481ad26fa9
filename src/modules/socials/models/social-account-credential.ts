import { model } from "@medusajs/framework/utils"

/**
 * What an account has of its own to be used with, such as the token of a page,
 * sealed. It has the account's id, and no relation, so that no query walks to it.
 */
const SocialAccountCredential = model.define("social_account_credential", {
  id: model.text().primaryKey(),
  content: model.json(),
})

export default SocialAccountCredential
