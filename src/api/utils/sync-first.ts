import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../credentials/modules"
import { getProvider } from "../../credentials/providers"
import { syncPlatformDataWorkflow } from "../../workflows/platforms/workflows/sync-platform-data"

/**
 * Brings accounts and profile of a platform whose credentials were just saved,
 * once they work and nothing was ever brought: nobody has to ask for what is
 * the reason to connect. The platform stands whether or not they can be read at
 * this moment: a failure is recorded on it, and Sync tries again.
 */
export const syncFirst = async (
  container: MedusaContainer,
  id: string
): Promise<void> => {
  const platform = await socialsModule(container).retrieveSocialPlatform(id)
  const works = platform.tested_at && !platform.last_error
  if (!works || platform.last_synced_at) {
    return
  }
  const { listAccounts, fetchProfile } = await getProvider(
    container,
    platform.provider
  )
  if (listAccounts || fetchProfile) {
    await syncPlatformDataWorkflow(container).run({
      input: { platform_id: id },
      throwOnError: false,
    })
  }
}
