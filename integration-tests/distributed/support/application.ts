import path from "node:path"
import { MedusaApp, MedusaAppMigrateUp } from "@medusajs/framework/modules-sdk"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { createMedusaContainer, Modules } from "@medusajs/framework/utils"
import type { SocialPlatformsPluginOptions } from "../../../src/types/options"

const root = path.resolve(__dirname, "../../..")
const FIXTURES = path.join(root, "integration-tests/fixtures")

const LOCKING_PROVIDERS: Record<string, object> = {
  postgres: {
    resolve: "@medusajs/medusa/locking-postgres",
    id: "locking-postgres",
    is_default: true,
  },
  redis: {
    resolve: "@medusajs/medusa/locking-redis",
    id: "locking-redis",
    is_default: true,
    options: { redisUrl: process.env.REDIS_URL },
  },
}

const silent = () => undefined

/** Only what somebody should look at; the controller keeps it. */
const logger = {
  debug: silent,
  http: silent,
  info: silent,
  warn: console.warn,
  error: console.error,
} as unknown as Logger

/**
 * The locks that a worker uses.
 *
 * @param name - `in-memory`, `postgres` or `redis`
 */
const locking = (name: string): object => {
  if (name === "in-memory") {
    return { resolve: "@medusajs/medusa/locking" }
  }
  const provider = LOCKING_PROVIDERS[name]
  if (!provider) {
    throw new Error(`There is no locking provider "${name}".`)
  }
  return {
    resolve: "@medusajs/medusa/locking",
    options: { providers: [provider] },
  }
}

/** The plugin's options: providers whose services are the test's servers. */
const socialsOptions = (
  env: NodeJS.ProcessEnv
): SocialPlatformsPluginOptions => ({
  providers: [
    {
      resolve: `${FIXTURES}/noticeboard`,
      id: "noticeboard",
      // Each process goes by a name of its own, so that the server can tell them apart.
      options: {
        base_url: `${env.TOKEN_SERVER_URL}/${env.WORKER_NAME ?? "worker"}`,
      },
    },
    { resolve: `${FIXTURES}/gallery`, id: "gallery" },
    {
      resolve: `${FIXTURES}/gallery/without-listing`,
      id: "gallery-without-listing",
    },
  ],
})

/** What carries events and workflows from one process to another. */
const engines = (env: NodeJS.ProcessEnv): Record<string, object> =>
  env.WORKER_ENGINES === "redis"
    ? {
        [Modules.EVENT_BUS]: {
          resolve: "@medusajs/medusa/event-bus-redis",
          options: { redisUrl: env.REDIS_URL },
        },
        [Modules.WORKFLOW_ENGINE]: {
          resolve: "@medusajs/medusa/workflow-engine-redis",
          options: { redis: { redisUrl: env.REDIS_URL } },
        },
      }
    : {
        [Modules.EVENT_BUS]: { resolve: "@medusajs/medusa/event-bus-local" },
      }

const configuration = (env: NodeJS.ProcessEnv) => ({
  modulesConfig: {
    ...engines(env),
    [Modules.LOCKING]: locking(env.WORKER_LOCKING ?? "postgres"),
    encryption: { resolve: path.join(root, "src/modules/encryption") },
    socials: {
      resolve: path.join(root, "src/modules/socials"),
      options: { ...socialsOptions(env) },
    },
  },
  sharedResourcesConfig: { database: { clientUrl: env.DATABASE_URL } },
  injectedDependencies: { logger },
})

/** Makes the tables of the modules that a worker loads. */
export const migrate = (env: NodeJS.ProcessEnv): Promise<void> =>
  MedusaAppMigrateUp(configuration(env))

/**
 * Loads the plugin's two modules and what they need of Medusa's own, as Medusa
 * loads them, without the rest of a store: a worker starts in a moment.
 */
export const boot = async (
  env: NodeJS.ProcessEnv
): Promise<{ container: MedusaContainer; close: () => Promise<void> }> => {
  const sharedContainer = createMedusaContainer()
  const app = await MedusaApp({ ...configuration(env), sharedContainer })
  await app.onApplicationStart()
  return {
    container: app.sharedContainer ?? sharedContainer,
    close: app.onApplicationShutdown,
  }
}
