import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { SETTLING_MS } from "../../modules/encryption/keys/registry"
import { encryptionModule } from "../modules"
import { encryptionStatus, uncountedColumn } from "./status"

/**
 * Retires a key that no stored value needs.
 *
 * @param actorId - who does it, for the audit trail; null where no person does
 * @throws {MedusaError} NOT_ALLOWED that says what still needs it, or who lacks its successor
 */
export const retireUnneededKey = async (
  container: MedusaContainer,
  version: number,
  actorId: string | null = null
): Promise<void> => {
  await requireRetirable(container, version)
  if (!(await encryptionModule(container).retireKey(version, actorId))) {
    throw notAllowed(
      `Key version ${version} was changed by somebody else at this moment. Look at the status again.`
    )
  }
}

const notAllowed = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.NOT_ALLOWED, message)

const requireRetirable = async (
  container: MedusaContainer,
  version: number
): Promise<void> => {
  const { keys, active_version, unrecognised, columns } =
    await encryptionStatus(container)
  const key = keys.find((candidate) => candidate.version === version)
  if (!key || key.state === "unknown") {
    throw notAllowed(`Key version ${version} is not registered.`)
  }
  if (key.state !== "decrypt_only") {
    throw notAllowed(
      `Key version ${version} is ${key.state}. Only a key that another one has replaced can be retired: promote another version first.`
    )
  }
  const values = key.values.format_1 + key.values.format_2
  if (values > 0) {
    throw notAllowed(
      `${values} stored ${values === 1 ? "value needs" : "values need"} key version ${version}. Re-encrypt everything to version ${active_version} first.`
    )
  }
  const missing = columns.find(({ is_missing }) => is_missing)
  if (missing) {
    throw notAllowed(uncountedColumn(missing))
  }
  if (unrecognised > 0) {
    throw notAllowed(
      `${unrecognised} stored ${unrecognised === 1 ? "value is" : "values are"} damaged or in the wrong place, and may need key version ${version}. Verify names them: enter these credentials again, or erase them, first.`
    )
  }
  const registry = await encryptionModule(container).registry()
  const active = registry.keys.find((candidate) => candidate.state === "active")
  const waitMs = SETTLING_MS - (active?.promoted_ms_ago ?? 0)
  if (waitMs > 0) {
    throw notAllowed(
      `Version ${active_version} was promoted a moment ago, and another process may still seal with version ${version}. Try again in ${Math.ceil(waitMs / 1000)} s.`
    )
  }
}
