/** Asks the worker to promote a key and to re-encrypt everything to it. */
export type Order = { version: number }

/** One pass over the table. */
export type Outcome = {
  /** Rows that were rewritten. */
  rows: number
  milliseconds: number
  /** Processor time of the process, in ms: what remains of a pass where the machine is not its own. */
  processor: number
  /** Values that did not open, and rows that somebody else wrote. */
  unfinished: number
  /** Growth of the resident memory to its highest sample after the first batch, in MiB. */
  growth: number
}

/** What the worker tells: first that it is ready, then one outcome for each order. */
export type Report = { outcome?: Outcome }
