import {
  defineConfig,
  loadEnv,
  MedusaError,
  Modules,
} from "@medusajs/framework/utils"

/*
 * The repository as a runnable Medusa application, for development and for the
 * tests. An application that uses the published plugin lists it under `plugins`
 * instead; the README shows how.
 */

const environment = process.env.NODE_ENV || "development"
if (environment !== "test") {
  // The test runner passes what the tests need; a developer's own .env must not
  // change their outcome.
  loadEnv(environment, process.cwd())
}

const port = process.env.PORT ?? "9000"
const backendUrl = process.env.MEDUSA_BACKEND_URL ?? `http://localhost:${port}`

/** A signing secret from the environment; a public one only in development. */
const signingSecret = (name: "JWT_SECRET" | "COOKIE_SECRET"): string => {
  const value = process.env[name]
  if (value) {
    return value
  }
  if (environment === "production") {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `${name} is not set. Production needs a secret of its own: ` +
        `node -e "console.log(require('crypto').randomBytes(32).toString('base64'))"`
    )
  }
  return "development-only-secret"
}

/** Medusa's Redis engines, for more than one process. */
const redisModules = (redisUrl: string) => [
  {
    resolve: "@medusajs/medusa/workflow-engine-redis",
    options: { redis: { redisUrl } },
  },
  {
    resolve: "@medusajs/medusa/event-bus-redis",
    options: { redisUrl },
  },
  {
    resolve: "@medusajs/medusa/locking",
    options: {
      providers: [
        {
          resolve: "@medusajs/medusa/locking-redis",
          id: "locking-redis",
          is_default: true,
          options: { redisUrl },
        },
      ],
    },
  },
  {
    resolve: "@medusajs/medusa/caching",
    options: {
      providers: [
        {
          resolve: "@medusajs/medusa/caching-redis",
          id: "caching-redis",
          is_default: true,
          options: { redisUrl },
        },
      ],
    },
  },
]

const redisUrl = process.env.REDIS_URL

export default defineConfig({
  admin: {
    disable: process.env.DISABLE_MEDUSA_ADMIN === "true",
    backendUrl: process.env.MEDUSA_BACKEND_URL ?? "/",
    // Network limits on images are the provider's to enforce, not the form's.
    maxUploadFileSize: 10 * 1024 * 1024,
  },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    ...(redisUrl ? { redisUrl } : {}),
    http: {
      storeCors: process.env.STORE_CORS ?? "http://localhost:8000",
      adminCors:
        process.env.ADMIN_CORS ??
        `http://localhost:${port},http://localhost:5173`,
      authCors:
        process.env.AUTH_CORS ??
        `http://localhost:${port},http://localhost:5173`,
      jwtSecret: signingSecret("JWT_SECRET"),
      cookieSecret: signingSecret("COOKIE_SECRET"),
    },
  },
  modules: [
    {
      key: Modules.FILE,
      resolve: "@medusajs/medusa/file",
      options: {
        providers: [
          {
            resolve: "@medusajs/medusa/file-local",
            id: "local",
            // Without it the address of an uploaded image names port 9000.
            options: { backend_url: `${backendUrl}/static` },
          },
        ],
      },
    },
    ...(redisUrl ? redisModules(redisUrl) : []),
    {
      resolve: "./src/modules/encryption",
      options: {},
    },
    {
      resolve: "./src/modules/socials",
      options: {
        admin_url:
          process.env.SOCIAL_PLATFORMS_ADMIN_URL ??
          `http://localhost:${port}/app`,
        // Where networks fetch a post's files.
        backend_url: process.env.SOCIAL_PLATFORMS_BACKEND_URL ?? backendUrl,
        provider_config: {
          sandbox: {
            base_url: process.env.SANDBOX_URL ?? "http://localhost:4400",
            client_id: "medusa",
            client_secret:
              process.env.SANDBOX_CLIENT_SECRET ?? "sandbox-secret",
          },
        },
      },
    },
  ],
})
