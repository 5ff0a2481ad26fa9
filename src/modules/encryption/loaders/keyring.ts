import { asValue } from "@medusajs/framework/awilix"
import type { LoaderOptions } from "@medusajs/framework/types"

import { environmentKeySource } from "../key-sources/environment"
import { createKeyring } from "../keyring"
import { resolvePolicy } from "../policy"
import type { EncryptionModuleOptions } from "../types"

/**
 * Builds keyring and policy once, before the service, and registers them in the module's container.
 * Whatever is wrong with them stops the start.
 *
 * @param options - the module's container and the plugin's options
 * @throws MissingKeyError, InvalidKeyError, MedusaError with a message for the operator
 */
export default async function keyringLoader({
  container,
  options,
}: LoaderOptions<EncryptionModuleOptions>): Promise<void> {
  const encryption = options?.encryption
  const policy = resolvePolicy(encryption, process.env)
  const source = encryption?.key_source ?? environmentKeySource(process.env)
  const keyring = createKeyring(await source.load())

  container.register({
    encryptionKeyring: asValue(keyring),
    encryptionPolicy: asValue(policy),
  })
}
