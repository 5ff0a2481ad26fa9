import { model } from "@medusajs/framework/utils"

/** When it was last told that the application's registration with a service does not work. */
const SocialConfigurationAlarm = model
  .define("social_configuration_alarm", {
    id: model.id({ prefix: "scal" }).primaryKey(),
    provider: model.text(),
    raised_at: model.dateTime(),
  })
  .indexes([{ on: ["provider"], unique: true }])

export default SocialConfigurationAlarm
