import type { AxiosResponse } from "axios"
import type { Admin } from "../../http/support/application"
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

/** Logs in as a person does. @returns the token for the API */
export async function logIn(medusaUrl: string): Promise<string> {
  const response = await fetch(`${medusaUrl}/auth/user/emailpass`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  })
  const { token } = (await response.json()) as { token?: string }
  if (!token) {
    throw new Error(`The admin cannot log in: status ${response.status}`)
  }
  return token
}

/** Asks the API; a form is sent as it is, everything else as JSON. */
export type Ask = <T = any>(
  method: string,
  path: string,
  body?: object
) => Promise<T>

/**
 * The API as an admin with a token asks it.
 *
 * @throws Error with the response when it is none of success
 */
export function askAs(token: string, medusaUrl: string): Ask {
  return async (method, path, body) =>
    (await send(token, medusaUrl, method, path, body)).data
}

/**
 * The same for the helpers of the HTTP tests.
 *
 * @param note - is told each request with its status, and the response's text
 */
export function adminWith(
  token: string,
  medusaUrl: string,
  note: (request: string, text: string) => void
): Admin {
  const ask = async (method: string, path: string, body?: object) => {
    const response = await send(token, medusaUrl, method, path, body)
    note(`${method} ${path}: ${response.status}`, response.text)
    return response as unknown as AxiosResponse
  }
  return {
    id: ADMIN.id,
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    delete: (path) => ask("DELETE", path),
  }
}

async function send(
  token: string,
  medusaUrl: string,
  method: string,
  path: string,
  body: object = {}
) {
  const isForm = body instanceof FormData
  const response = await fetch(medusaUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(!isForm && { "content-type": "application/json" }),
    },
    ...(method === "POST" && { body: isForm ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  }
  return { status: response.status, text, data: JSON.parse(text) }
}
