import type { MedusaContainer } from "@medusajs/framework/types"
import { ENCRYPTION_MODULE } from "../modules/encryption/constants"
import type EncryptionModuleService from "../modules/encryption/service"
import { SOCIALS_MODULE } from "../modules/socials/constants"
import type SocialsModuleService from "../modules/socials/service"

/** The encryption module of the application. */
export const encryptionModule = (
  container: MedusaContainer
): EncryptionModuleService => container.resolve(ENCRYPTION_MODULE)

/** The socials module of the application. */
export const socialsModule = (
  container: MedusaContainer
): SocialsModuleService => container.resolve(SOCIALS_MODULE)

/**
 * Stands for an application in what a process remembers of it: within a workflow
 * the module itself is another object each time that it is resolved.
 */
export const applicationOf = (container: MedusaContainer): object =>
  socialsModule(container).application
