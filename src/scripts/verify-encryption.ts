import type { ExecArgs, MedusaContainer } from "@medusajs/framework/types"
import { verifyCredentialsWorkflow } from "../workflows/encryption/workflows/verify-credentials"
import { loggerOf, runBatches } from "./support/batches"

/** Opens everything that is stored and reports by format and version. It changes nothing. */
export default async function verifyEncryption({ container }: ExecArgs) {
  await verifyEverything(container)
}

/** @throws {MedusaError} when a value does not open */
export const verifyEverything = async (
  container: MedusaContainer
): Promise<void> => {
  const counts = new Map<string, number>()
  await runBatches(container, "verify", { dry_run: true }, async (input) => {
    const { result } = await verifyCredentialsWorkflow(container).run({
      input: { after: input.after },
    })
    for (const { format, key_version, values } of result.verified) {
      const kind = format
        ? `format ${format} under key version ${key_version}`
        : "plaintext"
      counts.set(kind, (counts.get(kind) ?? 0) + values)
    }
    return result
  })
  for (const [kind, values] of counts) {
    loggerOf(container).info(`verify: ${values} values of ${kind}`)
  }
}
