import type { ExecArgs } from "@medusajs/framework/types"
import { fernetOpener } from "../credentials/imports/opener"
import { importFernetWorkflow } from "../workflows/encryption/workflows/import-fernet"
import { runImport } from "./support/import"

/**
 * Imports Fernet tokens with the keys in TOKEN_ENCRYPTION_KEY:
 * `import-fernet file <path> | stored | column <table> <column> [apply] [overwrite]`.
 */
export default async function importFernet({ container, args }: ExecArgs) {
  await runImport(container, {
    name: "import-fernet",
    args,
    opener: () => fernetOpener(process.env),
    batchSize: 500,
    importRows: async (input) => {
      const { result } = await importFernetWorkflow(container).run({ input })
      return result
    },
  })
}
