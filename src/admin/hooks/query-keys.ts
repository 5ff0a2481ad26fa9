import type { ListQuery } from "../../shared/api-types"

const keysFor = (resource: string) => ({
  all: [resource] as const,
  lists: [resource, "list"] as const,
  list: (query: ListQuery) => [resource, "list", query] as const,
  detail: (id: string) => [resource, "detail", id] as const,
})

export const platformKeys = keysFor("social_platforms")
// Below the platforms: whatever changes one of them changes these too.
export const healthKey = [...platformKeys.all, "health"] as const
export const activityKey = (id: string) =>
  [...platformKeys.all, "activity", id] as const
export const accountKeys = keysFor("social_accounts")
export const postKeys = keysFor("social_posts")
export const mediaKeys = keysFor("social_media")
export const encryptionKeys = { all: ["social_encryption"] as const }
export const adminNameKey = (ids: string[]) =>
  ["social_admin_names", ids] as const
