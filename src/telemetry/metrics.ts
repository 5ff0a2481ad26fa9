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
  seals: Counter
  opens: Counter
  openErrors: Counter
  plaintextReads: Counter
  publicationsDue: Histogram
  publishingLag: Histogram
}

/** Name under which the plugin's metrics and spans appear. */
export const INSTRUMENTATION = "medusa-plugin-social-platforms"

let made: { provider: MeterProvider; instruments: Instruments } | undefined

/** Made at the first use: an SDK that is set up after this module is loaded counts too. */
const instruments = (): Instruments => {
  const provider = metrics.getMeterProvider()
  if (made?.provider === provider) {
    return made.instruments
  }
  const meter = metrics.getMeter(INSTRUMENTATION)
  const counter = (name: string, description: string) =>
    meter.createCounter(`social_platforms.${name}`, { description })
  made = {
    provider,
    instruments: {
      refreshes: counter(
        "token.refreshes",
        "Token refreshes by provider and outcome"
      ),
      refreshDuration: meter.createHistogram(
        "social_platforms.token.refresh.duration",
        {
          unit: "ms",
          description: "From the request for a token to its commit",
        }
      ),
      seals: counter("encryption.seals", "Values encrypted by key version"),
      opens: counter("encryption.opens", "Values decrypted by key version"),
      openErrors: counter(
        "encryption.errors",
        "Failed encryptions and decryptions by code"
      ),
      plaintextReads: counter(
        "plaintext.reads",
        "Credentials that were read in plaintext"
      ),
      publicationsDue: meter.createHistogram(
        "social_platforms.publishing.due",
        {
          description:
            "Publications whose time has come, at each run of the job",
        }
      ),
      publishingLag: meter.createHistogram("social_platforms.publishing.lag", {
        unit: "ms",
        description:
          "For how long the oldest of them is due, at each run of the job",
      }),
    },
  }
  return made.instruments
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

/** Counts a value that was encrypted, or decrypted. */
export const recordEncryption = (
  operation: "seals" | "opens",
  keyVersion: number
): void => instruments()[operation].add(1, { key_version: keyVersion })

/**
 * Counts an encryption or decryption that failed.
 *
 * @param code - of the error; `unknown` for one that has none
 */
export const recordEncryptionError = (code: string): void =>
  instruments().openErrors.add(1, { code })

/** Counts a credential that was found in plaintext and used. */
export const recordPlaintextRead = (field: string): void =>
  instruments().plaintextReads.add(1, { field })

/**
 * Records how far publishing is behind.
 *
 * @param due - publications whose time has come and that nobody has begun
 * @param oldestDueAt - when the first of them was due
 */
export const recordBacklog = (due: number, oldestDueAt: Date | null): void => {
  const { publicationsDue, publishingLag } = instruments()
  publicationsDue.record(due)
  publishingLag.record(
    oldestDueAt ? Math.max(0, Date.now() - oldestDueAt.getTime()) : 0
  )
}
