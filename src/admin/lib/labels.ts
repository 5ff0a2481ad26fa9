import type {
  AuthType,
  ConnectionState,
  HealthState,
  PlatformStatus,
  PostStatus,
  PublicationState,
} from "../../shared/api-types"
import { humanize } from "./format"

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
  inactive: { label: "Inactive", color: "grey" },
  error: { label: "Error", color: "red" },
  pending: { label: "Pending", color: "orange" },
}

export const CONNECTION_STATES: Record<ConnectionState, Badge> = {
  connected: { label: "Connected", color: "green" },
  not_connected: { label: "Not connected", color: "grey" },
  reauthorization_required: { label: "Reconnect needed", color: "orange" },
  error: { label: "Connection error", color: "red" },
}

export const HEALTH_STATES: Record<HealthState, Badge> = {
  reconnect: { label: "Reconnect needed", color: "red" },
  failing: { label: "Failing", color: "orange" },
  expiring: { label: "Ends soon", color: "orange" },
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
  publishing: { label: "Publishing", color: "purple" },
  published: { label: "Published", color: "green" },
  failed: { label: "Failed", color: "red" },
  unknown: { label: "Outcome unknown", color: "orange" },
}
