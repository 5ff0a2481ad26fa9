import type {
  BatchReport,
  QuarantinedValue,
} from "../../shared/encryption-types"
import { setImmediate as nextTurn } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import { EncryptionError } from "../../modules/encryption/errors"
import type {
  ApiConfigRewrite,
  RewriteEvent,
  SealedRow,
} from "../../modules/socials/sql/envelopes"
import { isDeadlock } from "../../modules/socials/sql/errors"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import type { CredentialEventInput } from "../state/events"
import { socialsModule } from "../modules"

/** Rows that one batch reads, unless told otherwise. */
export const DEFAULT_BATCH_SIZE = 5_000

/**
 * Where a batch begins and how large it is. An operation has no state but the
 * rows: it can stop after any batch, or be killed within one, and start over.
 */
export interface BatchInput {
  /** Id of the last row of the batch before; absent for the first. */
  after?: string
  /** @default 5000 */
  limit?: number
  /**
   * Report what would be done and change nothing.
   *
   * @default false
   */
  dry_run?: boolean
  /** Who does it, for the audit trail. */
  actor_id?: string
}

/** A value that could not be opened. It stays as it is, and the rest goes on. */
/** What a row is to hold next, or null to leave it alone. */
export type RowTransform = (
  row: SealedRow,
  quarantine: (field: string, error: EncryptionError) => void
) => CredentialContent | null | Promise<CredentialContent | null>

/** Reads up to `limit` rows that come after an id. */
export type RowReader = (after: string, limit: number) => Promise<SealedRow[]>

/**
 * Rows that are sealed at a time. The rows after them are read meanwhile and
 * those before them written, so that neither the database nor this process
 * waits for the other.
 */
export const CHUNK_SIZE = 100

/** With one alone, sealing would stand still whenever a write takes longer than it. */
const WRITES_AT_A_TIME = 2

/**
 * Rows between two turns of the event loop. Sealing is synchronous: without
 * them neither the statements beside it nor other requests would move on.
 */
const ROWS_PER_TURN = 20

/**
 * Runs a transformation over a batch of rows and writes the results with a
 * compare-and-set on each row, so that a token which is refreshed meanwhile
 * always wins.
 *
 * @param event - what the audit trail says of each row that is written
 */
export const processBatch = async (
  container: MedusaContainer,
  read: RowReader,
  {
    after = "",
    limit = DEFAULT_BATCH_SIZE,
    dry_run = false,
    actor_id,
  }: BatchInput,
  transform: RowTransform,
  event?: Pick<CredentialEventInput, "type" | "details">
): Promise<BatchReport> => {
  const report: BatchReport = {
    examined: 0,
    changed: 0,
    skipped: 0,
    quarantined: [],
    next: null,
  }
  const note = event && {
    type: event.type,
    actor_id: actor_id ?? null,
    details: event.details ?? null,
  }
  const write = async (rewrites: ApiConfigRewrite[]): Promise<void> => {
    const written = dry_run
      ? rewrites.length
      : await writeAll(container, rewrites, note)
    report.changed += written
    report.skipped += rewrites.length - written
  }

  let reading = read(after, Math.min(CHUNK_SIZE, limit))
  const writes: Promise<void>[] = []
  for (let wanted = Math.min(CHUNK_SIZE, limit); wanted > 0;) {
    const rows = await reading
    report.examined += rows.length
    const isEnd = rows.length < wanted
    wanted = isEnd ? 0 : Math.min(CHUNK_SIZE, limit - report.examined)
    const last = rows[rows.length - 1]
    report.next = isEnd ? null : last.id
    if (wanted > 0) {
      reading = handled(read(last.id, wanted))
    }
    const rewrites = await transformRows(rows, transform, report.quarantined)
    if (writes.length === WRITES_AT_A_TIME) {
      await writes.shift()
    }
    writes.push(handled(write(rewrites)))
  }
  await Promise.all(writes)
  return report
}

/** A failure that is thrown where the promise is awaited, and nowhere before. */
const handled = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined)
  return promise
}

/** How often a batch is written that stood in another one's way. */
const WRITES = 5

/**
 * Writes a batch. Two batches that meet in the same rows may wait for each
 * other, and the database gives one up: each row is written only if nobody has
 * written it, so that one is simply written again.
 *
 * @returns how many rows were written
 */
const writeAll = async (
  container: MedusaContainer,
  rewrites: ApiConfigRewrite[],
  note: RewriteEvent | undefined,
  writesLeft: number = WRITES
): Promise<number> => {
  try {
    const ids = await socialsModule(container).writeApiConfigs(rewrites, note)
    return ids.length
  } catch (error) {
    if (!isDeadlock(error) || writesLeft <= 1) {
      throw error
    }
    return writeAll(container, rewrites, note, writesLeft - 1)
  }
}

const transformRows = async (
  rows: SealedRow[],
  transform: RowTransform,
  quarantined: QuarantinedValue[]
): Promise<ApiConfigRewrite[]> => {
  const rewrites: ApiConfigRewrite[] = []
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_PER_TURN === 0) {
      await nextTurn()
    }
    const next = await transform(row, (field, { code, message }) => {
      quarantined.push({ row_id: row.id, field, code, message })
    })
    if (next) {
      rewrites.push({
        ...next,
        id: row.id,
        expected_version: row.credentials_version,
      })
    }
  }
  return rewrites
}

/** Quarantines a value for an error of opening it; other errors are thrown. */
export const quarantineFor = (
  error: unknown,
  quarantine: (error: EncryptionError) => void
): void => {
  if (!(error instanceof EncryptionError)) {
    throw error
  }
  quarantine(error)
}

/** Runs `open` and quarantines a value that does not open; other errors are thrown. */
export const openOrQuarantine = async <T>(
  open: () => Promise<T>,
  quarantine: (error: EncryptionError) => void
): Promise<T | undefined> => {
  try {
    return await open()
  } catch (error) {
    quarantineFor(error, quarantine)
    return undefined
  }
}
