import { asFunction, asValue, Lifetime } from "@medusajs/framework/awilix"
import { moduleProviderLoader } from "@medusajs/framework/modules-sdk"
import type {
  LoaderOptions,
  MedusaContainer,
  ModuleProvider,
} from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { findProviderProblems } from "../../../providers/contract"
import type { SocialProvider } from "../../../providers/types"
import type { SocialPlatformsPluginOptions } from "../../../types/options"
import {
  PROVIDER_IDENTIFIERS,
  PROVIDER_REGISTRATION_PREFIX,
  SOCIALS_OPTIONS,
} from "../constants"
import { validateOptions } from "../utils/validate-options"

type ProviderClass = new (
  cradle: Record<string, unknown>,
  options: Record<string, unknown>
) => SocialProvider

const registerProvider = async (
  klass: ProviderClass,
  container: MedusaContainer,
  { id, options }: { id?: string; options?: Record<string, unknown> }
): Promise<void> => {
  const provider = new klass(container.cradle, options ?? {})
  const problems = findProviderProblems(provider)
  if (problems.length) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `The social platform provider "${id ?? klass.name}" cannot be used. ${problems.join(" ")}`
    )
  }
  const { identifier } = provider.description
  container.register(
    `${PROVIDER_REGISTRATION_PREFIX}${identifier}`,
    asFunction(() => provider, { lifetime: Lifetime.SINGLETON })
  )
  container.registerAdd(PROVIDER_IDENTIFIERS, asValue(identifier))
}

/** Validates the plugin's options and loads the application's own providers. */
const loadProviders = async ({
  container,
  options,
}: LoaderOptions<SocialPlatformsPluginOptions & Record<string, unknown>>) => {
  const validated = validateOptions(options ?? {}, process.env)
  container.register(SOCIALS_OPTIONS, asValue(validated))

  await moduleProviderLoader({
    container,
    providers: (validated.providers ?? []) as ModuleProvider[],
    registerServiceFn: registerProvider,
  })
}

export default loadProviders
