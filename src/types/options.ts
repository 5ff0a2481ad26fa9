import type { ModuleProvider } from "@medusajs/framework/types"
import type { EncryptionOptions } from "../modules/encryption/types"

/** Options of the plugin, as an application gives them in `medusa-config.ts`. */
export interface SocialPlatformsPluginOptions {
  /**
   * Where the browser reaches the dashboard, for example
   * `https://store.example.com/app`.
   *
   * @default the environment's `SOCIAL_PLATFORMS_ADMIN_URL`
   */
  admin_url?: string
  /**
   * Where the browser reaches Medusa, for example `https://store.example.com`.
   * The redirect URI that a service must know is
   * `<backend_url>/oauth/<provider>/callback`.
   *
   * @default the environment's `SOCIAL_PLATFORMS_BACKEND_URL`, or else the
   * origin of `admin_url`
   */
  backend_url?: string
  /** How credentials are encrypted. */
  encryption?: EncryptionOptions
  /**
   * Providers of the application's own, as Medusa module providers: classes
   * with a static `identifier`, which Medusa asks for, and the `description`
   * and operations of a `SocialProvider`.
   */
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
