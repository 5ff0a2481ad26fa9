import { model } from "@medusajs/framework/utils"

/** One authorization that was started and waits for its response. */
const SocialOauthSession = model
  .define("social_oauth_session", {
    id: model.id({ prefix: "soauth" }).primaryKey(),
    /** SHA-256 of the state: the row alone cannot finish the authorization. */
    state_hash: model.text(),
    platform_id: model.text(),
    provider: model.text(),
    /** The admin who started it, and the only one who may finish it. */
    actor_id: model.text(),
    redirect_uri: model.text(),
    scopes: model.array(),
    code_verifier_encrypted: model.json().nullable(),
    expires_at: model.dateTime(),
    consumed_at: model.dateTime().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_oauth_session_state_hash_unique",
      on: ["state_hash"],
      unique: true,
    },
    { on: ["platform_id"] },
    { on: ["expires_at"] },
  ])

export default SocialOauthSession
