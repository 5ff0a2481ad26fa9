import type {
  BatchReport,
  EncryptionStatus,
} from "../../../src/shared/encryption-types"
import { reEncryptBatch } from "../../../src/credentials/key-operations/re-encrypt"
import { sealPlaintextBatch } from "../../../src/credentials/key-operations/seal-plaintext"
import { encryptionStatus } from "../../../src/credentials/key-operations/status"
import { EncryptionError } from "../../../src/modules/encryption/errors"
import type { PolicyFloor } from "../../../src/modules/encryption/types"
import { raisePolicyFloorWorkflow } from "../../../src/workflows/encryption/workflows/raise-policy-floor"
import type { TaskContext } from "../support/protocol"
import { readTokens } from "./tokens"

export { readTokens, refreshEach, verifyAll } from "./tokens"

/** Re-encrypts so many rows. */
export const reEncrypt = (
  { container }: TaskContext,
  { limit }: { limit: number }
): Promise<BatchReport> => reEncryptBatch(container, { limit })

/** Seals the plaintext of so many rows. */
export const sealPlaintext = (
  { container }: TaskContext,
  { limit }: { limit: number }
): Promise<BatchReport> => sealPlaintextBatch(container, { limit })

/** What the dashboard shows. */
export const status = (
  { container }: TaskContext,
  _input: null
): Promise<EncryptionStatus<Date>> => encryptionStatus(container)

/** Forbids what is left of the old forms, for good. */
export const raiseFloor = async (
  { container }: TaskContext,
  input: PolicyFloor
): Promise<void> => {
  await raisePolicyFloorWorkflow(container).run({ input })
}

/** The code of why a platform's tokens do not open; null when they do. */
export const refusal = (
  context: TaskContext,
  { platform }: { platform: string }
): Promise<string | null> =>
  readTokens(context, { platforms: [platform] }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof EncryptionError) {
        return error.code
      }
      throw error
    }
  )
