import type { ExecArgs } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { diagnose } from "../credentials/key-operations/doctor"
import { loggerOf } from "./support/batches"

/**
 * Says what is wrong with keys and stored credentials, how bad it is and what to
 * do next. It changes nothing, and fails when something is an error.
 */
export default async function encryptionDoctor({ container }: ExecArgs) {
  const logger = loggerOf(container)
  const { findings, processes } = await diagnose(container)
  for (const { host, pid, keys, seconds_ago } of processes) {
    logger.info(
      `doctor: process ${pid} on ${host} has key versions ${keys.map(({ version }) => version).join(", ")}; seen ${seconds_ago} s ago`
    )
  }
  for (const { severity, message, next } of findings) {
    logger.info(`doctor: ${severity}: ${message} ${next}`)
  }
  const errors = findings.filter(({ severity }) => severity === "error").length
  if (errors) {
    throw new MedusaError(
      MedusaError.Types.UNEXPECTED_STATE,
      `doctor: ${errors} ${errors === 1 ? "error" : "errors"}. The lines above say what to do.`
    )
  }
  logger.info(
    findings.length
      ? `doctor: no errors, ${findings.length} other findings`
      : "doctor: everything is as it should be"
  )
}
