import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformsPluginOptions } from "../../../types/options"

/** Options with every default filled in. `admin_url` has no trailing slash. */
export interface SocialsOptions {
  admin_url: string | null
  providers: NonNullable<SocialPlatformsPluginOptions["providers"]>
  provider_config: Record<string, Record<string, string>>
  request_timeout_ms: number
}

const DEFAULT_REQUEST_TIMEOUT_MS = 15_000

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

const readAdminUrl = (value: unknown): string | null => {
  if (value === undefined || value === "") {
    return null
  }
  const isAbsolute =
    typeof value === "string" &&
    URL.canParse(value) &&
    ["http:", "https:"].includes(new URL(value).protocol)
  if (!isAbsolute) {
    return refuse(
      'The option "admin_url" (environment: SOCIAL_PLATFORMS_ADMIN_URL) must be the absolute address of the dashboard, for example https://store.example.com/app.'
    )
  }
  // Services compare redirect URIs letter by letter: one spelling only.
  return value.replace(/\/+$/, "")
}

const readTimeout = (value: unknown): number => {
  if (value === undefined) {
    return DEFAULT_REQUEST_TIMEOUT_MS
  }
  if (typeof value !== "number" || !(value >= 100 && value <= 600_000)) {
    return refuse(
      'The option "request_timeout_ms" must be a number of milliseconds from 100 to 600000.'
    )
  }
  return value
}

/**
 * Checks the plugin's options at start, so that a mistake stops the start and
 * not the first merchant.
 *
 * @param options - the plugin's options; those of other modules are ignored
 * @param env - the process environment
 * @throws {MedusaError} INVALID_DATA naming the option and what it takes
 */
export const validateOptions = (
  options: SocialPlatformsPluginOptions,
  env: NodeJS.ProcessEnv
): SocialsOptions => ({
  admin_url: readAdminUrl(options.admin_url ?? env.SOCIAL_PLATFORMS_ADMIN_URL),
  providers: options.providers ?? [],
  provider_config: options.provider_config ?? {},
  request_timeout_ms: readTimeout(options.request_timeout_ms),
})
