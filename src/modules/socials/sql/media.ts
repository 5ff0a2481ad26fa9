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

/** What uses a file: a post that shows it, or the video whose poster it is. */
export interface MediaUse {
  media_id: string
  kind: "post" | "video"
  /** Of the post or of the video. */
  id: string
  /** The first words of the post, or the video's name. */
  title: string
}

/**
 * Everything that uses a file. A post that is not deleted names it somewhere in
 * the JSON of its row or of a publication's, by its id or by its address, which
 * stand there as texts of their own. What a checkpoint holds was made of these
 * files; renditions are used with their original.
 */
const MEDIA_USES = `
  WITH "named" AS (
    SELECT post."id" AS "post_id", value #>> '{}' AS "name"
    FROM "social_post" post,
      jsonb_path_query(
        jsonb_build_array(post."media", post."parts", post."metadata"), 'strict $.**'
      ) AS value
    WHERE post."deleted_at" IS NULL AND jsonb_typeof(value) = 'string'
    UNION
    SELECT publication."post_id", value #>> '{}'
    FROM "social_publication" publication,
      jsonb_path_query(
        jsonb_build_array(publication."variant", publication."settings",
          publication."changed_content", publication."comments"), 'strict $.**'
      ) AS value
    WHERE publication."deleted_at" IS NULL AND jsonb_typeof(value) = 'string'
  ),
  "names" AS (
    SELECT "id", "id" AS "name" FROM "social_media" WHERE "deleted_at" IS NULL
    UNION ALL
    SELECT "id", "source_url" FROM "social_media"
    WHERE "deleted_at" IS NULL AND "source_url" IS NOT NULL
  ),
  "media_use" AS (
    SELECT names."id" AS "media_id", 'post' AS "kind", post."id",
      left(post."caption", 200) AS "title"
    FROM "names" names
    JOIN "named" named ON named."name" = names."name"
    JOIN "social_post" post ON post."id" = named."post_id" AND post."deleted_at" IS NULL
    UNION
    SELECT video."poster" ->> 'media_id', 'video', video."id", video."name"
    FROM "social_media" video
    WHERE video."deleted_at" IS NULL AND video."poster" ->> 'media_id' IS NOT NULL
  )`

/** What uses these files, by file; the newest post first. */
export const listMediaUses = async (
  manager: SqlEntityManager,
  ids: string[]
): Promise<MediaUse[]> =>
  ids.length
    ? await query<MediaUse>(
        manager,
        `${MEDIA_USES}
         SELECT * FROM "media_use" WHERE "media_id" IN (${ids.map(() => "?").join(", ")})
         ORDER BY "media_id", "kind", "id" DESC`,
        ids
      )
    : []

/** Notes which files nothing uses from now on, and which something uses again. */
export const noteUnusedMedia = async (
  manager: SqlEntityManager
): Promise<void> => {
  await query(
    manager,
    `${MEDIA_USES},
     "found" AS (
       SELECT "id", "id" IN (SELECT "media_id" FROM "media_use") AS "is_used"
       FROM "social_media" WHERE "deleted_at" IS NULL AND "rendition_of" IS NULL)
     UPDATE "social_media" media
     SET "unused_since" = CASE WHEN found."is_used" THEN NULL ELSE now() END
     FROM "found" found
     WHERE media."id" = found."id" AND found."is_used" = (media."unused_since" IS NOT NULL)`,
    []
  )
}

/** The files that nothing has used for some time, the longest first. */
export const listUnusedMedia = async (
  manager: SqlEntityManager,
  days: number,
  limit: number
): Promise<{ id: string }[]> =>
  await query(
    manager,
    `SELECT "id" FROM "social_media"
     WHERE "deleted_at" IS NULL AND "unused_since" < now() - ? * interval '1 day'
     ORDER BY "unused_since", "id" LIMIT ?`,
    [days, limit]
  )
