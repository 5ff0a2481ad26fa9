import {
  type Counter,
  type Histogram,
  type MeterProvider,
  metrics,
} from "@opentelemetry/api"

/*
 * Metrics by OpenTelemetry's API. Where the application sets up no SDK they
 * cost a call of an empty function. No attribute holds a value or the id of a
 * platform: that would make a series for each.
 */

interface Instruments {
  refreshes: Counter
  refreshDuration: Histogram
}

const byProvider = new WeakMap<MeterProvider, Instruments>()

/** Made at the first use: an SDK that is set up after this module is loaded counts too. */
const instruments = (): Instruments => {
  const provider = metrics.getMeterProvider()
  const existing = byProvider.get(provider)
  if (existing) {
    return existing
  }
  const meter = metrics.getMeter("medusa-plugin-social-platforms")
  const made: Instruments = {
    refreshes: meter.createCounter("social_platforms.token.refreshes", {
      description: "Token refreshes by provider and outcome",
    }),
    refreshDuration: meter.createHistogram(
      "social_platforms.token.refresh.duration",
      { unit: "ms", description: "From the request for a token to its commit" }
    ),
  }
  byProvider.set(provider, made)
  return made
}

/**
 * Counts a refresh.
 *
 * @param outcome - `success`, or the class of the error
 * @param startedAt - in ms since the epoch
 */
export const recordRefresh = (
  provider: string,
  outcome: string,
  startedAt: number
): void => {
  const attributes = { provider, outcome }
  const { refreshes, refreshDuration } = instruments()
  refreshes.add(1, attributes)
  refreshDuration.record(Date.now() - startedAt, attributes)
}
