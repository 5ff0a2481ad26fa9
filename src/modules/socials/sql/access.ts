import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** What the access of platforms depends on that only their providers know. */
export interface AccessRules {
  /**
   * By `<provider>/<authentication type>`: the credentials that a platform must
   * hold itself to be connected. Of a kind that is not here any credential counts.
   */
  needed: Record<string, string[]>
  /** The same for the platforms that nothing is shared with; only of kinds where that differs. */
  needed_alone: Record<string, string[]>
  /** Ids of the platforms that nothing is shared with. */
  alone: string[]
  /** `<provider>/<authentication type>` of those that get a token by themselves, the first one too. */
  needs_no_consent: string[]
  /** The same of those that need no refresh token to refresh themselves. */
  self_refreshing: string[]
}

/** The credentials that one kind of platform needs, a row each. */
const NAMES = "jsonb_array_elements_text(known.needed) AS one(credential)"

/**
 * Every platform with what follows from its credentials:
 *
 * - `has_access`: it holds the credentials that it needs, or gets them by itself
 * - `refreshes_itself`: its token is refreshed without a person
 * - `deadline`: when a person has to act at the latest; null where nobody has to
 *
 * The end of a refresh token is nobody's concern as long as the plugin's own
 * refreshes move it. Whether they do is told by the last one; before the first
 * one it is not known, and that comes before the end.
 */
export const ACCESS = `
  SELECT platform.*, holds_all OR gets_its_own AS has_access,
    gets_its_own, refreshes_itself,
    CASE
      WHEN NOT refreshes_itself
        THEN least(platform."token_expires_at", platform."refresh_token_expires_at")
      WHEN platform."refresh_token_expires_at" > now()
        AND platform."next_refresh_at" < platform."refresh_token_expires_at"
        AND (platform."last_refreshed_at" IS NULL
          OR platform."refresh_token_extended_at" >= platform."last_refreshed_at")
        THEN NULL
      ELSE platform."refresh_token_expires_at"
    END AS deadline
  FROM "social_platform" platform
    LEFT JOIN (
      SELECT known.kind, known.alone, known.needed,
        ARRAY(SELECT credential || '_encrypted' FROM ${NAMES}) AS sealed,
        ARRAY(SELECT jsonb_build_object(credential || '_encrypted', NULL) FROM ${NAMES}) AS erased
      FROM jsonb_to_recordset(?::jsonb) AS known(kind text, alone boolean, needed jsonb)
    ) kinds ON kinds.kind = platform."provider" || '/' || platform."auth_type"
      AND kinds.alone = (platform."id" = ANY(?::text[])),
    LATERAL (SELECT platform."provider" || '/' || platform."auth_type" AS kind,
                    coalesce(platform."api_config", '{}') AS config) read,
    LATERAL (SELECT
        CASE
          -- Nearly all of them, and several times faster than to look at each name.
          WHEN jsonb_exists_all(config, kinds.sealed) AND NOT config @> ANY (kinds.erased)
            THEN TRUE
          WHEN kinds.needed IS NULL
            THEN EXISTS (SELECT FROM jsonb_object_keys(config) key WHERE key LIKE '%\\_encrypted')
          ELSE NOT EXISTS (
            SELECT FROM jsonb_array_elements_text(kinds.needed) AS one(credential)
            WHERE coalesce(nullif(config ->> (credential || '_encrypted'), ''),
                           nullif(config ->> credential, '')) IS NULL)
        END AS holds_all,
        read.kind = ANY(?::text[]) AS gets_its_own,
        (jsonb_exists(config, 'refresh_token_encrypted')
           AND NOT config @> '{"refresh_token_encrypted": null}')
          OR config ->> 'refresh_token' IS NOT NULL
          OR read.kind = ANY(?::text[]) AS refreshes_itself) told
  WHERE platform."deleted_at" IS NULL`

/** The values of {@link ACCESS}, in the order of its placeholders. */
export const accessParameters = ({
  needed,
  needed_alone,
  alone,
  needs_no_consent,
  self_refreshing,
}: AccessRules): unknown[] => [
  JSON.stringify([
    ...kindsOf(needed, { alone: false }),
    ...kindsOf(needed_alone, { alone: true }),
  ]),
  alone,
  needs_no_consent,
  self_refreshing,
]

const kindsOf = (
  needed: Record<string, string[]>,
  { alone }: { alone: boolean }
): object[] =>
  Object.entries(needed).map(([kind, names]) => ({
    kind,
    alone,
    needed: names,
  }))

/** A platform whose settings hold a web address. */
export interface AddressedPlatform {
  id: string
  provider: string
  auth_type: string
  base_url: string | null
  api_config: Record<string, unknown> | null
}

/**
 * Lists platforms of some kinds whose own settings may lead their requests
 * elsewhere.
 *
 * @param kinds - `<provider>/<authentication type>`
 * @param ids - those to look at; null for all
 */
export const listAddressedPlatforms = (
  manager: SqlEntityManager,
  kinds: string[],
  ids: string[] | null
): Promise<AddressedPlatform[]> =>
  query(
    manager,
    `SELECT "id", "provider", "auth_type", "base_url", "api_config"
     FROM "social_platform"
     WHERE "provider" || '/' || "auth_type" = ANY(?::text[])
       AND ("base_url" IS NOT NULL
         OR "api_config"::text ILIKE ANY('{%http:%,%https:%}'))
       AND (?::text[] IS NULL OR "id" = ANY(?::text[]))
       AND "deleted_at" IS NULL`,
    [kinds, ids, ids]
  )
