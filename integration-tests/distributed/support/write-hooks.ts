import type { MedusaContainer } from "@medusajs/framework/types"
import { asValue } from "@medusajs/framework/awilix"
import { socialsModule } from "../../../src/credentials/modules"
import { SOCIALS_MODULE } from "../../../src/modules/socials/constants"
import type SocialsModuleService from "../../../src/modules/socials/service"

export interface WriteHooks {
  /** Runs before a platform's credentials are written. */
  before?: () => Promise<void>
  /** Runs once they are committed. */
  after?: () => Promise<void>
}

/** The same container with a socials module in which one method is another. */
export const withMethod = <Name extends keyof SocialsModuleService>(
  container: MedusaContainer,
  name: Name,
  method: SocialsModuleService[Name]
): MedusaContainer => {
  const watched = new Proxy(socialsModule(container), {
    get: (target, property) => {
      if (property === name) {
        return method
      }
      const value: unknown = Reflect.get(target, property)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
  const scope = container.createScope() as MedusaContainer
  scope.register(SOCIALS_MODULE, asValue(watched))
  return scope
}

/** The same container with a socials module whose writes of credentials are watched. */
export const withWriteHooks = (
  container: MedusaContainer,
  { before, after }: WriteHooks
): MedusaContainer => {
  const socials = socialsModule(container)
  const writeApiConfig: SocialsModuleService["writeApiConfig"] = async (
    ...write
  ) => {
    await before?.()
    const version = await socials.writeApiConfig(...write)
    await after?.()
    return version
  }
  return withMethod(container, "writeApiConfig", writeApiConfig)
}
