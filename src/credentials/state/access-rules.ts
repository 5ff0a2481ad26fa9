import type { MedusaContainer } from "@medusajs/framework/types"
import type { AccessRules } from "../../modules/socials/sql/access"
import type { ProviderDescription } from "../../providers/types"
import { AUTH_TYPES, type AuthType } from "../../shared/enums"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { needsNoConsent, refreshOf } from "../access-token/strategy"
import { ownAddress } from "../storage/shared-credentials"
import { accessCredentials, neededCredentials } from "./needed-credentials"
import { SELF_REFRESHING } from "./view"

/** Platforms of one provider and authentication type. */
interface Kind {
  name: string
  description: ProviderDescription
  authType: AuthType
}

/**
 * What the application's providers and its configuration say of the access of
 * their platforms.
 *
 * @param ids - the platforms that the rules are for; null for all
 */
export const accessRules = async (
  container: MedusaContainer,
  ids: string[] | null = null
): Promise<AccessRules> => {
  const providers = [...(await listProviders(container)).values()]
  const { provider_config } = await socialsModule(container).getOptions()
  const kinds: Kind[] = providers.flatMap(({ description }) =>
    AUTH_TYPES.map((authType) => ({
      name: `${description.identifier}/${authType}`,
      description,
      authType,
    }))
  )
  const needed = byKind(kinds, ({ description, authType }) =>
    neededCredentials(description, authType, provider_config)
  )
  const sharing = kinds.filter(
    ({ name, description, authType }) =>
      accessCredentials(description, authType).length > needed[name].length
  )
  const namesOf = (
    isOne: (description: ProviderDescription, authType: AuthType) => boolean
  ): string[] =>
    kinds
      .filter(({ description, authType }) => isOne(description, authType))
      .map(({ name }) => name)

  return {
    needed,
    needed_alone: byKind(sharing, ({ description, authType }) =>
      accessCredentials(description, authType)
    ),
    alone: await listAlone(container, sharing, ids),
    needs_no_consent: namesOf(needsNoConsent),
    self_refreshing: namesOf((description, authType) =>
      SELF_REFRESHING.includes(refreshOf(description, authType).strategy)
    ),
  }
}

const byKind = <T>(kinds: Kind[], read: (kind: Kind) => T): Record<string, T> =>
  Object.fromEntries(kinds.map((kind) => [kind.name, read(kind)]))

/** The platforms at an address of their own, where the others share a credential. */
const listAlone = async (
  container: MedusaContainer,
  sharing: Kind[],
  ids: string[] | null
): Promise<string[]> => {
  if (!sharing.length) {
    return []
  }
  const socials = socialsModule(container)
  const { provider_config } = await socials.getOptions()
  const descriptions = byKind(sharing, ({ description }) => description)
  const rows = await socials.listAddressedPlatforms(
    Object.keys(descriptions),
    ids
  )
  return rows
    .filter((row) => {
      const description = descriptions[`${row.provider}/${row.auth_type}`]
      return ownAddress(description, provider_config, row) !== null
    })
    .map(({ id }) => id)
}
