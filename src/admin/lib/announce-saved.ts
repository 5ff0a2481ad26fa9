import { toast } from "@medusajs/ui"
import type { SocialPlatform, SocialProvider } from "../../shared/api-types"
import { platformTrouble } from "./platform-trouble"

/**
 * Says in a toast that a platform was saved, and what its service said of it.
 *
 * @param platform as the API has it afterwards
 * @param provider the service's description
 */
export const announceSaved = (
  platform: SocialPlatform,
  provider: SocialProvider
): void => {
  const { name, credential_test, last_error } = platform
  if (credential_test.state === "works") {
    toast.success(`${name} works`)
    return
  }
  if (credential_test.state === "not_tested") {
    toast.success(`${name} saved`)
    return
  }
  toast.warning(`${name} saved, but it does not work`, {
    description: last_error
      ? platformTrouble(last_error, platform, provider).title
      : undefined,
  })
}
