import { MedusaError } from "@medusajs/framework/utils"
import {
  ALLOW_VARIABLE,
  allowedInEnvironment,
  type AllowedNetworks,
  readAllowedNetworks,
} from "../../../http/guard/networks"
import { isLanguageTag } from "../../../shared/post-rules/language"
import type { SocialPlatformsPluginOptions } from "../../../types/options"

/** Options with every default filled in. Addresses have no trailing slash. */
export interface SocialsOptions {
  admin_url: string | null
  backend_url: string | null
  providers: NonNullable<SocialPlatformsPluginOptions["providers"]>
  provider_config: Record<string, Record<string, string>>
  request_timeout_ms: number
  allow_private_networks: AllowedNetworks
  token_refresh_buffer_seconds: number | null
  auto_clear_invalid_tokens: boolean
  invalid_token_grace_days: number
  sandbox: boolean
  max_image_bytes: number
  max_video_bytes: number
  unused_media_retention_days: number | null
  credential_event_retention_days: number | null
  publishing: PublishingOptions
}

/** How posts go out; times in ms. */
export interface PublishingOptions {
  late_after_ms: number
  budget_ms: number
  lanes: number
  in_hand: number
  /** What posts are written in where they do not say it, in BCP 47. */
  language: string | null
}

const DEFAULT_REQUEST_TIMEOUT_MS = 15_000

/** Longest time that a service may have, in ms. */
const MAX_REQUEST_TIMEOUT_MS = 240_000

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

const readAddress = (
  option: string,
  variable: string,
  value: unknown
): string | null => {
  if (value === undefined || value === "") {
    return null
  }
  const isAbsolute =
    typeof value === "string" &&
    URL.canParse(value) &&
    ["http:", "https:"].includes(new URL(value).protocol)
  if (!isAbsolute) {
    return refuse(
      `The option "${option}" (environment: ${variable}) must be an absolute address, for example https://store.example.com.`
    )
  }
  // Services compare redirect URIs letter by letter: one spelling only.
  return value.replace(/\/+$/, "")
}

const readTimeout = (value: unknown): number => {
  if (value === undefined) {
    return DEFAULT_REQUEST_TIMEOUT_MS
  }
  if (
    typeof value !== "number" ||
    !(value >= 100 && value <= MAX_REQUEST_TIMEOUT_MS)
  ) {
    return refuse(
      `The option "request_timeout_ms" must be a number of milliseconds from 100 to ${MAX_REQUEST_TIMEOUT_MS}.`
    )
  }
  return value
}

/** A day: a longer buffer would refresh most tokens at every use. */
const MAX_REFRESH_BUFFER_SECONDS = 86_400

const readRefreshBuffer = (
  value: unknown,
  text: string | undefined
): number | null => {
  const given = value ?? (text ? Number(text) : undefined)
  if (given === undefined) {
    return null
  }
  if (
    typeof given !== "number" ||
    !(given >= 0 && given <= MAX_REFRESH_BUFFER_SECONDS)
  ) {
    return refuse(
      `The option "token_refresh_buffer_seconds" (environment: TOKEN_REFRESH_BUFFER) must be a number of seconds from 0 to ${MAX_REFRESH_BUFFER_SECONDS}.`
    )
  }
  return given
}

const DEFAULT_GRACE_DAYS = 7

const readGraceDays = (value: unknown): number => {
  const days = value ?? DEFAULT_GRACE_DAYS
  if (typeof days !== "number" || !(days >= 0 && days <= 365)) {
    return refuse(
      'The option "invalid_token_grace_days" must be a number of days from 0 to 365.'
    )
  }
  return days
}

const DEFAULT_IMAGE_BYTES = 52_428_800

/** What PostgreSQL's `integer` holds. */
const MAX_FILE_BYTES = 2_147_483_647

const readBytes = (
  option: string,
  value: unknown,
  standard: number
): number => {
  const bytes = value ?? standard
  const isFitting =
    Number.isInteger(bytes) &&
    (bytes as number) >= 1 &&
    (bytes as number) <= MAX_FILE_BYTES
  return isFitting
    ? (bytes as number)
    : refuse(
        `The option "${option}" must be a whole number of bytes from 1 to ${MAX_FILE_BYTES}.`
      )
}

const DEFAULT_UNUSED_MEDIA_DAYS = 30

/** The address that a network fetches a file at holds for a week. */
const MIN_UNUSED_MEDIA_DAYS = 8

const readRetention = (
  option: string,
  value: unknown,
  min: number
): number | null => {
  if (value === null) {
    return null
  }
  if (typeof value !== "number" || !(value >= min && value <= 36_500)) {
    return refuse(
      `The option "${option}" must be a number of days from ${min} to 36500, or null for ever.`
    )
  }
  return value
}

const readNumber = (
  option: string,
  value: unknown,
  { fallback, min, max }: { fallback: number; min: number; max: number }
): number => {
  const given = value ?? fallback
  if (typeof given !== "number" || !(given >= min && given <= max)) {
    return refuse(
      `The option "${option}" must be a number from ${min} to ${max}.`
    )
  }
  return given
}

const HOUR_MS = 3_600_000

const readLanguage = (value: unknown): string | null => {
  if (value === undefined || value === null) {
    return null
  }
  return typeof value === "string" && isLanguageTag(value)
    ? value
    : refuse(
        'The option "publishing.language" must be a language tag (BCP 47), for example en or de-AT.'
      )
}

