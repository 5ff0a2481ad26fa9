import { errorReply, ApiError, jsonReply, redirectReply } from "./http"
import type { Reply } from "./http"
import { messageReply } from "./layout"

export const FAULT_TARGETS = [
  "token",
  "revocation",
  "me",
  "accounts",
  "media",
  "posts",
  "lookup",
  "insights",
  "account",
  "boards",
  "media_status",
  "remove",
] as const

export const FAULT_KINDS = [
  "slow",
  "rate_limit",
  "error",
  "drop",
  "drop_request",
  "html",
  "invalid_client",
  "invalid_grant",
  "redirect",
  "empty",
  "duplicate",
  "processing_failed",
] as const

export type FaultTarget = (typeof FAULT_TARGETS)[number]

export type Fault = {
  target: FaultTarget
  kind: (typeof FAULT_KINDS)[number]
  /** How many more requests it applies to. */
  times: number
  delay_ms: number
  /** Seconds. */
  retry_after: number
  status: number
}

/** The faults that wait for their requests, first come, first served. */
export type FaultQueue = {
  add(fault: Fault): void
  /** The fault for a request on this target; it has one use less from now on. */
  take(target: FaultTarget): Fault | undefined
  /** Gives back a use that had no effect. */
  restore(fault: Fault): void
  list(): Fault[]
  clear(): void
}

/** An empty queue. It lives in memory: a restart ends every fault. */
export function createFaultQueue(): FaultQueue {
  let queue: Fault[] = []
  return {
    add: (fault) => void queue.push(fault),
    take: (target) => {
      const fault = queue.find((candidate) => candidate.target === target)
      if (fault) {
        fault.times -= 1
        queue = queue.filter(({ times }) => times > 0)
      }
      return fault
    },
    restore: (fault) => {
      fault.times += 1
      if (!queue.includes(fault)) {
        queue.unshift(fault)
      }
    },
    list: () => queue.map((fault) => ({ ...fault })),
    clear: () => {
      queue = []
    },
  }
}

const FIXED_TARGETS: Record<string, FaultTarget> = {
  "POST /token": "token",
  "POST /token/revocation": "revocation",
  "GET /api/me": "me",
  "GET /api/accounts": "accounts",
  "POST /api/media": "media",
  "POST /api/posts": "posts",
  "GET /api/posts": "lookup",
  "GET /api/boards": "boards",
}

const FURTHER_TARGETS: readonly [RegExp, FaultTarget][] = [
  [/^GET \/api\/(?:posts|accounts)\/[^/]+\/insights$/, "insights"],
  [/^GET \/api\/posts\//, "lookup"],
  [/^DELETE \/api\/posts\//, "remove"],
  [/^GET \/api\/accounts\//, "account"],
  [/^GET \/api\/media\//, "media_status"],
  [/^PATCH \/api\/media\//, "media"],
]

/**
 * What a request is to the fault switches.
 *
 * @param path without its query
 * @returns `undefined` for a request that faults do not apply to
 */
export function faultTargetOf(
  method: string,
  path: string
): FaultTarget | undefined {
  const asked = `${method} ${path}`
  return (
    FIXED_TARGETS[asked] ??
    FURTHER_TARGETS.find(([pattern]) => pattern.test(asked))?.[1]
  )
}

const CODES: Record<number, string> = {
  400: "invalid_request",
  401: "invalid_token",
  403: "insufficient_scope",
  404: "not_found",
  429: "rate_limited",
  500: "server_error",
  503: "temporarily_unavailable",
}

/** OAuth endpoints answer as RFC 6749, section 5.2, says; the API in its own form. */
function failure(
  target: FaultTarget,
  status: number,
  code: string,
  headers: Record<string, string> = {}
): Reply {
  const message = "The sandbox was told to fail this request."
  if (target === "token" || target === "revocation") {
    const body = { error: code, error_description: message }
    return jsonReply(status, body, headers)
  }
  return errorReply(new ApiError(status, code, message, headers))
}

/**
 * What a faulty network answers instead of the real thing.
 *
 * @returns `null` for the kinds that are about time and connections (`slow`,
 * `drop`, `drop_request`)
 */
export function faultReply(fault: Fault): Reply | null {
  switch (fault.kind) {
    case "rate_limit":
      return failure(fault.target, 429, "rate_limited", {
        "retry-after": String(fault.retry_after),
      })
    case "error":
      return failure(
        fault.target,
        fault.status,
        CODES[fault.status] ?? "server_error"
      )
    case "invalid_client":
      return failure(fault.target, 401, "invalid_client", {
        "www-authenticate": 'Basic realm="sandbox"',
      })
    case "invalid_grant":
      return failure(fault.target, 400, "invalid_grant")
    case "html":
      return messageReply(
        200,
        "Down for maintenance",
        "The sandbox was told to answer with a page."
      )
    case "redirect":
      // Nothing listens on port 1: whoever follows it finds out at once.
      return redirectReply(302, "http://localhost:1/")
    case "empty":
      return jsonReply(200, {})
    case "duplicate":
      return failure(fault.target, 409, "duplicate_post")
    case "processing_failed":
      return jsonReply(200, {
        status: "failed",
        progress: 0,
        error: "The video's codec is not supported.",
      })
    default:
      return null
  }
}
