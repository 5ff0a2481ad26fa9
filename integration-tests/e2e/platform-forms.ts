import {
  connectPlatform,
  createPlatform,
  createPost,
  accountIds,
} from "./support/arrange"
import { wideElements } from "./support/layout"
import { section, see } from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** How services are connected and platforms changed, and what is said of them. */
export const platformFormsSuite = (world: World): void => {
  const hasFocus = (label: RegExp) =>
    world.page
      .getByLabel(label)
      .evaluate((input) => input === document.activeElement)

  scene(
    world,
    "is filled in from the keyboard, from the first field to the last Enter",
    async () => {
      const { page, store } = world
      await page.goto("/app/social-platforms/create")
      await see(page.getByLabel("Search services"))
      expect(await hasFocus(/^Search services$/)).toBe(true)
      await page.keyboard.type("any service with a key")
      await page.keyboard.press("Enter")
      const name = page.getByLabel("Name", { exact: true })
      await see(name)
      expect(await hasFocus(/^Name$/)).toBe(true)
      await name.fill("Parcels")
      await page.getByLabel("API key", { exact: true }).fill("a-key-of-parcels")
      await page.keyboard.press("Enter")
      await see(page.getByRole("heading", { name: "Parcels", level: 1 }))
      expect((await store.api("GET", "/admin/social-platforms")).count).toBe(1)
    }
  )

  scene(
    world,
    "asks in the order of the service's own page, in words, and for nothing without a meaning",
    async () => {
      const { page } = world
      await page.goto("/app/social-platforms/create")
      await page
        .getByRole("button", { name: /^Any service with OAuth 2/ })
        .click()
      await see(page.getByLabel(/^Client secret/))
      const labels = await page.locator("form label").allInnerTexts()
      const place = (text: string) =>
        labels.findIndex((label) => label.startsWith(text))
      expect(place("Client secret")).toBe(place("Client ID") + 1)
      await see(page.getByText("In the header (HTTP Basic)"))
      expect(await page.getByText("client_secret_basic").count()).toBe(0)

      await page.getByRole("button", { name: "Choose another service" }).click()
      await page.getByRole("button", { name: /^Stripe/ }).click()
      await see(page.getByLabel("Name", { exact: true }))
      expect(await page.getByLabel(/^Base URL/).count()).toBe(0)
    }
  )

  scene(
    world,
    "says one true thing about a secret that is stored here and known to the application",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store, {
        api_config: { client_secret: "a-secret-of-its-own" },
      })
      await page.goto(`/app/social-platforms/${id}/edit`)
      await see(
        page.getByText(
          "This platform has its own, in place of the one of your application."
        )
      )
      await see(page.getByPlaceholder("Configured – leave empty to keep"))
      const secret = page.getByLabel(/^Client secret/).locator("../..")
      expect(await secret.innerText()).not.toContain("Already configured")
    }
  )

  scene(
    world,
    "calls nothing working that its service has not been asked about",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store, {
        name: "Parcels",
        provider: "generic",
        auth_type: "api_key",
        api_config: { api_key: "nobody-has-tried-this" },
      })
      await page.goto(`/app/social-platforms/${id}`)
      const head = section(page, "Parcels")
      await see(head.getByText("Not tested", { exact: true }))
      await page.goto("/app/social-platforms")
      await see(page.getByRole("row").getByText("Not tested", { exact: true }))
      await page.goto("/app/social-platforms/health")
      await see(page.getByText("Not all tested"))
      expect(await page.getByText("All well").count()).toBe(0)
    }
  )

  scene(
    world,
    "shows no green after a test that failed, on any page",
    async () => {
      const { page, store } = world
      await createPlatform(store, {
        name: "Parcels",
        provider: "generic",
        auth_type: "bearer",
        api_config: {
          access_token: "not-one-of-the-network",
          probe_url: `${process.env.SANDBOX_URL}/api/me`,
        },
      })
      await page.goto("/app/social-platforms")
      await page.getByRole("link", { name: "Parcels" }).click()
      const head = section(page, "Parcels")
      await see(head.getByText(/^(Reconnect needed|Does not work)$/))
      expect(await head.getByText(/^(Active|Connected|Works)$/).count()).toBe(0)
      await page.goto("/app/social-platforms/health")
      await see(page.getByText(/^(Action needed|Watch)$/))
    }
  )

  scene(
    world,
    "says that a service cannot be reached, and does not call it unasked",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store, {
        name: "Far away",
        provider: "generic",
        auth_type: "bearer",
        api_config: {
          access_token: "nobody-hears-it",
          probe_url: "https://nowhere.invalid/me",
        },
      })
      await page.goto(`/app/social-platforms/${id}`)
      const connection = section(page, "Connection")
      await see(connection.getByText("Far away cannot be reached"))
      await see(connection.getByText(/^Not tested: the service could not be /))
      expect(await connection.getByText(/^Nobody has asked/).count()).toBe(0)
    }
  )

  scene(world, "keeps its shape around a very long name", async () => {
    const { page, store } = world
    const name = "Ada ".repeat(49) + "end"
    const id = await connectPlatform(store, { name })
    const { page_main } = await accountIds(store, id)
    await createPost(store, { caption: name, account_ids: [page_main] })

    await page.goto("/app/social-platforms")
    const link = page.getByRole("link", { name, exact: true })
    await see(link)
    expect(await link.getAttribute("title")).toBe(name)
    const fits = () =>
      page.evaluate(() => {
        const table = document.querySelector("table")
        const frame = table?.parentElement
        return !frame || frame.scrollWidth <= frame.clientWidth + 1
      })
    expect(await fits()).toBe(true)
    await page.goto("/app/social-posts")
    await see(page.getByTitle(name))
    expect(await fits()).toBe(true)

    await page.goto(`/app/social-platforms/${id}`)
    const crumb = page.getByRole("list").getByTitle(name)
    await see(crumb)
    expect((await crumb.boundingBox())!.width).toBeLessThanOrEqual(240)
    expect(await wideElements(page)).toEqual([])
  })
}