const readPublishing = (value: unknown): PublishingOptions => {
  const {
    late_after_minutes,
    budget_hours,
    lanes,
    in_hand,
    language,
    ...others
  } = Object(value)
  const [unknown] = Object.keys(others)
  if (unknown) {
    refuse(
      `The option "publishing" has no member "${unknown}". Use: late_after_minutes, budget_hours, lanes, in_hand, language.`
    )
  }
  return {
    late_after_ms:
      60_000 *
      readNumber("publishing.late_after_minutes", late_after_minutes, {
        fallback: 120,
        min: 1,
        max: 525_600,
      }),
    budget_ms:
      HOUR_MS *
      readNumber("publishing.budget_hours", budget_hours, {
        fallback: 6,
        min: 0.01,
        max: 720,
      }),
    lanes: readNumber("publishing.lanes", lanes, {
      fallback: 50,
      min: 1,
      max: 1000,
    }),
    in_hand: readNumber("publishing.in_hand", in_hand, {
      fallback: 1250,
      min: 1,
      max: 10_000,
    }),
    language: readLanguage(language),
  }
}

const readSwitch = (
  option: string,
  variable: string,
  value: unknown,
  text: string | undefined
): boolean => {
  const given = value ?? (text || "true")
  if (![true, false, "true", "false", "1", "0"].includes(given as never)) {
    return refuse(
      `The option "${option}" (environment: ${variable}) must be true or false.`
    )
  }
  return [true, "true", "1"].includes(given as never)
}

const readNetworks = (value: unknown): AllowedNetworks =>
  readAllowedNetworks(value) ??
  refuse(
    `The option "allow_private_networks" (environment: ${ALLOW_VARIABLE}) must be true, false, or a list of ranges such as 10.0.0.0/8, addresses and host names.`
  )

/** Of the plugin itself, of its other modules, and what Medusa adds for all modules. */
const KNOWN_OPTIONS: Record<
  keyof SocialPlatformsPluginOptions | "database",
  true
> = {
  admin_url: true,
  backend_url: true,
  providers: true,
  provider_config: true,
  request_timeout_ms: true,
  allow_private_networks: true,
  token_refresh_buffer_seconds: true,
  auto_clear_invalid_tokens: true,
  invalid_token_grace_days: true,
  unused_media_retention_days: true,
  credential_event_retention_days: true,
  publishing: true,
  sandbox: true,
  max_image_bytes: true,
  max_video_bytes: true,
  encryption: true,
  database: true,
}

/** A name that is mistyped would be an option that has no effect. */
const refuseUnknown = (options: object): void => {
  const unknown = Object.keys(options).filter(
    (name) => !Object.hasOwn(KNOWN_OPTIONS, name)
  )
  if (unknown.length) {
    refuse(
      `The plugin has no option ${unknown.map((name) => `"${name}"`).join(", ")}. Use: ${Object.keys(
        KNOWN_OPTIONS
      )
        .filter((name) => name !== "database")
        .join(", ")}.`
    )
  }
}

/**
 * Checks the plugin's options at start, so that a mistake stops the start and
 * not the first merchant.
 *
 * @param options - the plugin's options; what is in `encryption` is its module's to check
 * @param env - the process environment
 * @throws {MedusaError} INVALID_DATA naming the option and what it takes
 */
export const validateOptions = (
  options: SocialPlatformsPluginOptions,
  env: NodeJS.ProcessEnv
): SocialsOptions => {
  refuseUnknown(options)
  const admin_url = readAddress(
    "admin_url",
    "SOCIAL_PLATFORMS_ADMIN_URL",
    options.admin_url ?? env.SOCIAL_PLATFORMS_ADMIN_URL
  )
  const backend_url = readAddress(
    "backend_url",
    "SOCIAL_PLATFORMS_BACKEND_URL",
    options.backend_url ?? env.SOCIAL_PLATFORMS_BACKEND_URL
  )
  return {
    admin_url,
    backend_url: backend_url ?? (admin_url && new URL(admin_url).origin),
    providers: options.providers ?? [],
    provider_config: options.provider_config ?? {},
    request_timeout_ms: readTimeout(options.request_timeout_ms),
    allow_private_networks: readNetworks(
      allowedInEnvironment(env) ?? options.allow_private_networks
    ),
    token_refresh_buffer_seconds: readRefreshBuffer(
      options.token_refresh_buffer_seconds,
      env.TOKEN_REFRESH_BUFFER
    ),
    auto_clear_invalid_tokens: readSwitch(
      "auto_clear_invalid_tokens",
      "AUTO_CLEAR_INVALID_TOKENS",
      options.auto_clear_invalid_tokens,
      env.AUTO_CLEAR_INVALID_TOKENS
    ),
    invalid_token_grace_days: readGraceDays(options.invalid_token_grace_days),
    sandbox: readSwitch(
      "sandbox",
      "SOCIAL_PLATFORMS_SANDBOX",
      options.sandbox,
      env.SOCIAL_PLATFORMS_SANDBOX ||
        (env.NODE_ENV === "production" ? "false" : "true")
    ),
    max_image_bytes: readBytes(
      "max_image_bytes",
      options.max_image_bytes,
      DEFAULT_IMAGE_BYTES
    ),
    max_video_bytes: readBytes(
      "max_video_bytes",
      options.max_video_bytes,
      MAX_FILE_BYTES
    ),
    unused_media_retention_days: readRetention(
      "unused_media_retention_days",
      options.unused_media_retention_days === undefined
        ? DEFAULT_UNUSED_MEDIA_DAYS
        : options.unused_media_retention_days,
      MIN_UNUSED_MEDIA_DAYS
    ),
    credential_event_retention_days: readRetention(
      "credential_event_retention_days",
      options.credential_event_retention_days ?? null,
      1
    ),
    publishing: readPublishing(options.publishing),
  }
}
