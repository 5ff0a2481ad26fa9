import type { ErrorRule, ParsedServiceError } from "../../http/classify"

/*
 * Google's APIs say a failure twice: `errors[].reason` with its `domain`, the
 * older form, and `status` with `details`, which is google.rpc.Status. YouTube's
 * reasons are those of its page "Errors", all others those of "Standard error
 * responses" and of google.rpc.ErrorInfo.
 */

interface Detail {
  "@type"?: string
  reason?: string
  domain?: string
  metadata?: Record<string, string>
  retryDelay?: string
  errorDetails?: { code?: number | string; field?: string; message?: string }[]
}

interface GoogleError {
  message?: string
  status?: string
  errors?: { reason?: string; domain?: string; message?: string }[]
  details?: Detail[]
}

/** What a project without access to an API has in place of a limit. */
const NO_QUOTA = "noQuota"

/** Limits of a day, which end when it ends at Google's head office. */
const DAILY = /^(?:quotaExceeded|dailyLimitExceeded|dailyLimitExceededUnreg)$/

const PACIFIC = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  hourCycle: "h23",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
})

const HOUR_MS = 3_600_000

/** How much of the day has passed by Pacific time, in ms. */
const passedInPacific = (at: Date): number =>
  PACIFIC.formatToParts(at).reduce((sum, { type, value }) => {
    const unit = { hour: HOUR_MS, minute: 60_000, second: 1_000 }[
      type as string
    ]
    return sum + Number(unit ? value : 0) * (unit ?? 0)
  }, 0)

/**
 * When a day's quota of Google's is full again: at midnight, Pacific time.
 *
 * @param now - from when to look
 */
export const nextPacificMidnight = (now: Date = new Date()): Date => {
  const whole = Math.floor(now.getTime() / 1000) * 1000
  const guess = new Date(whole + 24 * HOUR_MS - passedInPacific(now))
  // A day with a change of the clocks is an hour longer or shorter.
  const passed = passedInPacific(guess)
  const late = passed > 12 * HOUR_MS ? passed - 24 * HOUR_MS : passed
  return new Date(guess.getTime() - late)
}

const detailOf = (
  { details = [] }: GoogleError,
  type: string
): Detail | undefined =>
  details.find((detail) => detail["@type"]?.endsWith(`google.rpc.${type}`))

/** RetryInfo names a wait as a duration, "30s". */
const retryAtOf = (error: GoogleError, code: string): Date | undefined => {
  const seconds = parseFloat(detailOf(error, "RetryInfo")?.retryDelay ?? "")
  if (seconds > 0) {
    return new Date(Date.now() + seconds * 1000)
  }
  return DAILY.test(code) ? nextPacificMidnight() : undefined
}

/** What the older APIs of Business Profile say of each wrong field. */
const fieldsOf = ({ details = [] }: GoogleError): string =>
  details
    .flatMap(({ errorDetails = [] }) => errorDetails)
    .map(({ field, message }) => [field, message].filter(Boolean).join(": "))
    .filter(Boolean)
    .join("; ")

/** Reads a failure of any of Google's APIs: the reason is the code, its domain the subcode. */
export const readGoogleError = (
  body: Record<string, unknown> | undefined,
  { ok }: Response
): ParsedServiceError | undefined => {
  const error = body?.error as GoogleError | undefined
  if (ok || typeof error !== "object" || error === null) {
    return undefined
  }
  const [first] = error.errors ?? []
  const info = detailOf(error, "ErrorInfo")
  const hasNone = info?.metadata?.quota_limit_value === "0"
  const code = hasNone
    ? NO_QUOTA
    : (info?.reason ?? first?.reason ?? error.status)
  if (!code) {
    return undefined
  }
  const domain = info?.reason ? undefined : first?.domain
  const fields = fieldsOf(error)
  return {
    code,
    ...(domain && domain !== "global" && { subcode: domain }),
    message: [error.message ?? first?.message, fields]
      .filter(Boolean)
      .join(" "),
    retryAt: retryAtOf(error, code),
  }
}

/** Where the reason stands, for descriptions that need no more of a failure than that. */
export const GOOGLE_ERROR_CODES = [
  "error.errors.0.reason",
  "error.details.0.reason",
  "error.status",
]

const CONNECT_AGAIN =
  "Connect the platform again, and leave every box ticked on Google's page."

/** What is alike in all of Google's APIs; a service's own rules go first. */
export const GOOGLE_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: /^(?:insufficientPermissions|insufficientScopes|ACCESS_TOKEN_SCOPE_INSUFFICIENT)$/,
    errorClass: "permission",
    next_action: CONNECT_AGAIN,
  },
  {
    code: NO_QUOTA,
    errorClass: "config_error",
    next_action:
      "Google has not given the Cloud project access to this API yet: ask for it with Google's form, and wait for the approval.",
  },
  {
    code: DAILY,
    errorClass: "rate_limited",
    next_action:
      "The Google Cloud project has used up its units for today. They are back at midnight, Pacific time.",
  },
  {
    code: /^(?:rateLimitExceeded|userRateLimitExceeded|concurrentLimitExceeded|servingLimitExceeded|RATE_LIMIT_EXCEEDED|RESOURCE_QUOTA_EXCEEDED|RESOURCE_EXHAUSTED)$/,
    errorClass: "rate_limited",
    retry_after: 60,
  },
  {
    code: /^(?:accessNotConfigured|SERVICE_DISABLED)$/,
    errorClass: "config_error",
    next_action:
      "Enable the API in the Google Cloud project, under APIs & Services, Library, and wait some minutes.",
  },
  {
    code: /^(?:keyInvalid|CONSUMER_INVALID|CONSUMER_SUSPENDED|USER_PROJECT_DENIED|BILLING_DISABLED|SECURITY_POLICY_VIOLATED|ipRefererBlocked)$/,
    errorClass: "config_error",
    next_action: "Look at the project in the Google Cloud console.",
  },
  {
    code: /^(?:accountDisabled|accountDeleted|accountUnverified)$/,
    errorClass: "account_restricted",
    next_action: "Log in with the Google account to see what it needs.",
  },
  {
    code: /^(?:backendError|internalError|INTERNAL|UNAVAILABLE|DEADLINE_EXCEEDED|ABORTED|UNKNOWN)$/,
    errorClass: "transient",
  },
]
