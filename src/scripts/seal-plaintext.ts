import type { ExecArgs } from "@medusajs/framework/types"
import { sealPlaintextCredentialsWorkflow } from "../workflows/encryption/workflows/seal-plaintext-credentials"
import { readArguments } from "./support/arguments"
import { remindOfApply, runBatches } from "./support/batches"

/** Seals what is stored in plaintext: `seal-plaintext [apply]`. */
export default async function sealPlaintext({ container, args }: ExecArgs) {
  const { apply } = readArguments(args, "[apply]", [0, 0])
  await runBatches(
    container,
    "seal-plaintext",
    { dry_run: !apply },
    async (input) => {
      const { result } = await sealPlaintextCredentialsWorkflow(container).run({
        input,
      })
      return result
    }
  )
  remindOfApply(container, { apply })
}
