import type { Progress, PublishJob } from "../publication"
import type { Graph } from "./graph"

/** Where a service tells how many posts of the day an account has had. */
export interface QuotaReading {
  service: string
  edge: string
  usage: string
  config: string
  /** As the merchant reads it: "posts". */
  what: string
}

/** What an account has had, and takes in all. */
export interface QuotaUse {
  used: number
  total: number
  duration_seconds: number
}

/** A place becomes free whenever a post of yesterday gets older than a day: how often to ask, in ms. */
const ASK_AGAIN_MS = 30 * 60_000

/** By when a place is free for sure, in ms. */
const WINDOW_MS = 25 * 60 * 60_000

/** From here on, in per cent, less is asked of Meta: at 100 it refuses everything for up to an hour. */
const SLOW_DOWN_AT = 90

/** Meta counts over an hour that moves: how long to leave it alone, in ms. */
const SLOW_DOWN_MS = 5 * 60_000

/**
 * Leaves Meta alone while nearly all that it allows the app is used up. Nothing
 * is lost by that: a post that ran into the limit would wait for longer.
 *
 * @returns a wait; null while there is room
 */
export const slowDown = (graph: Graph): Progress | null =>
  graph.usage() >= SLOW_DOWN_AT
    ? {
        state: "wait",
        until: new Date(Date.now() + SLOW_DOWN_MS),
        why: `The app has used ${Math.floor(graph.usage())} % of the requests that Meta allows for now`,
      }
    : null

/** Reads a quota; undefined where the service does not tell it. */
export const readQuota = async (
  graph: Graph,
  account: string,
  { edge, usage, config }: QuotaReading
): Promise<QuotaUse | undefined> => {
  const { data } = await graph.get<{ data?: Record<string, unknown>[] }>(
    `/${account}/${edge}`,
    { fields: `${usage},${config}` }
  )
  const [told] = Array.isArray(data) ? data : []
  const limits = told?.[config] as
    { quota_total?: unknown; quota_duration?: unknown } | undefined
  const used = Number(told?.[usage])
  const total = Number(limits?.quota_total)
  return Number.isFinite(used) && total > 0
    ? {
        used,
        total,
        duration_seconds: Number(limits?.quota_duration) || 86_400,
      }
    : undefined
}

/**
 * Reads whether an account takes another post, before anything costly is done.
 *
 * @returns a wait where it has had all of its day's
 */
export const requireRoom = async (
  graph: Graph,
  { account }: Pick<PublishJob, "account">,
  reading: QuotaReading
): Promise<Progress | null> => {
  const quota = await readQuota(graph, account.external_id, reading)
  return quota && quota.used >= quota.total
    ? {
        state: "wait",
        until: new Date(Date.now() + ASK_AGAIN_MS),
        giveUpAt: new Date(Date.now() + WINDOW_MS),
        why: `${account.name} has had its ${quota.total} ${reading.what} of the day at ${reading.service}`,
      }
    : slowDown(graph)
}
