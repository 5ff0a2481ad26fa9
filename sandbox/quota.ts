import { ApiError } from "./http"
import type { PostingApi } from "./posting-api"

const DAY_MS = 24 * 3600 * 1000

/** How many posts an account has had in the last 24 hours, and takes. */
export function quotaOf({ store, settings }: PostingApi, accountId: string) {
  const since = Date.now() - DAY_MS
  const times = store
    .listPosts()
    .filter(({ account_id }) => account_id === accountId)
    .map(({ created_at }) => Date.parse(created_at))
    .filter((time) => time > since)
  const oldest = times.length ? Math.min(...times) : Date.now()
  return {
    limit: settings.posts_per_day,
    used: times.length,
    resets_at: new Date(oldest + DAY_MS).toISOString(),
  }
}

/** The quota as headers; the end is a Unix time in s. */
export function quotaHeaders(
  api: PostingApi,
  accountId: string
): Record<string, string> {
  const { limit, used, resets_at } = quotaOf(api, accountId)
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(Math.max(0, limit - used)),
    "x-ratelimit-reset": String(Math.ceil(Date.parse(resets_at) / 1000)),
  }
}

/** @throws ApiError 429 for an account that has had its posts of the day */
export function requireQuota(api: PostingApi, accountId: string): void {
  const { limit, used } = quotaOf(api, accountId)
  if (used >= limit) {
    throw new ApiError(
      429,
      "quota_exceeded",
      `An account takes ${limit} posts a day.`,
      quotaHeaders(api, accountId)
    )
  }
}
