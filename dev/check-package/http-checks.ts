import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"

/**
 * Logs in to a running application as its admin, and checks what the plugin
 * serves there.
 *
 * @param url address of the application, without a path
 * @throws Error naming the first answer that is not as promised
 */
export async function checkApi(
  url: string,
  email: string,
  password: string
): Promise<void> {
  const cookie = await logIn(url, email, password)

  const platforms = await getJson(`${url}/admin/social-platforms`, cookie)
  assert.deepEqual(
    platforms.social_platforms,
    [],
    "a new store has no platform"
  )
  assert.equal(platforms.count, 0)

  const providers = await getJson(`${url}/admin/social-providers`, cookie)
  const identifiers = (
    providers.social_providers as { identifier: string }[]
  ).map(({ identifier }) => identifier)
  for (const expected of ["sandbox", "generic"]) {
    assert.ok(
      identifiers.includes(expected),
      `there is no provider ${expected} among ${identifiers.join(", ")}`
    )
  }

  const anonymous = await fetch(`${url}/admin/social-platforms`)
  assert.equal(anonymous.status, 401, "the API is for admins only")
}

/**
 * Checks that the dashboard is served, and that its bundle has our pages.
 *
 * @param url    address of the application
 * @param assets folder of the built dashboard's scripts
 */
export async function checkDashboard(
  url: string,
  assets: string
): Promise<void> {
  const page = await fetch(`${url}/app`)
  assert.equal(page.status, 200, "the dashboard is not served")
  assert.match(await page.text(), /<div id="medusa">|<script/)

  const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"))
  const withOurs = scripts.filter((name) =>
    readFileSync(path.join(assets, name), "utf8").includes("/social-platforms")
  )
  assert.ok(
    withOurs.length > 0,
    `none of the dashboard's ${scripts.length} scripts has the plugin's pages`
  )
}

/** A session, as the dashboard makes one: a token is traded for a cookie. */
async function logIn(
  url: string,
  email: string,
  password: string
): Promise<string> {
  const login = await fetch(`${url}/auth/user/emailpass`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  })
  assert.equal(login.status, 200, `login failed: ${await login.clone().text()}`)
  const { token } = (await login.json()) as { token: string }

  const session = await fetch(`${url}/auth/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(session.status, 200, "there is no session for the admin")
  const cookie = session.headers.getSetCookie()[0]?.split(";")[0]
  assert.ok(cookie, "the session has no cookie")
  return cookie
}

async function getJson(
  url: string,
  cookie: string
): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { cookie } })
  const text = await response.text()
  assert.equal(
    response.status,
    200,
    `${url} answered ${response.status}: ${text}`
  )
  return JSON.parse(text)
}
