import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { MediaFetch } from "../../../shared/post-types"
import { query } from "./manager"

/** How many of the last ones who asked for a file are kept. */
const KEPT_FETCHES = 50

/** Notes who has asked for a file at its public address, before the older ones. */
export const noteMediaFetch = async (
  manager: SqlEntityManager,
  id: string,
  fetch: MediaFetch
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_media" SET "fetches" = (
       SELECT jsonb_agg(entry ORDER BY place)
       FROM jsonb_array_elements(jsonb_build_array(?::jsonb) || coalesce("fetches", '[]'))
         WITH ORDINALITY AS noted(entry, place)
       WHERE place <= ${KEPT_FETCHES})
     WHERE "id" = ?`,
    [JSON.stringify(fetch), id]
  )
}

/**
 * Writes what a person says of a file. Medusa's own update would merge the old
 * poster into the new one.
 */
export const replaceMediaDetails = async (
  manager: SqlEntityManager,
  id: string,
  { alt_text, poster }: { alt_text: string | null; poster: object | null }
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_media" SET "alt_text" = ?, "poster" = ?::jsonb, "updated_at" = now()
     WHERE "id" = ? AND "deleted_at" IS NULL`,
    [alt_text, poster && JSON.stringify(poster), id]
  )
}

/**
 * Which of these files a post that is not deleted names, wherever in its row or
 * in that of a publication: an id stands there as a text of its own in JSON.
 */
export const mediaInUse = async (
  manager: SqlEntityManager,
  ids: string[]
): Promise<string[]> => {
  if (!ids.length) {
    return []
  }
  const rows = await query<{ id: string }>(
    manager,
    `SELECT media."id" FROM (VALUES ${ids.map(() => "(?)").join(", ")}) AS media("id")
     WHERE EXISTS (
       SELECT 1 FROM "social_post" post
       WHERE post."deleted_at" IS NULL
         AND strpos(to_jsonb(post)::text, '"' || media."id" || '"') > 0)
     OR EXISTS (
       SELECT 1 FROM "social_publication" publication
       JOIN "social_post" post ON post."id" = publication."post_id" AND post."deleted_at" IS NULL
       WHERE publication."deleted_at" IS NULL
         AND strpos(to_jsonb(publication)::text, '"' || media."id" || '"') > 0)
     OR EXISTS (
       SELECT 1 FROM "social_media" other
       WHERE other."deleted_at" IS NULL AND other."poster" ->> 'media_id' = media."id")`,
    ids
  )
  return rows.map(({ id }) => id)
}
