import type { MedusaContainer } from "@medusajs/framework/types"
import type { AccessRules } from "../../modules/socials/sql/access"
import type { SocialProvider } from "../../providers/types"
import { AUTH_TYPES, type AuthType } from "../../shared/enums"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { needsNoConsent, refreshOf } from "../access-token/strategy"
import { neededCredentials } from "./needed-credentials"
import { SELF_RENEWING } from "./view"

/** What the application's providers and its configuration say of the access of their platforms. */
export const accessRules = async (
  container: MedusaContainer
): Promise<AccessRules> => {
  const providers = [...(await listProviders(container)).values()]
  const { provider_config } = await socialsModule(container).getOptions()
  const kindsWith = (
    isOne: (provider: SocialProvider, authType: AuthType) => boolean
  ): string[] =>
    providers.flatMap((provider) =>
      AUTH_TYPES.filter((authType) => isOne(provider, authType)).map(
        (authType) => `${provider.description.identifier}/${authType}`
      )
    )

  return {
    needed: Object.fromEntries(
      providers.flatMap(({ description }) =>
        AUTH_TYPES.map((authType) => [
          `${description.identifier}/${authType}`,
          neededCredentials(description, authType, provider_config),
        ])
      )
    ),
    needs_no_consent: kindsWith(({ description }, authType) =>
      needsNoConsent(description, authType)
    ),
    self_renewing: kindsWith(({ description }, authType) =>
      SELF_RENEWING.includes(refreshOf(description, authType).strategy)
    ),
  }
}
