import type { ExecArgs } from "@medusajs/framework/types"
import { retireEncryptionKeyWorkflow } from "../workflows/encryption/workflows/retire-encryption-key"
import { readArguments, readVersion } from "./support/arguments"
import { loggerOf } from "./support/batches"

/** Retires a key version that nothing needs any more: `retire-key <version>`. */
export default async function retireKey({ container, args }: ExecArgs) {
  const { words } = readArguments(args, "<version>", [1, 1])
  const version = readVersion(words[0])
  await retireEncryptionKeyWorkflow(container).run({ input: { version } })
  loggerOf(container).info(
    `retire-key: version ${version} is retired. Its key may be removed from the configuration of every process.`
  )
}
