import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { askAs, logIn } from "../e2e/support/admin-user"

/**
 * Logs in to a running application as its admin, and checks what the plugin
 * serves there.
 *
 * @param url address of the application, without a path
 * @throws Error naming the first answer that is not as promised
 */
export async function checkApi(url: string): Promise<void> {
  const ask = askAs(await logIn(url), url)
  const { social_platforms } = await ask("GET", "/admin/social-platforms")
  assert.deepEqual(social_platforms, [], "a new store has no platform")

  const { social_providers } = await ask("GET", "/admin/social-providers")
  for (const expected of ["sandbox", "generic"]) {
    const isThere = social_providers.some(
      ({ identifier }: { identifier: string }) => identifier === expected
    )
    assert.ok(isThere, `there is no provider ${expected}`)
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
  const hasOurs = (name: string) =>
    readFileSync(path.join(assets, name), "utf8").includes("/social-platforms")
  assert.ok(
    scripts.some(hasOurs),
    `none of the dashboard's ${scripts.length} scripts has the plugin's pages`
  )
}
