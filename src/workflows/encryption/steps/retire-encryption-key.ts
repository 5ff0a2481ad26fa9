import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { encryptionStatus } from "../../../credentials/key-operations/status"
import { encryptionModule } from "../../../credentials/modules"
import { MAX_STALENESS_MS } from "../../../modules/encryption/live-registry"

/** Until then another process may still seal with the key that was demoted, in ms. */
const SETTLING_MS = 2 * MAX_STALENESS_MS

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.NOT_ALLOWED, message)
}

export const retireEncryptionKeyStepId = "retire-encryption-key"

/**
 * Retires a key that no stored value needs. It has no compensation: it comes
 * last, and a retired key seals nothing again.
 */
export const retireEncryptionKeyStep = createStep(
  { name: retireEncryptionKeyStepId, noCompensation: true },
  async ({ version }: { version: number }, { container }) => {
    const { keys, active_version } = await encryptionStatus(container)
    const key = keys.find((candidate) => candidate.version === version)
    const active = keys.find((candidate) => candidate.version === active_version)
    if (!key || key.state === "unknown") {
      return refuse(`Key version ${version} is not registered.`)
    }
    if (key.state !== "decrypt_only") {
      return refuse(
        `Key version ${version} is ${key.state.replace("_", " ")}. Only a key that another one has replaced can be retired: promote another version first.`
      )
    }
    const values = key.values.format_1 + key.values.format_2
    if (values > 0) {
      return refuse(
        `${values} stored ${values === 1 ? "value needs" : "values need"} key version ${version}. Re-encrypt everything to version ${active_version} first.`
      )
    }
    const promotedAt = active?.promoted_at?.getTime() ?? 0
    const waitMs = promotedAt + SETTLING_MS - Date.now()
    if (waitMs > 0) {
      return refuse(
        `Version ${active_version} was promoted a moment ago, and another process may still seal with version ${version}. Try again in ${Math.ceil(waitMs / 1000)} s.`
      )
    }

    if (!(await encryptionModule(container).retireKey(version))) {
      return refuse(
        `Key version ${version} was changed by somebody else at this moment. Look at the status again.`
      )
    }
    return new StepResponse({ version })
  }
)
