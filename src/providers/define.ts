import { ModuleProvider } from "@medusajs/framework/utils"
import type { SocialProvider } from "./types"

/** The name under which Medusa knows the module that providers belong to. */
const SOCIALS_MODULE = "socials"

/**
 * Makes a Medusa module provider of a service: what a file under the plugin's
 * option `providers` exports by default.
 *
 * @param source - the provider, or a function that makes it of the options that
 * `medusa-config.ts` gives it; what the function throws stops the start
 *
 * @example
 * export default defineProvider(provider)
 *
 * @example
 * export default defineProvider<{ base_url: string }>(({ base_url }) => ({
 *   description: describe(base_url),
 * }))
 */
export const defineProvider = <Options extends object = object>(
  source: SocialProvider | ((options: Options) => SocialProvider)
) => {
  /** Medusa makes providers with `new`; what it gets is the provider itself. */
  class DefinedProvider {
    static identifier =
      typeof source === "function" ? "social" : source.description.identifier

    constructor(_container: unknown, options: Options) {
      return typeof source === "function" ? source(options ?? {}) : source
    }
  }
  return ModuleProvider(SOCIALS_MODULE, { services: [DefinedProvider] })
}
