import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import manifest from "../../package.json"
import tsconfig from "../../tsconfig.json"

const plugin = manifest.name
const versions: Record<string, string> = manifest.devDependencies

/** Only for those who keep their keys there: the plugin has to run without. */
const optional = /aws-(sdk|kms)/

/** What a new Medusa application depends on, at the versions that we test. */
const dependencies = [
  ...Object.keys(manifest.peerDependencies),
  "@medusajs/cli",
  "@medusajs/draft-order",
  "@swc/core",
  "@types/node",
  "ts-node",
  "typescript",
  "vite",
].filter((name) => !optional.test(name))

/** Entries that code imports; Medusa itself reads the others. */
const entries = Object.keys(manifest.exports).filter(
  (entry) => !/\*|package\.json|admin/.test(entry) && !optional.test(entry)
)

/**
 * Writes a Medusa application that has nothing but the plugin, as someone who
 * follows the README would.
 *
 * @param folder  where; made by this function
 * @param tarball path of the packed plugin
 */
export function writeApplication(folder: string, tarball: string): void {
  const { engines, overrides, allowScripts } = manifest
  mkdirSync(path.join(folder, "src"), { recursive: true })
  const write = (name: string, content: string | object) => {
    const isText = typeof content === "string"
    const text = isText ? content : JSON.stringify(content, null, 2)
    writeFileSync(path.join(folder, name), text)
  }
  write("package.json", {
    name: "fresh-store",
    version: "1.0.0",
    private: true,
    engines,
    dependencies: {
      ...Object.fromEntries(dependencies.map((name) => [name, versions[name]])),
      [plugin]: `file:${tarball}`,
    },
    overrides,
    allowScripts,
  })
  write("tsconfig.json", {
    ...tsconfig,
    compilerOptions: { ...tsconfig.compilerOptions, declaration: false },
    include: ["**/*.ts", ".medusa/types/*"],
  })
  write("medusa-config.ts", config)
  write("use-plugin.ts", consumer)
}

const config = `import { defineConfig } from "@medusajs/framework/utils"

module.exports = defineConfig({
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
const consumer = `import { decryptAccessToken } from "${plugin}/modules/socials/utils/token-helpers"
${entries.map((entry, i) => `import * as entry${i} from "${plugin}${entry.slice(1)}"`).join("\n")}

export const entries = [decryptAccessToken, ${entries.map((_, i) => `entry${i}`).join(", ")}]
`
