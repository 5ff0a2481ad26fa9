import type { ExecArgs } from "@medusajs/framework/types"
import { encryptionStatus } from "../credentials/key-operations/status"
import { loggerOf } from "./support/batches"

/** Tells which keys there are, what is stored under them, and what is left to do. */
export default async function showEncryptionStatus({ container }: ExecArgs) {
  const logger = loggerOf(container)
  const status = await encryptionStatus(container)
  for (const key of status.keys) {
    const { format_1, format_2 } = key.values
    logger.info(
      `key version ${key.version}: ${key.state}${key.configured ? "" : ", not configured here"}; ${format_2} values of format 2, ${format_1} of format 1; has sealed ${key.encrypt_count}`
    )
  }
  const { policy } = status
  logger.info(
    `reading ${policy.reading}, writing ${policy.writing}, minimum envelope format ${policy.minimum_envelope_format}, floor ${status.floor ? `${status.floor.reading} and format ${status.floor.minimum_envelope_format}` : "not set"}`
  )
  logger.info(
    `plaintext ${status.plaintext}, outdated ${status.outdated}, under a key that is not configured ${status.unreadable}`
  )
}
