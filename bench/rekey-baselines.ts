import type pg from "pg"

/** Writes rows whose new values are ready: what a re-encryption costs without the encryption. */
export type Baseline = {
  /** Keeps what the rows hold now, under a key version, for later. */
  keep(version: number): Promise<void>
  /** Writes what was kept under a version, and returns how many rows it wrote. */
  update(version: number): Promise<number>
}

const SET_COLUMNS = `
  SET "api_config" = ready."api_config"::jsonb, "key_version" = ready."key_version",
      "credential_index" = ready."credential_index"::text[],
      "credentials_version" = platform."credentials_version" + 1, "updated_at" = now()`

/**
 * A client that sends the values, as any client has to: the statement of the product without its
 * comparison of versions, for as many rows at a time.
 *
 * @param size - rows in a statement
 */
export function clientUpdate(client: pg.Client, size: number): Baseline {
  const kept = new Map<number, unknown[][]>()
  const readBatch = async (
    after: string
  ): Promise<{ last?: string; values: unknown[] }> => {
    const { rows } = await client.query<{
      id: string
      api_config: string
      index: string
    }>(
      `SELECT "id", "api_config"::text, "credential_index"::text AS "index"
       FROM "social_platform" WHERE "id" > $1 ORDER BY "id" LIMIT $2`,
      [after, size]
    )
    const ids = rows.map(({ id }) => id)
    const values = [
      ids,
      rows.map(({ api_config }) => api_config).join("\n"),
      rows.map(({ index }) => index),
    ]
    return { last: ids[ids.length - 1], values }
  }
  return {
    async keep(version) {
      const batches: unknown[][] = []
      for (
        let batch = await readBatch("");
        batch.last;
        batch = await readBatch(batch.last)
      ) {
        batches.push([...batch.values, version])
      }
      kept.set(version, batches)
    },
    async update(version) {
      let rows = 0
      for (const values of kept.get(version) ?? []) {
        const { rowCount } = await client.query({
          name: "update from the client",
          text: `UPDATE "social_platform" platform ${SET_COLUMNS}
            FROM (SELECT *, $4::int AS "key_version"
                  FROM unnest($1::text[], string_to_array($2, E'\\n'), $3::text[])
                       AS batch ("id", "api_config", "credential_index")) ready
            WHERE platform."id" = ready."id"`,
          values,
        })
        rows += rowCount ?? 0
      }
      return rows
    },
  }
}

/**
 * The server alone: the values lie in a temporary table and none comes over the connection. No
 * client can be as fast.
 *
 * @param size - rows in a statement
 */
export function serverUpdate(client: pg.Client, size: number): Baseline {
  const tableOf = (version: number): string => `prepared_${version}`
  return {
    async keep(version) {
      await client.query(
        `CREATE TEMPORARY TABLE ${tableOf(version)} AS
         SELECT "id", "api_config", "credential_index", "key_version",
                ((row_number() OVER (ORDER BY "id") - 1) / ${size})::int AS batch
         FROM "social_platform" ORDER BY "id"`
      )
      await client.query(`CREATE INDEX ON ${tableOf(version)} (batch)`)
      await client.query(`ANALYZE ${tableOf(version)}`)
    },
    async update(version) {
      const { rows: counted } = await client.query<{ batches: number }>(
        `SELECT max(batch) + 1 AS batches FROM ${tableOf(version)}`
      )
      let rows = 0
      for (let batch = 0; batch < counted[0].batches; batch += 1) {
        const { rowCount } = await client.query({
          name: `update ${version}`,
          text: `UPDATE "social_platform" platform ${SET_COLUMNS}
            FROM ${tableOf(version)} ready
            WHERE ready.batch = $1 AND platform."id" = ready."id"`,
          values: [batch],
        })
        rows += rowCount ?? 0
      }
      return rows
    },
  }
}
