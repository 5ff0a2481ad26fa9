import type {
  AuthType,
  CredentialTest,
  HealthState,
  PlatformStatus,
  PostStatus,
  PublicationState,
  SocialPlatform,
} from "../../shared/api-types"
import type { SocialPublication } from "../../shared/post-types"
import { formatDateTime, humanize } from "./format"

export type BadgeColor = "green" | "red" | "blue" | "orange" | "grey" | "purple"

export type Badge = { label: string; color: BadgeColor }

export const CATEGORIES = [
  "social",
  "payment",
  "shipping",
  "email",
  "sms",
  "analytics",
  "crm",
  "storage",
  "communication",
  "authentication",
  "other",
] as const

const UPPERCASE_CATEGORIES = new Set(["sms", "crm"])

/**
 * The words for a platform category.
 *
 * @param category as the API names it
 * @returns what a person reads
 */
export const categoryLabel = (category: string): string =>
  UPPERCASE_CATEGORIES.has(category)
    ? category.toUpperCase()
    : humanize(category)

export const AUTH_TYPE_LABELS: Record<AuthType, string> = {
  oauth2: "OAuth 2",
  oauth1: "OAuth 1.0a",
  api_key: "API key",
  bearer: "Bearer token",
  basic: "User name and password",
}

export const PLATFORM_STATUSES: Record<PlatformStatus, Badge> = {
  active: { label: "Active", color: "green" },
  inactive: { label: "Switched off", color: "grey" },
  error: { label: "Does not work", color: "red" },
  pending: { label: "Not connected", color: "grey" },
}

/**
 * How a platform fares, in one badge.
 *
 * @param platform as the API has it
 * @returns green only where its service has said that it works
 */
export const platformBadge = ({
  status,
  connection,
  credential_test,
}: Pick<
  SocialPlatform,
  "status" | "connection" | "credential_test"
>): Badge => {
  if (status === "inactive") {
    return { label: "Switched off", color: "grey" }
  }
  if (connection === "not_connected") {
    return { label: "Not connected", color: "grey" }
  }
  if (connection === "reauthorization_required") {
    return { label: "Reconnect needed", color: "red" }
  }
  if (connection === "error" || credential_test.state === "does_not_work") {
    return { label: "Does not work", color: "red" }
  }
  return credential_test.state === "works"
    ? { label: "Works", color: "green" }
    : { label: "Not tested", color: "orange" }
}

/**
 * Whether a platform's credentials work, and since when that is known.
 *
 * @param test as the API has it
 * @returns a few words
 */
export const testWords = ({ state, at }: CredentialTest): string => {
  const since = at ? `, as of ${formatDateTime(at)}` : ""
  switch (state) {
    case "works":
      return `Works${since}`
    case "does_not_work":
      return `Does not work${since}`
    case "not_tested":
      return at
        ? `Not tested: the service could not be asked${since}`
        : "Not tested"
  }
}

const OPTION_LABELS: Record<string, string> = {
  client_secret_basic: "In the header (HTTP Basic)",
  client_secret_post: "In the body of the request",
  none: "None (no client secret)",
  on: "On",
  off: "Off",
  space: "A space",
  comma: "A comma",
  live: "Live",
  test: "Test",
  production: "Production",
  sandbox: "Sandbox",
  us: "United States",
  com: "United States",
  eu: "Europe",
  in: "India",
  au: "Australia",
  "com.au": "Australia",
  "com.cn": "China",
  jp: "Japan",
  na: "North America",
  fe: "Far East",
}

/**
 * The words for one of the values that a setting may have.
 *
 * @param option as the API names it
 * @returns what a person reads; the value itself where nothing says it better
 */
export const optionLabel = (option: string): string =>
  OPTION_LABELS[option.toLowerCase()] ?? option

export const HEALTH_STATES: Record<HealthState, Badge> = {
  reconnect: { label: "Reconnect needed", color: "red" },
  failing: { label: "Failing", color: "orange" },
  expiring: { label: "Ends soon", color: "orange" },
  not_tested: { label: "Not tested", color: "orange" },
  not_connected: { label: "Not connected", color: "grey" },
  inactive: { label: "Switched off", color: "grey" },
  healthy: { label: "Working", color: "green" },
}

export const POST_STATUSES: Record<PostStatus, Badge> = {
  draft: { label: "Draft", color: "grey" },
  scheduled: { label: "Scheduled", color: "blue" },
  publishing: { label: "Publishing", color: "purple" },
  published: { label: "Published", color: "green" },
  partially_published: { label: "Partly published", color: "orange" },
  failed: { label: "Failed", color: "red" },
  needs_attention: { label: "Needs attention", color: "orange" },
}

export const PUBLICATION_STATES: Record<PublicationState, Badge> = {
  pending: { label: "Waiting", color: "grey" },
  waiting: { label: "In progress", color: "purple" },
  publishing: { label: "Publishing", color: "purple" },
  published: { label: "Published", color: "green" },
  handed_over: { label: "Waits in the app", color: "orange" },
  failed: { label: "Failed", color: "red" },
  overdue: { label: "Overdue", color: "orange" },
  unknown: { label: "Outcome unknown", color: "orange" },
}

/**
 * How a publication stands, in one badge.
 *
 * @param publication as the API has it
 * @returns nothing for a state that is not known here
 */
export const publicationBadge = ({
  state,
  removed_at,
  removed_by_network,
}: Pick<SocialPublication, "state" | "removed_at" | "removed_by_network">):
  Badge | undefined => {
  if (removed_at) {
    return { label: "Removed", color: "grey" }
  }
  return removed_by_network
    ? { label: "Taken down", color: "red" }
    : PUBLICATION_STATES[state]
}
