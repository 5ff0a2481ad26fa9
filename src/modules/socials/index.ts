import { Module } from "@medusajs/framework/utils"
import { SOCIALS_MODULE } from "./constants"
import loadProviders from "./loaders/providers"
import SocialsModuleService from "./service"

export { SOCIALS_MODULE }

export default Module(SOCIALS_MODULE, {
  service: SocialsModuleService,
  loaders: [loadProviders],
})
