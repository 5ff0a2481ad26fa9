import type { ExecArgs } from "@medusajs/framework/types"
import { scryptOpener } from "../credentials/imports/opener"
import { importScryptWorkflow } from "../workflows/encryption/workflows/import-scrypt"
import { runImport } from "./support/import"

/**
 * Imports values sealed under scrypt with the secret in ENCRYPTION_SECRET:
 * `import-scrypt file <path> | stored <credential>… | column <table> <column> [apply] [overwrite]`.
 */
export default async function importScrypt({ container, args }: ExecArgs) {
  await runImport(container, {
    name: "import-scrypt",
    args,
    opener: () => scryptOpener(process.env),
    // Each value takes tens of ms: progress every few seconds.
    batchSize: 50,
    importRows: async (input) => {
      const { result } = await importScryptWorkflow(container).run({ input })
      return result
    },
  })
}
