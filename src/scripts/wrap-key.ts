import { MedusaError } from "@medusajs/framework/utils"
import { awsKmsKeySource } from "../modules/encryption/key-sources/aws-kms"
import { vaultTransitKeySource } from "../modules/encryption/key-sources/vault-transit"
import type { WrappedKey } from "../modules/encryption/keys/key-source"
import { isKeyVersion } from "../modules/encryption/keys/key-rules"

/*
 * node wrap-key.js aws-kms <version> <KMS key>
 * node wrap-key.js vault-transit <version> <transit key>
 *
 * Has a key management service make a root key and prints it wrapped, as the
 * `keys` of its key source take it. The key itself never leaves the service.
 * AWS: region and credentials are found as the AWS SDK does (AWS_REGION …).
 * Vault: VAULT_ADDR, VAULT_TOKEN, and VAULT_NAMESPACE where there is one.
 */

const USAGE =
  "Give this script the words: aws-kms|vault-transit <version> <name of the wrapping key>"

/** A source needs a key to begin with; making one does not touch it. */
const NONE_YET = "none-yet"

/**
 * Has a service make a wrapped root key.
 *
 * @param words - the service, the version of the new key, and the service's key that wraps it
 * @param env - usually process.env
 * @throws MedusaError with a sentence for the operator
 */
export const wrapKey = async (
  [service, digits, kek_id]: string[],
  env: NodeJS.ProcessEnv
): Promise<WrappedKey> => {
  const version = Number(digits)
  if (!isKeyVersion(version) || !kek_id) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, USAGE)
  }
  const placeholder = { version, wrapped: NONE_YET, kek_id }
  if (service === "aws-kms") {
    const source = awsKmsKeySource({
      keys: [placeholder],
      kek_id,
      region: env.AWS_REGION,
      endpoint: env.AWS_ENDPOINT_URL_KMS,
    })
    return source.make!(version)
  }
  if (service === "vault-transit") {
    const source = vaultTransitKeySource({
      address: env.VAULT_ADDR ?? "",
      token: env.VAULT_TOKEN ?? "",
      namespace: env.VAULT_NAMESPACE,
      key: kek_id,
      keys: [placeholder],
    })
    return source.make!(version)
  }
  throw new MedusaError(MedusaError.Types.INVALID_DATA, USAGE)
}

const main = async (words: string[]): Promise<void> => {
  try {
    const wrapped = await wrapKey(words, process.env)
    process.stdout.write(`${JSON.stringify(wrapped, null, 2)}\n`)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}

if (require.main === module) {
  void main(process.argv.slice(2))
}
