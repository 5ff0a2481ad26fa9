import type { Knex } from "@medusajs/framework/mikro-orm/knex"

/** Time between two heartbeats of a process, in ms. */
export const HEARTBEAT_MS = 30_000

/**
 * The same in the time after its start, in ms: a script ends without a word
 * (`medusa exec` and `medusa user` do), and nobody should wait for it for long.
 */
export const FIRST_HEARTBEATS_MS = 5_000

/** How long after its start a process is heard of so often, in ms. */
export const YOUNG_MS = 60_000

/** A process that was not heard of for longer has ended, in s. */
const LIVE_SECONDS = 90

/** The same for one that has not lived for longer than {@link YOUNG_MS}. */
const YOUNG_LIVE_SECONDS = 20

/** What a process says of itself; nothing secret. */
export type ProcessReport = {
  id: string
  /** Name of its machine or container. */
  host: string
  pid: number
  /** The keys that it has, whatever their states. */
  keys: { version: number; kid: string }[]
  /** Why it encrypts nothing; null when it does. */
  refusal: string | null
}

export type LiveProcess = ProcessReport & {
  started_at: Date
  seen_at: Date
  /** By the database's clock. */
  seconds_ago: number
}

/** Says that the process lives, and forgets those that have ended long ago. */
export async function beat(
  knex: Knex,
  { id, host, pid, keys, refusal }: ProcessReport
): Promise<void> {
  await knex.raw(
    `INSERT INTO "encryption_process" ("id", "host", "pid", "keys", "refusal")
     VALUES (?, ?, ?, ?::jsonb, ?)
     ON CONFLICT ("id") DO UPDATE SET "keys" = EXCLUDED."keys",
       "refusal" = EXCLUDED."refusal", "seen_at" = now()`,
    [id, host, pid, JSON.stringify(keys), refusal]
  )
  await knex.raw(
    `DELETE FROM "encryption_process" WHERE "seen_at" < now() - interval '1 day'`
  )
}

/** Says that the process ends. */
export async function leave(knex: Knex, id: string): Promise<void> {
  await knex("encryption_process").where({ id }).delete()
}

/** @returns the processes that run, the oldest first */
export async function listLiveProcesses(knex: Knex): Promise<LiveProcess[]> {
  const { rows } = await knex.raw(
    `SELECT *, extract(epoch FROM now() - "seen_at")::int AS seconds_ago
     FROM "encryption_process"
     WHERE "seen_at" > now() - make_interval(secs =>
       CASE WHEN "seen_at" - "started_at" < make_interval(secs => ?) THEN ?::int ELSE ?::int END)
     ORDER BY "started_at", "id"`,
    [YOUNG_MS / 1000, YOUNG_LIVE_SECONDS, LIVE_SECONDS]
  )
  return rows
}

/** For a sentence to an operator. */
export const describeProcess = ({
  host,
  pid,
  keys,
  seconds_ago,
}: LiveProcess): string =>
  `process ${pid} on ${host}, with key ${keys.length === 1 ? "version" : "versions"} ${keys.map(({ version }) => version).join(", ")}, seen ${seconds_ago} s ago`
