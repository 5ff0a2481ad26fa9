import type { ErrorRule } from "../../../http/classify"
import type { OAuth2Authentication } from "./types"

/** Google's one authorization server, for the scopes of a service. */
export const googleAuthentication = (
  scopes: readonly string[]
): OAuth2Authentication => ({
  type: "oauth2",
  authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
  token_endpoint: "https://oauth2.googleapis.com/token",
  revocation_endpoint: "https://oauth2.googleapis.com/revoke",
  issuer: "https://accounts.google.com",
  scopes: scopes.map((scope) => `https://www.googleapis.com/auth/${scope}`),
  // Only a consent that is asked for again brings another refresh token.
  authorization_parameters: { access_type: "offline", prompt: "consent" },
  // A refresh token that is not used for six months dies.
  refresh: { strategy: "refresh_token", keep_alive_seconds: 5_184_000 },
})

/** A quota and a missing scope are both 403: only the reason tells them apart. */
export const GOOGLE_ERROR_CODES = [
  "error.errors.0.reason",
  "error.details.0.reason",
  "error.status",
]

export const GOOGLE_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: /^(?:rateLimitExceeded|userRateLimitExceeded|quotaExceeded|dailyLimitExceeded|RATE_LIMIT_EXCEEDED|RESOURCE_EXHAUSTED)$/,
    errorClass: "rate_limited",
  },
  {
    code: /^(?:accessNotConfigured|SERVICE_DISABLED|keyInvalid)$/,
    errorClass: "config_error",
  },
  { code: "backendError", errorClass: "transient" },
]
