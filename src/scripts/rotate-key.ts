import type { ExecArgs, MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { encryptionStatus } from "../credentials/key-operations/status"
import { promoteEncryptionKeyWorkflow } from "../workflows/encryption/workflows/promote-encryption-key"
import { reEncryptCredentialsWorkflow } from "../workflows/encryption/workflows/re-encrypt-credentials"
import { readArguments, readVersion } from "./support/arguments"
import { loggerOf, remindOfApply, runBatches } from "./support/batches"
import { verifyEverything } from "./verify-encryption"

/**
 * Moves everything to a key version: `rotate-key <version> [apply]`. It promotes
 * the version, re-encrypts and verifies; started again after an interruption it
 * goes on. The way back is the same, with the old version. Retiring is a step
 * of its own.
 */
export default async function rotateKey({ container, args }: ExecArgs) {
  const { apply, words } = readArguments(args, "<version> [apply]", [1, 1])
  const version = readVersion(words[0])
  if (!apply) {
    await describe(container, version)
    remindOfApply(container, { apply })
    return
  }

  await promoteEncryptionKeyWorkflow(container).run({ input: { version } })
  loggerOf(container).info(`rotate-key: version ${version} seals from now on`)
  await runBatches(container, "rotate-key", {}, async (input) => {
    const { result } = await reEncryptCredentialsWorkflow(container).run({
      input,
    })
    return result
  })
  await verifyEverything(container)
}

const describe = async (
  container: MedusaContainer,
  version: number
): Promise<void> => {
  const { keys, active_version } = await encryptionStatus(container)
  const key = keys.find((candidate) => candidate.version === version)
  if (!key?.configured || key.state === "retired") {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      key?.state === "retired"
        ? `Key version ${version} is retired and cannot seal again. Add a new key under a new version.`
        : `Key version ${version} is not configured here. Set ENCRYPTION_KEY_V${version} in every process and restart them first.`
    )
  }
  const values = keys.reduce(
    (sum, candidate) =>
      sum +
      candidate.values.format_1 +
      (candidate.version === version ? 0 : candidate.values.format_2),
    0
  )
  loggerOf(container).info(
    `rotate-key: version ${version} would take the place of version ${active_version}, and ${values} values would be re-encrypted`
  )
}
