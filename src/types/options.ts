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
   * `<backend_url>/oauth/<provider>/callback`, with the platform's id behind it
   * for one at an authorization server of its own.
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
   * registration. A platform's own values win over them. Credentials go only
   * where the provider's description or this configuration leads.
   */
  provider_config?: Record<string, Record<string, string>>
  /**
   * Time that an outside service has to answer, in ms.
   *
   * @default 15000
   */
  request_timeout_ms?: number
  /**
   * Where requests may go besides the public internet: `true` for all private
   * networks and this machine, or a list of ranges (CIDR), addresses and host
   * names. Link-local, multicast and reserved addresses, and those where clouds
   * hand out credentials, must be listed even then.
   *
   * @default false; the environment's `SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS`
   * (`true`, or a list separated by commas) wins over it
   */
  allow_private_networks?: boolean | string[]
  /**
   * An access token that lives for less than this is refreshed before its use,
   * in s, whatever its provider says.
   *
   * @default the environment's `TOKEN_REFRESH_BUFFER`, or else what the
   * provider says, or else 600
   */
  token_refresh_buffer_seconds?: number
  /**
   * Erase a platform's tokens some days after its service has said that the
   * grant is gone (`invalid_grant`). The platform is marked for a new connection
   * at once, either way.
   *
   * @default the environment's `AUTO_CLEAR_INVALID_TOKENS`, or else true
   */
  auto_clear_invalid_tokens?: boolean
  /**
   * How long such tokens are kept before they are erased, in days, from 0 to
   * 365: so long a mistake can be undone, such as a wrong client ID, which
   * services answer in the same way.
   *
   * @default 7
   */
  invalid_token_grace_days?: number
  /**
   * Offer the sandbox network, which is for development.
   *
   * @default the environment's `SOCIAL_PLATFORMS_SANDBOX`, or else true unless
   * `NODE_ENV` is `production`
   */
  sandbox?: boolean
  /**
   * Largest image or GIF that a post may have, in bytes.
   *
   * @default 52428800 (50 MiB)
   */
  max_image_bytes?: number
  /**
   * Largest video or document that a post may have, in bytes.
   *
   * @default 2147483647 (2 GiB), which is the most
   */
  max_video_bytes?: number
  /**
   * How long a file of the media library is kept that nothing uses, in days,
   * from 8 to 36500; null for ever. The address at which a network fetches a
   * file holds for a week.
   *
   * @default 30
   */
  unused_media_retention_days?: number | null
  /**
   * How long the audit trail of credentials is kept, in days, from 1 to 36500;
   * null for ever.
   *
   * @default null
   */
  credential_event_retention_days?: number | null
  /** How posts go out. */
  publishing?: {
    /**
     * A scheduled post that could not go out for so long after its time waits
     * for a person, in minutes.
     *
     * @default 120
     */
    late_after_minutes?: number
    /**
     * For how long a failure that passes is tried again, in hours.
     *
     * @default 6
     */
    budget_hours?: number
    /**
     * Publications that one process prepares at a time, each on an account of
     * its own: it reads them, uploads their files and waits for the service to
     * take these. One that is ready leaves its lane.
     *
     * @default 50
     */
    lanes?: number
    /**
     * Publications that one process has in hand at a time, those in lanes and
     * those that are ready: they wait in memory for their second, and then for
     * the responses to their calls. So many calls can be open at once.
     *
     * @default 1250
     */
    in_hand?: number
    /** What posts are written in where they do not say it, in BCP 47, for example `en` or `de-AT`. */
    language?: string
  }
}
