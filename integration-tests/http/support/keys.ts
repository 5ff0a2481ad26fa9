import { asValue, createContainer } from "@medusajs/framework/awilix"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { encryptionModule } from "../../../src/credentials/modules"
import type { RegistryWatch } from "../../../src/modules/encryption/keys/registry-watch"
import type { EncryptionOptions } from "../../../src/modules/encryption/types"
import keyringLoader from "../../../src/modules/encryption/loaders/keyring"
import EncryptionModuleService from "../../../src/modules/encryption/service"
import { sql } from "./application"
import { eventually } from "./eventually"

type Started = { registry_: RegistryWatch }

/**
 * Gives the encryption module the memory and the environment of a process that
 * has just started. Between two tests the database goes back to what it was; a
 * process that runs on would take that for an attack. What the test has changed
 * of the registry counts as its own: it is signed anew.
 *
 * @param encryption - other options than the store was started with
 */
export const restartEncryption = async (
  container: MedusaContainer,
  encryption?: EncryptionOptions
): Promise<void> => {
  const service = encryptionModule(container) as unknown as Started
  await service.registry_.stop()
  await sql(
    container,
    "update encryption_registry set revision = 0, mac = null, mac_key_version = null"
  )
  await sql(container, "delete from encryption_process")
  const fresh = createContainer()
  for (const name of [
    ContainerRegistrationKeys.PG_CONNECTION,
    ContainerRegistrationKeys.LOGGER,
  ]) {
    fresh.register(name, asValue(container.resolve(name)))
  }
  await keyringLoader({
    container: fresh as unknown as MedusaContainer,
    options: { encryption },
  })
  // Others hold the service: it gets what one would have that starts now.
  Object.assign(service, new EncryptionModuleService(fresh.cradle as never))
  await service.registry_.start()
}

/**
 * Brings the keys where they are after a second one was configured: version 1
 * seals, and has for an hour; version 2 waits to be promoted.
 */
export const sealWithFirstKey = async (
  container: MedusaContainer
): Promise<void> => {
  await sql(container, "delete from encryption_policy_floor")
  await sql(
    container,
    "update encryption_key set promoted_at = now() - interval '1 hour' where version = 1"
  )
  await restartEncryption(container)
}

/**
 * Changes the key registry behind the plugin's back, and waits until this
 * process has seen it: from then on it seals nothing, until it is restarted.
 */
export const loseTrustInRegistry = async (
  container: MedusaContainer
): Promise<void> => {
  await sql(
    container,
    "update encryption_key set state = 'pending', promoted_at = null"
  )
  await eventually(async () => {
    const refusal = await encryptionModule(container).sealingRefusal()
    expect(refusal?.code).toBe("registry_untrusted")
  })
}
