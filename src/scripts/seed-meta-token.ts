import type { ExecArgs, MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { storeConnectionToken } from "../credentials/use/connections"
import { socialsModule } from "../credentials/modules"
import { getProvider } from "../credentials/providers"
import { preparePlatform } from "../credentials/storage/platform-input"
import { ownAddress } from "../credentials/storage/shared-credentials"
import type { SocialPlatformRow } from "../modules/socials/rows"
import { createSocialPlatformWorkflow } from "../workflows/platforms/workflows/create-social-platform"
import { loggerOf } from "./support/batches"

const VARIABLE = "META_ACCESS_TOKEN"
const PLACE = {
  provider: "meta_system_user",
  tenant_id: null,
  identifier: "system-user",
}

/**
 * Stores the token of a Meta system user from META_ACCESS_TOKEN, encrypted. It
 * does nothing where the variable is not set; started again, it stores the
 * token that the variable has by then.
 */
export default async function seedMetaToken({ container }: ExecArgs) {
  const logger = loggerOf(container)
  const token = process.env[VARIABLE]
  if (!token) {
    logger.info(`seed-meta-token: ${VARIABLE} is not set, nothing to do`)
    return
  }
  const [existing] = await socialsModule(container).listSocialPlatforms(PLACE)
  if (existing) {
    await refuseElsewhere(container, existing)
    await storeConnectionToken(container, existing.id, { access_token: token })
    logger.info(
      `seed-meta-token: replaced the token of platform ${existing.id}`
    )
    return
  }
  const platform = await preparePlatform(container, {
    ...PLACE,
    name: "Meta system user",
    api_config: { access_token: token },
  })
  const { result } = await createSocialPlatformWorkflow(container).run({
    input: { platform },
  })
  logger.info(`seed-meta-token: created platform ${result.id}`)
}

/** What is stored becomes the platform's own, which goes wherever its settings say. */
const refuseElsewhere = async (
  container: MedusaContainer,
  platform: SocialPlatformRow
): Promise<void> => {
  const { description } = await getProvider(container, PLACE.provider)
  const { provider_config } = await socialsModule(container).getOptions()
  const address = ownAddress(description, provider_config, platform)
  if (address) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${VARIABLE} was not stored: ${address} of platform ${platform.id} leads to another address than the store's configuration. Remove it, or put the address into the option "provider_config".`
    )
  }
}
