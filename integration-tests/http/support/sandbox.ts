/** The sandbox network's control API, as the tests use it. */

export const sandboxUrl = (): string => {
  const url = process.env.SANDBOX_URL
  if (!url) {
    throw new Error(
      "SANDBOX_URL is not set: run the tests with npm run test:http"
    )
  }
  return url
}

const control = async <T>(
  method: string,
  path: string,
  body?: object
): Promise<T> => {
  const response = await fetch(`${sandboxUrl()}/control/${path}`, {
    method,
    ...(body && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  })
  if (!response.ok) {
    throw new Error(`The sandbox refused ${method} ${path}: ${response.status}`)
  }
  return (await response.json().catch(() => ({}))) as T
}

export interface SandboxPost {
  id: string
  url: string
  account_id: string
  /** Whose token it came with. */
  sent_by: "page" | "person"
  text: string
  link: string | null
  media: { id: string; content_type: string; alt_text: string }[]
  reply_to?: string | null
}

export interface Fault {
  target:
    | "token"
    | "revocation"
    | "me"
    | "accounts"
    | "media"
    | "posts"
    | "lookup"
    | "insights"
    | "account"
    | "boards"
    | "media_status"
    | "remove"
  kind:
    | "slow"
    | "rate_limit"
    | "error"
    | "drop"
    | "drop_request"
    | "html"
    | "invalid_client"
    | "invalid_grant"
    | "redirect"
    | "empty"
    | "duplicate"
    | "processing_failed"
  times?: number
  delay_ms?: number
  retry_after?: number
  status?: number
}

export const sandbox = {
  reset: () => control<void>("POST", "reset"),
  settings: (settings: {
    access_token_ttl?: number
    refresh_token_ttl?: number
    video_processing_ms?: number
    posts_per_day?: number
    page_tokens?: number
  }) => control<void>("POST", "settings", settings),
  fault: (fault: Fault) => control<void>("POST", "faults", fault),
  clearFaults: () => control<void>("DELETE", "faults"),
  /** Takes a post down; without a reason it is gone. */
  takeDown: (id: string, reason?: string) =>
    control<void>("POST", "take-down", { id, reason }),
  revokeGrants: () => control<void>("POST", "revoke-grants"),
  posts: async () =>
    (await control<{ posts: SandboxPost[] }>("GET", "posts")).posts,
  /** How often a path was asked for, for example `POST /token`. */
  countRequests: async (method: string, path: string) => {
    const { requests } = await control<{
      requests: { method: string; path: string }[]
    }>("GET", "requests")
    return requests.filter((r) => r.method === method && r.path === path).length
  },
  /** Whether it takes a token as valid (RFC 7662). */
  isLive: async (token: string): Promise<boolean> => {
    const client = Buffer.from("medusa:sandbox-secret").toString("base64")
    const response = await fetch(`${sandboxUrl()}/token/introspection`, {
      method: "POST",
      headers: { authorization: `Basic ${client}` },
      body: new URLSearchParams({ token }),
    })
    return ((await response.json()) as { active: boolean }).active
  },
}
