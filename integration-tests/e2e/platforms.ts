import { ADMIN } from "./support/admin-user"
import { violationsOf } from "./support/accessibility"
import {
  accountIds,
  connectPlatform,
  createPlatform,
  createPost,
} from "./support/arrange"
import {
  chooseAction,
  section,
  see,
  seeNoMore,
} from "./support/browser-session"
import { scene, type World } from "./support/environment"

const API_KEY = "shippo_live_2f6c1d7e9a"
const WEBHOOK_SECRET = "whsec_9b1f4c3a7d"

const keyService = (name: string, body: object = {}) => ({
  name,
  provider: "generic",
  auth_type: "api_key",
  api_config: { api_key: API_KEY },
  ...body,
})

/** Creating, changing, finding and deleting platforms. */
export const platformsSuite = (world: World): void => {
  const stored = async (id: string) => {
    const [row] = await world.store.sql(
      "select name, api_config from social_platform where id = $1",
      [id]
    )
    return row
  }

  scene(
    world,
    "asks for what is missing before anything is stored",
    async () => {
      const { page, store } = world
      await page.goto("/app/social-platforms/create")
      await page
        .getByRole("button", { name: /^Any service with a key/ })
        .click()
      await page.getByLabel("Name", { exact: true }).fill("")
      await page.getByRole("button", { name: "Save and connect" }).click()
      await see(page.getByText("Name is required."))
      await see(page.getByText("API key is required."))
      expect(await store.sql("select id from social_platform")).toEqual([])
    }
  )

  scene(
    world,
    "keeps a secret that is left empty, and erases one on request",
    async () => {
      const { page, tab } = world
      await page.goto("/app/social-platforms/create")
      await page
        .getByRole("button", { name: /^Any service with a key/ })
        .click()
      await page.getByLabel("Name", { exact: true }).fill("Shippo")
      const apiKey = page.getByLabel("API key", { exact: true })
      expect(await apiKey.getAttribute("type")).toBe("password")
      await apiKey.fill(API_KEY)
      await page.getByLabel("Webhook secret (optional)").fill(WEBHOOK_SECRET)
      await page.getByRole("button", { name: "Save and connect" }).click()
      await see(page.getByRole("heading", { name: "Shippo", level: 1 }))

      const id = new URL(page.url()).pathname.split("/").pop()!
      const before = await stored(id)
      expect(Object.keys(before.api_config)).toEqual(
        expect.arrayContaining([
          "api_key_encrypted",
          "webhook_secret_encrypted",
        ])
      )

      const credentials = section(page, "Credentials")
      await see(credentials.getByText("Encrypted").nth(1))
      await chooseAction(page, /^More actions/, "Edit")
      const kept = page.getByPlaceholder("Configured – leave empty to keep")
      await see(kept)
      expect(await kept.count()).toBe(2)
      await page.getByLabel("Name", { exact: true }).fill("Shippo Europe")
      await page.getByRole("button", { name: "Save" }).click()
      await see(page.getByRole("heading", { name: "Shippo Europe", level: 1 }))
      expect(await stored(id)).toEqual({ ...before, name: "Shippo Europe" })

      await chooseAction(page, /^More actions/, "Edit")
      await page.getByLabel("Erase the stored webhook secret").check()
      await page.getByRole("button", { name: "Save" }).click()
      await see(credentials.getByText("Not set"))
      const after = (await stored(id)).api_config
      expect(after.webhook_secret_encrypted).toBeUndefined()
      expect(after.api_key_encrypted).toEqual(
        before.api_config.api_key_encrypted
      )
      expect(await tab.secrets.leaks([API_KEY, WEBHOOK_SECRET])).toEqual([])
    }
  )

  scene(
    world,
    "shows why the API refuses a platform, and keeps what was typed",
    async () => {
      const { page, store } = world
      await page.goto("/app/social-platforms/create")
      await page
        .getByRole("button", { name: /^Any service with a key/ })
        .click()
      const name = page.getByLabel("Name", { exact: true })
      await name.fill("x".repeat(201))
      await page.getByLabel("API key", { exact: true }).fill(API_KEY)
      await page.getByRole("button", { name: "Save and connect" }).click()
      await see(page.getByText("The platform was not saved"))
      await see(page.getByText(/name.*200/i))
      expect(await name.inputValue()).toHaveLength(201)
      expect(await store.sql("select id from social_platform")).toEqual([])
    }
  )

  scene(world, "deletes a platform only when asked twice", async () => {
    const { page, store } = world
    const id = await createPlatform(store)
    await page.goto(`/app/social-platforms/${id}`)

    await chooseAction(page, /^More actions/, "Delete")
    const prompt = page.getByRole("alertdialog", {
      name: "Delete Ada's sandbox?",
    })
    await prompt.getByRole("button", { name: "Cancel" }).click()
    await seeNoMore(prompt)

    await chooseAction(page, /^More actions/, "Delete")
    await prompt.getByRole("button", { name: "Delete" }).click()
    await page.waitForURL(/\/app\/social-platforms$/)
    await see(page.getByText("Ada's sandbox deleted"))
    await see(page.getByRole("heading", { name: "Connect your first service" }))
    const { count } = await store.api("GET", "/admin/social-platforms")
    expect(count).toBe(0)
  })

  scene(
    world,
    "keeps a platform that scheduled posts wait for, and says so",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      const { page_main } = await accountIds(store, id)
      await createPost(store, {
        caption: "Advent",
        account_ids: [page_main],
        scheduled_at: new Date(Date.now() + 86_400_000).toISOString(),
      })

      await page.goto(`/app/social-platforms/${id}`)
      await chooseAction(page, /^More actions/, "Delete")
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: "Delete" })
        .click()
      await see(page.getByText("The platform was not deleted"))
      await see(page.getByText(/has 1 scheduled post/))
      expect((await store.api("GET", "/admin/social-platforms")).count).toBe(1)
    }
  )

  scene(
    world,
    "marks a platform as needing reconnection, with a reason and when asked twice",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      await page.goto(`/app/social-platforms/${id}`)
      const action = "Mark as needing reconnection"
      const prompt = page.getByRole("alertdialog", {
        name: "Mark Ada's sandbox as needing reconnection?",
      })
      const validity = async () => {
        const [row] = await store.sql(
          "select token_validity from social_platform where id = $1",
          [id]
        )
        return row.token_validity
      }
      const hasMenuFocus = () =>
        page.waitForFunction(
          () =>
            document.activeElement?.getAttribute("aria-label") ===
            "More actions for Ada's sandbox"
        )

      await chooseAction(page, /^More actions/, action)
      await prompt.getByLabel("Reason").fill("A mistake.")
      await prompt.getByRole("button", { name: "Cancel" }).click()
      await seeNoMore(prompt)
      await hasMenuFocus()
      expect(await validity()).toBe("true")

      await chooseAction(page, /^More actions/, action)
      const mark = prompt.getByRole("button", { name: "Mark" })
      await mark.click()
      await see(prompt.getByText("Say why, in a sentence."))
      expect(await validity()).toBe("true")
      expect(await violationsOf(page)).toEqual([])

      await prompt.getByLabel("Reason").fill("The token was in a screenshot.")
      await mark.click()
      await seeNoMore(prompt)
      await hasMenuFocus()
      expect(await validity()).toBe("false")
      await see(page.getByText("Reconnect needed"))
      const connection = section(page, "Connection")
      await see(
        connection.getByText(
          "Marked as needing reconnection: The token was in a screenshot",
          { exact: true }
        )
      )
      await see(
        section(page, "Activity")
          .getByRole("listitem")
          .filter({ hasText: "Marked as invalid" })
          .getByText(ADMIN.email)
      )

      const offers = async () => {
        await page.getByRole("button", { name: /^More actions/ }).click()
        await see(page.getByRole("menuitem", { name: "Delete" }))
        const count = await page.getByRole("menuitem", { name: action }).count()
        await page.keyboard.press("Escape")
        return count
      }
      expect(await offers()).toBe(0)
      await page.goto(`/app/social-platforms/${await createPlatform(store)}`)
      expect(await offers()).toBe(0)
    }
  )

  scene(world, "says why a platform could not be marked", async () => {
    const { page, store } = world
    const id = await createPlatform(store, keyService("Parcels"))
    await page.goto(`/app/social-platforms/${id}`)
    await page.route("**/mark-invalid", (route) =>
      route.fulfill({ status: 500, json: { message: "The database is away." } })
    )
    await chooseAction(page, /^More actions/, "Mark as needing reconnection")
    const prompt = page.getByRole("alertdialog")
    await prompt.getByLabel("Reason").fill("It was in a screenshot.")
    await prompt.getByRole("button", { name: "Mark" }).click()
    await see(page.getByText("The database is away."))
    expect(await prompt.getByLabel("Reason").inputValue()).toBe(
      "It was in a screenshot."
    )

    await page.unroute("**/mark-invalid")
    await prompt.getByRole("button", { name: "Mark" }).click()
    await seeNoMore(prompt)
    await see(page.getByText(/enter new credentials to get it back/))
  })

  scene(
    world,
    "offers to get the first token where nobody's consent is needed",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store, {
        name: "Payments",
        provider: "paypal",
        category: "payment",
        api_config: { client_id: "the-app", client_secret: "its-secret" },
      })
      const asked: string[] = []
      // The service itself is out of reach of a test.
      await page.route(`**/social-platforms/${id}/verify`, async (route) => {
        asked.push(route.request().method())
        const { social_platform } = await store.api(
          "GET",
          `/admin/social-platforms/${id}`
        )
        await route.fulfill({
          json: {
            social_platform,
            verification: { ok: true, message: "It works." },
          },
        })
      })
      await page.goto(`/app/social-platforms/${id}`)
      const connection = section(page, "Connection")
      await see(
        connection.getByText(/^No token yet\. Your store gets one by itself/)
      )
      expect(
        await connection
          .getByRole("button", { name: "Test connection" })
          .count()
      ).toBe(0)
      await connection.getByRole("button", { name: "Get first token" }).click()
      await see(page.getByText("It works."))
      expect(asked).toEqual(["POST"])

      await store.sql(
        `update social_platform set status = 'active', token_validity = 'true',
         api_config = api_config || '{"access_token_encrypted": {"v": 2}}' where id = $1`,
        [id]
      )
      await page.reload()
      await see(connection.getByRole("button", { name: "Test connection" }))
      await seeNoMore(connection.getByText(/^No token yet/))
    }
  )

  scene(world, "pages, searches, filters and orders the list", async () => {
    const { page, store } = world
    const numbered = Array.from({ length: 21 }, (_, index) =>
      keyService(`Service ${String(index + 1).padStart(2, "0")}`)
    )
    await Promise.all([
      ...numbered.map((body) => createPlatform(store, body)),
      createPlatform(store, keyService("Parcels", { category: "shipping" })),
      createPlatform(store),
    ])

    await page.goto("/app/social-platforms?order=name")
    const rows = page.locator("tbody tr")
    await see(page.getByText("20 of 23 results"))
    await see(rows.first().getByText("Ada's sandbox"))
    await page.getByRole("button", { name: "Next" }).click()
    await see(page.getByText("23 of 23 results"))
    await see(page.getByRole("link", { name: "Service 21" }))
    expect(await rows.count()).toBe(3)
    await page.getByRole("button", { name: "Prev" }).click()
    await see(page.getByRole("link", { name: "Ada's sandbox" }))

    const search = page.getByPlaceholder("Search")
    await search.fill("parc")
    await see(page.getByText("1 of 1 results"))
    await see(page.getByRole("link", { name: "Parcels" }))
    await search.fill("nothing like it")
    await see(page.getByText("No platform matches"))
    await search.fill("")
    await see(page.getByText("20 of 23 results"))

    await page.getByRole("button", { name: "Filter" }).click()
    await page.getByRole("menuitem", { name: "Category" }).click()
    await page.getByRole("button", { name: "Shipping", exact: true }).click()
    // The filter's menu stays open, and hides the rest from screen readers.
    await see(page.getByText("1 of 1 results"))
    await see(page.getByText("Parcels"))
  })

  scene(
    world,
    "says when the list cannot be loaded, and loads it on request",
    async () => {
      const { page, store } = world
      await createPlatform(store)
      const listing = /\/admin\/social-platforms\?/
      await page.route(listing, (route) =>
        route.fulfill({
          status: 500,
          json: { message: "The database is away." },
        })
      )
      await page.goto("/app/social-platforms")
      await see(
        page.getByRole("heading", { name: "The platforms could not be loaded" })
      )
      await see(page.getByText("The database is away."))

      await page.unroute(listing)
      await page.getByRole("button", { name: "Try again" }).click()
      await see(page.getByRole("link", { name: "Ada's sandbox" }))
    }
  )

  scene(world, "shows the shape of a platform while it loads", async () => {
    const { page, store } = world
    const id = await createPlatform(store)
    let answer = () => {}
    const asked = new Promise<void>((resolve) => (answer = resolve))
    await page.route(`**/admin/social-platforms/${id}`, async (route) => {
      await asked
      await route.continue()
    })
    await page.goto(`/app/social-platforms/${id}`)
    await see(page.getByRole("status", { name: "Loading" }))
    answer()
    await see(page.getByRole("heading", { name: "Ada's sandbox", level: 1 }))
  })

  scene(
    world,
    "leads back to the list from a platform that does not exist",
    async () => {
      const { page } = world
      await page.goto("/app/social-platforms/splat_none")
      await see(page.getByRole("heading", { name: "Not found" }))
      await page.getByRole("link", { name: "All platforms" }).click()
      await see(
        page.getByRole("heading", { name: "Connect your first service" })
      )
    }
  )
}
