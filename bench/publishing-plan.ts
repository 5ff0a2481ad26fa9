/** Publications that are due at once. */
export const DUE = Number(process.env.BENCH_PUBLICATIONS ?? 10_000)

/** Posts that are scheduled for the same second. */
export const SAME_SECOND = 1_000

/** How long the network takes to publish, in ms. */
export const NETWORK_MS = 200

/** Accounts that the publications are spread over. */
export const ACCOUNTS = 1_000

/** What the controller asks of a worker. */
export type Order =
  | { kind: "seed"; count: number; at: string | null; prefix: string }
  | { kind: "begin"; wakes: boolean }
  | { kind: "end" }

/** What a worker says. */
export type Report =
  | { kind: "ready" }
  | { kind: "seeded" }
  /** Processor time since it began, in ms. */
  | { kind: "ended"; processor: number }

/** What the network has seen. */
export interface Seen {
  /** Posts, and how many of them came more than once. */
  posts: number
  duplicates: number
  /** When each post arrived first, in ms since the epoch, in order. */
  arrivals: number[]
}
