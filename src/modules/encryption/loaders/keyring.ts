import { randomUUID } from "node:crypto"
import { asValue } from "@medusajs/framework/awilix"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { LoaderOptions, Logger } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"

import { createColumnRegistry, validateColumns } from "../columns"
import { configuredKeySource } from "../key-sources/configured"
import { createKeyring } from "../keys/keyring"
import { readRegistry } from "../keys/registry"
import {
  ACCEPT_VARIABLE,
  reconcileRegistry,
  withMadeKeys,
} from "../keys/registry-start"
import { createRegistryWatch } from "../keys/registry-watch"
import {
  isReadingConfigured,
  resolvePolicy,
  resolveRotation,
  withFloor,
} from "../policy"
import type { EncryptionModuleOptions } from "../types"

/**
 * Builds keyring and policy once, before the service, checks the keys against
 * the key registry, and registers all of it in the module's container.
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
  const rotation = resolveRotation(encryption)
  const columns = validateColumns(encryption?.columns)
  const logger: Logger | undefined = container.resolve(
    ContainerRegistrationKeys.LOGGER,
    { allowUnregistered: true }
  )
  const warn = (message: string) => logger?.warn(`[Encryption] ${message}`)
  const source = encryption?.key_source ?? configuredKeySource(process.env)
  const configured = createKeyring(await source.load())
  for (const message of (await source.check?.()) ?? []) {
    warn(message)
  }

  const knex: Knex | undefined = container.resolve(
    ContainerRegistrationKeys.PG_CONNECTION,
    { allowUnregistered: true }
  )
  if (!knex) {
    throw new MedusaError(
      MedusaError.Types.UNEXPECTED_STATE,
      "The encryption module needs the application's database connection for its key registry."
    )
  }
  const selfId = randomUUID()
  const named = source.active_is_a_guess
    ? null
    : (configured.active?.version ?? null)
  const keyring = await withMadeKeys(
    configured,
    source,
    (await readRegistry(knex))?.keys ?? []
  )
  const snapshot = await reconcileRegistry(knex, keyring, {
    selfId,
    named,
    accepted: process.env[ACCEPT_VARIABLE],
    warn,
  })
  const registry = createRegistryWatch(knex, keyring, snapshot, {
    selfId,
    source,
    named,
    onError: (error) =>
      logger?.error(
        `[Encryption] The key registry could not be followed: ${error.message}`
      ),
    onWarning: warn,
  })

  if (withFloor(policy, snapshot?.floor ?? null).writing === "dual") {
    warn(
      'The writing policy is "dual": every credential is also stored in plaintext. Set it to "encrypted" as soon as no older release has to read them.'
    )
  }

  container.register({
    encryptionPolicy: asValue(policy),
    encryptionReadingConfigured: asValue(
      isReadingConfigured(encryption, process.env)
    ),
    encryptionKeySource: asValue(source),
    encryptionRotation: asValue(rotation),
    encryptionRegistry: asValue(registry),
    encryptionColumns: asValue(createColumnRegistry(knex, columns)),
  })
}
