import type { Knex } from "@medusajs/framework/mikro-orm/knex"

export type AuditType =
  | "key_registered"
  | "key_made"
  | "key_promoted"
  | "key_retired"
  | "floor_raised"
  | "registry_signed"
  | "registry_accepted"
  | "values_imported"
  | "credential_looked_up"

/** What somebody did with keys. Names and counts only: never a value, a key or an envelope. */
export type AuditEntry = {
  type: AuditType
  /** The admin user; null for a start, a script or a job, of which `details.by` tells. */
  actor_id: string | null
  details: Record<string, unknown> | null
}

export type AuditEvent = AuditEntry & { id: string; created_at: Date }

/** Adds an entry; the table takes no changes and no deletions. */
export async function recordAudit(
  knex: Knex,
  { type, actor_id, details }: AuditEntry
): Promise<void> {
  await knex("encryption_event").insert({
    type,
    actor_id,
    details: details && JSON.stringify(details),
  })
}

/** Reads entries, the newest first. */
export async function listAudit(
  knex: Knex,
  { limit, offset }: { limit: number; offset: number }
): Promise<{ events: AuditEvent[]; count: number }> {
  const [events, [{ count }]] = await Promise.all([
    knex("encryption_event")
      .select("*")
      .orderBy("id", "desc")
      .limit(limit)
      .offset(offset),
    knex("encryption_event").count("* as count"),
  ])
  return { events, count: Number(count) }
}
