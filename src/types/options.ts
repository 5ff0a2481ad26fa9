import type { ModuleProvider } from "@medusajs/framework/types"

/** Options of the plugin, as an application gives them in `medusa-config.ts`. */
export interface SocialPlatformsPluginOptions {
  /**
   * Where the browser reaches the dashboard, for example
   * `https://store.example.com/app`. The redirect URI that a service must know
   * is `<admin_url>/oauth/<provider>/callback`.
   *
   * @default the environment's `SOCIAL_PLATFORMS_ADMIN_URL`
   */
  admin_url?: string
  /** Providers of the application's own, as Medusa module providers. */
  providers?: ModuleProvider[]
  /**
   * Settings and credentials that all platforms of a provider share, by
   * provider: typically the client id and secret of the application's
   * registration. A platform's own values win over them.
   */
  provider_config?: Record<string, Record<string, string>>
  /**
   * Time that an outside service has to answer, in ms.
   *
   * @default 15000
   */
  request_timeout_ms?: number
}
