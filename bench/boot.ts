import path from "node:path"

import { MedusaApp, MedusaAppMigrateUp } from "@medusajs/framework/modules-sdk"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { createMedusaContainer } from "@medusajs/framework/utils"

import type { SocialPlatformsPluginOptions } from "../src/types/options"

const silent = () => undefined

const logger = {
  info: silent,
  debug: silent,
  http: silent,
  log: silent,
  warn: console.warn,
  error: console.error,
} as unknown as Logger

const modulePath = (name: string): string =>
  path.join(__dirname, "../src/modules", name)

/**
 * Migrates the database of `DATABASE_URL` and loads the plugin's two modules as Medusa loads them.
 *
 * @param others - further modules that the measured code needs
 * @param pluginOptions - options of the plugin, as an application gives them
 */
export async function bootModules(
  others: Record<string, { resolve: string }> = {},
  pluginOptions: SocialPlatformsPluginOptions = {}
): Promise<MedusaContainer> {
  const options = () => ({
    modulesConfig: {
      ...others,
      encryption: { resolve: modulePath("encryption") },
      socials: {
        resolve: modulePath("socials"),
        options: { ...pluginOptions },
      },
    },
    sharedResourcesConfig: {
      database: { clientUrl: process.env.DATABASE_URL },
    },
    injectedDependencies: { logger },
  })
  await MedusaAppMigrateUp(options())

  const container = createMedusaContainer()
  const app = await MedusaApp({ ...options(), sharedContainer: container })
  await app.onApplicationStart()
  return app.sharedContainer ?? container
}
