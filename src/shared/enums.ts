/** What kind of service a platform is. */
export const PLATFORM_CATEGORIES = [
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
export type PlatformCategory = (typeof PLATFORM_CATEGORIES)[number]

/** How a platform proves itself to its service. */
export const AUTH_TYPES = [
  "oauth2",
  "oauth1",
  "api_key",
  "bearer",
  "basic",
] as const
export type AuthType = (typeof AUTH_TYPES)[number]

/** Whether a platform may be used: `pending` has never been connected. */
export const PLATFORM_STATUSES = [
  "active",
  "inactive",
  "error",
  "pending",
] as const
export type PlatformStatus = (typeof PLATFORM_STATUSES)[number]

/** What the service last said of the platform's token. */
export const TOKEN_VALIDITIES = ["true", "false", "unknown"] as const
export type TokenValidity = (typeof TOKEN_VALIDITIES)[number]

export const POST_STATUSES = [
  "draft",
  "scheduled",
  "publishing",
  "published",
  "partially_published",
  "failed",
  "needs_attention",
] as const
export type PostStatus = (typeof POST_STATUSES)[number]

/**
 * A publication's state:
 *
 * - `waiting`: for the service, a limit or its time; it goes on by itself
 * - `unknown`: the service may have published it: only the service or a person
 *   may decide, never a retry
 * - `handed_over`: it lies in the service's inbox, where a person publishes it
 * - `overdue`: its time passed long ago; a person decides whether it still goes out
 */
export const PUBLICATION_STATES = [
  "pending",
  "waiting",
  "publishing",
  "published",
  "handed_over",
  "failed",
  "unknown",
  "overdue",
] as const
export type PublicationState = (typeof PUBLICATION_STATES)[number]

/** What a file is to a network. A GIF that does not move is an image. */
export const MEDIA_KINDS = ["image", "gif", "video", "document"] as const
