import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  encryptionStatus,
  uncountedColumn,
} from "../../../credentials/key-operations/status"
import { encryptionModule } from "../../../credentials/modules"
import { SETTLING_MS } from "../../../modules/encryption/keys/registry"

/** What an operator asks for. */
export interface KeyChange {
  version: number
  /** Who does it, for the audit trail; absent for scripts and jobs. */
  actor_id?: string
}

export const retireEncryptionKeyStepId = "retire-encryption-key"

/**
 * Retires a key that no stored value needs. It has no compensation: it comes
 * last, and a retired key seals nothing again.
 */
export const retireEncryptionKeyStep = createStep(
  { name: retireEncryptionKeyStepId, noCompensation: true },
  async ({ version, actor_id }: KeyChange, { container }) => {
    await requireRetirable(container, version)
    const retired = await encryptionModule(container).retireKey(
      version,
      actor_id
    )
    if (!retired) {
      throw notAllowed(
        `Key version ${version} was changed by somebody else at this moment. Look at the status again.`
      )
    }
    return new StepResponse({ version })
  }
)

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
