import pg from "pg"

/**
 * Whether the dashboard lets this person in: a user, and an identity with a
 * password that belongs to it.
 *
 * @param databaseUrl a migrated Medusa database
 */
export async function adminExists(
  databaseUrl: string,
  email: string
): Promise<boolean> {
  return withClient(databaseUrl, async (client) => {
    const { rowCount } = await client.query(
      `select 1
         from "user" u
         join provider_identity p
           on p.entity_id = u.email and p.provider = 'emailpass'
         join auth_identity a
           on a.id = p.auth_identity_id and a.app_metadata->>'user_id' = u.id
        where u.email = $1 and u.deleted_at is null`,
      [email]
    )
    return rowCount !== 0
  })
}

/**
 * Removes what an interrupted `medusa user` left: half an admin can neither log
 * in nor be created again. For the embedded development database only.
 */
export async function removeHalfAdmin(
  databaseUrl: string,
  email: string
): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(
      `delete from auth_identity where id in
         (select auth_identity_id from provider_identity
           where entity_id = $1 and provider = 'emailpass')`,
      [email]
    )
    await client.query(`delete from "user" where email = $1`, [email])
  })
}

async function withClient<T>(
  databaseUrl: string,
  task: (client: pg.Client) => Promise<T>
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return await task(client)
  } finally {
    await client.end()
  }
}
