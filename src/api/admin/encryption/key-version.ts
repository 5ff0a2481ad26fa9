import { MedusaError } from "@medusajs/framework/utils"
import { isKeyVersion } from "../../../modules/encryption/keys/key-rules"

/**
 * The key version in a route's path.
 *
 * @throws {MedusaError} INVALID_DATA when it is none
 */
export const readKeyVersion = (parameter: string): number => {
  const version = Number(parameter)
  if (!isKeyVersion(version)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "The key version in the path must be a whole number from 1 to 32767."
    )
  }
  return version
}
