import { sandbox } from "../http/support/sandbox"
import { ADMIN } from "./support/admin-user"
import { showIn, violationsOf } from "./support/accessibility"
import {
  accountIds,
  connectPlatform,
  createPlatform,
  createPost,
} from "./support/arrange"
import { wideElements } from "./support/layout"
import { section, see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"

const API_KEY = "carrier_live_0f7d2c91ab"

/** What fails and ends, what to do about it, and what has happened. */
export const healthSuite = (world: World): void => {
  const endToken = (id: string) =>
    world.store.sql(
      "update social_platform set token_expires_at = now() - interval '1 minute' where id = $1",
      [id]
    )
  const verify = (id: string) =>
    world.store
      .api("POST", `/admin/social-platforms/${id}/verify`)
      .catch(() => undefined)

  /** A platform whose grant its service has ended. */
  const loseAccess = async (name: string): Promise<string> => {
    const id = await connectPlatform(world.store, { name })
    await endToken(id)
    await sandbox.revokeGrants()
    await verify(id)
    return id
  }

  const endSoon = (id: string, days = 9) =>
    world.store.sql(
      `update social_platform set last_refreshed_at = now(),
         refresh_token_expires_at = now() + $2 * interval '1 day'
       where id = $1`,
      [id, days]
    )

  const createKeyService = (name: string) =>
    createPlatform(world.store, {
      name,
      provider: "generic",
      auth_type: "api_key",
      api_config: { api_key: API_KEY },
    })

  const open = async () => {
    await world.page.goto("/app/social-platforms/health")
    await see(world.page.getByRole("heading", { name: "Health", level: 1 }))
  }

  const group = (title: string) =>
    world.page.getByRole("list", { name: title, exact: true })

  scene(
    world,
    "is found below the platforms, and is calm when all is well",
    async () => {
      const { page, store } = world
      await connectPlatform(store)
      await page.goto("/app/social-platforms")
      await page.getByRole("link", { name: "Health", exact: true }).click()
      await page.waitForURL(/\/app\/social-platforms\/health$/)
      await see(page.getByText("All well"))
      await see(page.getByText(/There is nothing to do\.$/))
    }
  )

  scene(
    world,
    "says what lost its access and why, and leads back to the service",
    async () => {
      const { page, tab } = world
      const id = await loseAccess("Ada's network")
      await open()
      await see(page.getByText("Action needed"))
      const lost = group("Does not work").getByRole("listitem")
      await see(
        lost.getByText(/^Connect "Ada's network" again, and allow Sandbox/)
      )
      await see(lost.getByText("Sandbox withdrew the access."))
      await see(lost.getByText(/^Last failure /))

      await lost
        .getByRole("button", { name: "Reconnect Ada's network" })
        .click()
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(`**/app/social-platforms/${id}`)
      await see(page.getByText("Connected", { exact: true }).first())
      await open()
      await see(page.getByText("All well"))
      expect(await tab.secrets.leaks()).toEqual([])
    }
  )

  scene(
    world,
    "checks a failing platform on request, and takes it off the list when it works",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      await endToken(id)
      await sandbox.fault({ target: "token", kind: "error" })
      await verify(id)
      await open()
      await see(group("Does not work").getByText(/is tried again by itself/))
      await group("Does not work")
        .getByRole("button", { name: "Test connection of Ada's sandbox" })
        .click()
      await see(page.getByText("The connection works"))
      await seeNoMore(group("Does not work"))
      await see(page.getByText("All well"))
    }
  )

  scene(
    world,
    "keeps the keyboard's place when a platform was checked",
    async () => {
      const { page, store } = world
      const fail = async (name: string) => {
        const id = await connectPlatform(store, { name })
        await endToken(id)
        await sandbox.fault({ target: "token", kind: "error" })
        await verify(id)
        return id
      }
      await fail("First")
      await fail("Second")
      await open()
      const rows = group("Does not work").getByRole("listitem")
      await see(rows.nth(1))
      const [first, second] = await rows.getByRole("link").allInnerTexts()
      const check = (name: string) =>
        page.getByRole("button", { name: `Test connection of ${name}` })
      const focused = () =>
        page.evaluate(() => {
          const { activeElement } = document
          return (
            activeElement?.getAttribute("aria-label") ??
            (activeElement?.id || activeElement?.textContent)
          )
        })
      const press = async (name: string) => {
        await check(name).focus()
        await page.keyboard.press("Enter")
      }

      await sandbox.fault({ target: "token", kind: "error" })
      await press(first)
      await see(page.getByText("The connection does not work"))
      await see(check(first).and(page.locator(":enabled")))
      expect(await focused()).toBe(`Test connection of ${first}`)

      await press(first)
      await seeNoMore(check(first))
      expect(await focused()).toBe(second)

      await press(second)
      await see(page.getByText("All well"))
      expect(await focused()).toBe("social-health")
    }
  )

  scene(world, "shows when an access ends, on its page too", async () => {
    const { page, store } = world
    const id = await connectPlatform(store)
    await endSoon(id, 5)
    await open()
    const ending = group("Ends within 30 days")
    await see(ending.getByText(/^Reconnect before /))
    await ending.getByRole("link", { name: "Ada's sandbox" }).click()
    await page.waitForURL(`**/app/social-platforms/${id}`)
    await see(page.getByText(/^The access ends soon\. Reconnect before /))
    await see(
      section(page, "Connection").getByText(/^Refreshed by itself, next time /)
    )
  })

  scene(
    world,
    "raises one alarm where a service refuses the application",
    async () => {
      const { page, store } = world
      const ids = [
        await connectPlatform(store, { name: "One" }),
        await connectPlatform(store, { name: "Two" }),
      ]
      await sandbox.fault({ target: "token", kind: "invalid_client", times: 2 })
      for (const id of ids) {
        await endToken(id)
        await verify(id)
      }
      await open()
      await see(
        page.getByText("Sandbox refuses your application (2 of 2 platforms)")
      )
      expect(await page.getByText(/refuses your application/).count()).toBe(1)
      expect(await group("Does not work").count()).toBe(0)
      await page
        .getByRole("link", { name: "Open the platform that met it last" })
        .click()
      await page.waitForURL(`**/app/social-platforms/${ids[1]}`)
    }
  )

  scene(world, "names the permissions that were not granted", async () => {
    const { page, store } = world
    const id = await connectPlatform(store)
    const before = await store.api("GET", `/admin/social-platforms/${id}`)
    const { scopes } = before.social_platform
    expect(scopes).toContain("posts:write")
    await store.sql("update social_platform set scopes = $2 where id = $1", [
      id,
      scopes.filter((scope: string) => scope !== "posts:write"),
    ])
    await page.goto(`/app/social-platforms/${id}`)
    await see(page.getByText(/^Connect again to grant posts:write\. /))
  })

  scene(
    world,
    "shows who did what, and what happened by itself, without a value",
    async () => {
      const { page, store, tab } = world
      const id = await connectPlatform(store)
      await endToken(id)
      await verify(id)
      await page.goto(`/app/social-platforms/${id}`)
      const activity = section(page, "Activity")
      const entry = (title: string) =>
        activity.getByRole("listitem").filter({ hasText: title })
      await see(entry("Access refreshed").getByText("Automatically"))
      await see(entry("Connected").getByText(ADMIN.email))
      await see(entry("Created").getByText(ADMIN.email))
      expect(await tab.secrets.leaks()).toEqual([])

      await page.getByRole("button", { name: "Disconnect" }).click()
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: "Disconnect" })
        .click()
      await see(
        entry("Disconnected").getByText("Sandbox has withdrawn the access.")
      )
    }
  )

  scene(world, "shows earlier activity on request", async () => {
    const { page, store } = world
    const id = await createKeyService("Parcels")
    for (let index = 0; index < 12; index += 1) {
      await store.api("POST", `/admin/social-platforms/${id}`, {
        api_config: { api_key: `${API_KEY}${index}` },
      })
    }
    await page.goto(`/app/social-platforms/${id}`)
    const entries = section(page, "Activity").getByRole("listitem")
    await see(entries.nth(9))
    expect(await entries.count()).toBe(10)
    const more = page.getByRole("button", { name: "Show earlier activity" })
    await more.focus()
    await page.keyboard.press("Enter")
    await see(entries.nth(12).getByText("Created"))
    await seeNoMore(more)
  })

  scene(
    world,
    "says when the health cannot be loaded, and loads it on request",
    async () => {
      const { page } = world
      await page.route("**/admin/socials/health*", (route) =>
        route.fulfill({
          status: 500,
          json: { message: "The database is away." },
        })
      )
      await page.goto("/app/social-platforms/health")
      await see(page.getByText("The database is away."))
      await page.unroute("**/admin/socials/health*")
      await page.getByRole("button", { name: "Try again" }).click()
      await see(page.getByText("There are no platforms yet."))
    }
  )

  scene(
    world,
    "raises the alarm for a process that cannot store credentials, and leads to the keys",
    async () => {
      const { page, store } = world
      await connectPlatform(store)
      await store.sql(
        `insert into encryption_process (id, host, pid, keys, started_at, seen_at)
         values ('other', 'shop-2', 17, '[]', now(), now())`
      )
      try {
        await open()
        await see(page.getByText("Credentials cannot be stored"))
        await see(page.getByText(/Process 17 on shop-2 does not have/))
        expect(
          await page
            .getByText("There is nothing to do", { exact: false })
            .count()
        ).toBe(0)
        await page.getByRole("link", { name: "Open Encryption" }).click()
        await page.waitForURL(/\/app\/settings\/encryption$/)
        await see(page.getByText(/Process 17 on shop-2 does not have/))
      } finally {
        await store.sql("delete from encryption_process where id = 'other'")
      }
    }
  )

  scene(
    world,
    "says when posts do not go out in time, and leads to the queue",
    async () => {
      const { page, store } = world
      const ids = await accountIds(store, await connectPlatform(store))
      const [slow, next] = await Promise.all(
        ["Takes its time", "Waits for that"].map((caption) =>
          createPost(store, { caption, account_ids: [ids.page_main] })
        )
      )
      await store.sql(
        `update social_publication set state = 'publishing', lease_token = 'slow',
                lease_expires_at = now() + interval '1 hour' where post_id = $1`,
        [slow]
      )
      await store.sql(
        "update social_publication set next_attempt_at = now() - interval '10 minutes' where post_id = $1",
        [next]
      )
      await open()
      await see(page.getByText("Posts do not go out in time"))
      await see(page.getByText(/1 publication should have begun/))
      expect(await violationsOf(page)).toEqual([])
      await page.getByRole("link", { name: "Open the queue" }).click()
      await page.waitForURL(/\/app\/social-posts\/queue$/)
    }
  )

  scene(world, "shows every kind of trouble to everybody", async () => {
    const { page, store } = world
    await createPlatform(store, {
      name: "A network that nobody has connected so far",
    })
    await loseAccess("Ada's network")
    await endSoon(await connectPlatform(store, { name: "Outlet" }))
    const refused = await connectPlatform(store, { name: "Refused" })
    await sandbox.fault({ target: "token", kind: "invalid_client" })
    await endToken(refused)
    await verify(refused)
    await open()
    await see(page.getByText("Ends within 30 days"))
    expect(await violationsOf(page)).toEqual([])

    await showIn(page, "dark")
    expect(await violationsOf(page, ["color-contrast"])).toEqual([])
    await showIn(page, "light")

    await page.setViewportSize({ width: 400, height: 800 })
    expect(await wideElements(page)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
  })
}
