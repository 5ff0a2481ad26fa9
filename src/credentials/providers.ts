import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { BUILT_IN_PROVIDERS } from "../providers/catalog"
import { sandboxProvider } from "../providers/sandbox/provider"
import type { SocialProvider } from "../providers/types"
import { applicationOf, socialsModule } from "./modules"

/** They are registered at the start and do not change; every use of a token asks for one. */
const providersOf = new WeakMap<object, Map<string, SocialProvider>>()

/**
 * All providers by identifier. One of the application replaces a built-in one
 * of the same identifier.
 */
export const listProviders = async (
  container: MedusaContainer
): Promise<Map<string, SocialProvider>> => {
  const socials = socialsModule(container)
  const application = applicationOf(container)
  const known = providersOf.get(application)
  if (known) {
    return known
  }
  const registered = await socials.listRegisteredProviders()
  const { sandbox } = await socials.getOptions()
  const builtIn = BUILT_IN_PROVIDERS.filter(
    (provider) => sandbox || provider !== sandboxProvider
  )
  const providers = new Map(
    [...builtIn, ...(registered as SocialProvider[])].map((provider) => [
      provider.description.identifier,
      provider,
    ])
  )
  providersOf.set(application, providers)
  return providers
}

/**
 * @param identifier - the provider's identifier, for example `sandbox`
 * @throws {MedusaError} INVALID_DATA naming the providers that there are
 */
export const getProvider = async (
  container: MedusaContainer,
  identifier: string
): Promise<SocialProvider> => {
  const providers = await listProviders(container)
  const provider = providers.get(identifier)
  if (!provider) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `Unknown provider "${identifier}". Use one of: ${[...providers.keys()].join(", ")}.`
    )
  }
  return provider
}
