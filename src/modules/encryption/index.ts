import { Module } from "@medusajs/framework/utils"

import { ENCRYPTION_MODULE } from "./constants"
import keyringLoader from "./loaders/keyring"
import EncryptionModuleService from "./service"

export { ENCRYPTION_MODULE }

export default Module(ENCRYPTION_MODULE, {
  service: EncryptionModuleService,
  loaders: [keyringLoader],
})
