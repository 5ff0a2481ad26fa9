/** How long the token endpoint takes to respond, in ms. */
export const ENDPOINT_MS = 200

/** Providers of the platforms; each has a token endpoint of its own. */
export const PROVIDERS = [
  "attio",
  "box",
  "discord",
  "dropbox",
  "github",
  "gitlab",
  "hubspot",
  "mollie",
  "slack",
  "xero",
]

/** One more, whose endpoint never responds. */
export const HANGING = "zoho_crm"

/** Connected platforms, whose tokens live for an hour. */
export const PLATFORMS = 10_000

/** What the job does in one run is begun within this time, in ms: as in src/jobs. */
export const RUN_MS = 50_000

/** Time between two runs by the job's schedule, in ms. */
export const SCHEDULE_MS = 60_000

/** What the job has done with tokens that were all due at once. */
export type Burst = {
  refreshed: number
  failed: number
  /** Until nothing was due any more. */
  milliseconds: number
  /** Processor time of the job's process, in ms. */
  processor: number
  /** Tokens that had ended when their refresh came. */
  late: number
}

/** Tokens that were refreshed in equal times. */
export type Round = {
  /** While all services responded. */
  healthy: number
  /** The same providers' while the one more left its requests without a response. */
  hanging: number
}

/** From the process that runs the job. */
export type Outcome = { burst: Burst; rounds: Round[] }
