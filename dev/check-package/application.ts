import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

/** What of a package.json is read here. */
type Manifest = {
  name: string
  engines: Record<string, string>
  devDependencies: Record<string, string>
  overrides: Record<string, string>
  allowScripts: Record<string, boolean>
}

/** What a new Medusa application depends on, at the versions that we test. */
const medusaDependencies = [
  "@medusajs/admin-sdk",
  "@medusajs/cli",
  "@medusajs/dashboard",
  "@medusajs/draft-order",
  "@medusajs/framework",
  "@medusajs/icons",
  "@medusajs/medusa",
  "@medusajs/ui",
  "@swc/core",
  "@types/node",
  "react",
  "react-dom",
  "react-router-dom",
  "ts-node",
  "typescript",
  "vite",
]

/**
 * Writes a Medusa application that has nothing but the plugin, as someone who
 * follows the README would.
 *
 * @param folder  where; made by this function
 * @param plugin  folder of the plugin's repository, for its versions
 * @param tarball path of the packed plugin
 */
export function writeApplication(
  folder: string,
  plugin: string,
  tarball: string
): void {
  const manifest: Manifest = JSON.parse(
    readFileSync(path.join(plugin, "package.json"), "utf8")
  )
  const versions = medusaDependencies.map((name) => {
    const version = manifest.devDependencies[name]
    if (!version) {
      throw new Error(`package.json names no version of ${name}`)
    }
    return [name, version]
  })

  mkdirSync(path.join(folder, "src"), { recursive: true })
  const write = (name: string, text: string) =>
    writeFileSync(path.join(folder, name), text)
  write(
    "package.json",
    JSON.stringify(
      {
        name: "fresh-store",
        version: "1.0.0",
        private: true,
        engines: manifest.engines,
        dependencies: {
          ...Object.fromEntries(versions),
          [manifest.name]: `file:${tarball}`,
        },
        overrides: manifest.overrides,
        allowScripts: manifest.allowScripts,
      },
      null,
      2
    )
  )
  write("tsconfig.json", JSON.stringify(tsconfig, null, 2))
  write("medusa-config.ts", config(manifest.name))
  write("use-plugin.ts", consumer(manifest.name))
}

const tsconfig = {
  "ts-node": { swc: true },
  compilerOptions: {
    target: "ES2021",
    module: "Node16",
    moduleResolution: "Node16",
    esModuleInterop: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    strict: true,
    skipLibCheck: true,
    rootDir: "./",
    outDir: "./.medusa/server",
    types: ["node"],
  },
  include: ["**/*.ts", ".medusa/types/*"],
  exclude: ["node_modules", ".medusa/server", ".medusa/admin", "src/admin"],
}

const config = (
  plugin: string
) => `import { defineConfig } from "@medusajs/framework/utils"

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: "http://localhost:8000",
      adminCors: \`http://localhost:\${process.env.PORT}\`,
      authCors: \`http://localhost:\${process.env.PORT}\`,
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
    cookieOptions: { secure: false, sameSite: "lax" },
  },
  plugins: [
    {
      resolve: "${plugin}",
      options: {
        admin_url: \`http://localhost:\${process.env.PORT}/app\`,
        provider_config: {
          sandbox: {
            base_url: "http://localhost:4400",
            client_id: "medusa",
            client_secret: "sandbox-secret",
          },
        },
      },
    },
  ],
})
`

/** Code of the application's own that uses each public entry of the package. */
const consumer = (
  plugin: string
) => `import encryption from "${plugin}/modules/encryption"
import { vaultTransitKeySource } from "${plugin}/modules/encryption/key-sources/vault-transit"
import socials from "${plugin}/modules/socials"
import { decryptAccessToken } from "${plugin}/modules/socials/utils/token-helpers"
import * as credentials from "${plugin}/credentials"
import * as provider from "${plugin}/provider"
import * as types from "${plugin}/types"
import * as workflows from "${plugin}/workflows"
import link from "${plugin}/links/product-social-post"

export const entries = {
  credentials,
  decryptAccessToken,
  encryption,
  link,
  provider,
  socials,
  types,
  vaultTransitKeySource,
  workflows,
}
`
