import { withDatabase } from "./database"

/** The merchant of the tests. */
export const ADMIN = {
  id: "user_ada",
  email: "ada@example.com",
  password: "a-password-for-tests",
}

/**
 * Makes the first admin user of a fresh store. Medusa's command for it takes a
 * whole start of its own; registering over HTTP, and then saying in the
 * database who it is, takes a moment.
 */
export async function createAdminUser(
  medusaUrl: string,
  databaseUrl: string
): Promise<void> {
  const response = await fetch(`${medusaUrl}/auth/user/emailpass/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  })
  if (!response.ok) {
    throw new Error(`The admin was not registered: ${await response.text()}`)
  }
  await withDatabase(databaseUrl, async (query) => {
    await query(
      `insert into "user" (id, email, first_name, last_name)
       values ($1, $2, 'Ada', 'Lovelace')`,
      [ADMIN.id, ADMIN.email]
    )
    await query(
      `update auth_identity set app_metadata = jsonb_build_object('user_id', $1::text)
       where id = (select auth_identity_id from provider_identity
                   where provider = 'emailpass' and entity_id = $2)`,
      [ADMIN.id, ADMIN.email]
    )
  })
}
