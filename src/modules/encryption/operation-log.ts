import type { Logger } from "@medusajs/framework/types"

import {
  recordEncryption,
  recordEncryptionError,
} from "../../telemetry/metrics"
import type { EncryptionContext } from "./envelope/context"
import { EncryptionError } from "./errors"
import type { Envelope } from "./types"

type Operation = "TOKEN_ENCRYPT" | "TOKEN_DECRYPT"

export type OperationLog = {
  succeeded(
    operation: Operation,
    context: EncryptionContext,
    keyVersion: number
  ): void
  failed(operation: Operation, context: EncryptionContext, error: unknown): void
}

/** One word for each value, so that an identifier cannot forge a second entry. */
const word = (value: unknown): string =>
  String(value ?? "")
    .replace(/[^\x21-\x7e]/g, "?")
    .slice(0, 200) || "-"

const place = (context: EncryptionContext): string =>
  `table=${word(context?.table)} field=${word(context?.field)} row=${word(context?.rowId)}`

/**
 * @param env - usually process.env
 * @returns whether LOG_TOKEN_OPERATIONS asks for a line for each attempt
 */
export function logsOperations(env: NodeJS.ProcessEnv): boolean {
  return env.LOG_TOKEN_OPERATIONS === "true" || env.LOG_TOKEN_OPERATIONS === "1"
}

/**
 * Writes one line for each attempt to seal or open: outcome, place, key version, never a value.
 *
 * @param resolveLogger - asked at each line, because a logger may be registered late or never
 * @returns the log
 */
export function createOperationLog(
  resolveLogger: () => Pick<Logger, "info" | "warn"> | undefined
): OperationLog {
  return {
    succeeded(operation, context, keyVersion) {
      resolveLogger()?.info(
        `[${operation}] outcome=ok ${place(context)} key_version=${keyVersion}`
      )
    },
    failed(operation, context, error) {
      const known = error instanceof EncryptionError ? error : undefined
      resolveLogger()?.warn(
        `[${operation}] outcome=failed ${place(context)} key_version=${known?.keyVersion ?? "-"} reason=${known?.code ?? "unexpected"}`
      )
    },
  }
}

/**
 * Runs an operation, and logs and counts its outcome.
 *
 * @param log - undefined where no line is asked for
 * @throws what the operation throws
 */
export function observe<T extends { envelope: Envelope }>(
  log: OperationLog | undefined,
  operation: Operation,
  context: EncryptionContext,
  run: () => T
): T {
  try {
    const result = run()
    const { keyVersion } = result.envelope
    log?.succeeded(operation, context, keyVersion)
    recordEncryption(
      operation === "TOKEN_ENCRYPT" ? "seals" : "opens",
      keyVersion
    )
    return result
  } catch (error) {
    log?.failed(operation, context, error)
    recordEncryptionError(
      error instanceof EncryptionError ? error.code : "unknown"
    )
    throw error
  }
}
