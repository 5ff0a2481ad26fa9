import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

const write = async (
  manager: SqlEntityManager,
  assignment: string,
  id: string,
  values: unknown[]
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_account" SET ${assignment}, "updated_at" = now()
     WHERE "id" = ? AND "deleted_at" IS NULL`,
    [...values, id]
  )
}

const asJson = (value: object | null): string | null =>
  value && JSON.stringify(value)

/**
 * Writes what a service tells of an account, whole: Medusa's own update would
 * keep what the service does not tell any more.
 *
 * @param facts_at - when it told it; null for never
 */
export const writeAccountFacts = (
  manager: SqlEntityManager,
  id: string,
  { facts, facts_at }: { facts: object | null; facts_at: Date | null }
): Promise<void> =>
  write(manager, `"facts" = ?::jsonb, "facts_at" = ?`, id, [
    asJson(facts),
    facts_at,
  ])

/** Writes the settings that an account's new publications have, whole. */
export const writeDefaultSettings = (
  manager: SqlEntityManager,
  id: string,
  settings: object | null
): Promise<void> =>
  write(manager, `"default_settings" = ?::jsonb`, id, [asJson(settings)])
