import { drawPicture } from "./support/picture"
import { sandbox } from "../http/support/sandbox"
import { ADMIN } from "./support/admin-user"
import { newContext, section, see } from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** The first hour of a merchant, from the login to a published post. */
export const storySuite = (world: World): void => {
  scene(world, "lets the merchant in with e-mail and password", async () => {
    const { visitor, store } = world
    const context = await newContext(visitor.browser, store)
    try {
      const page = await context.newPage()
      await page.goto("/app/social-platforms")
      await page.waitForURL(/\/app\/login/)
      await page.locator("input[name=email]").fill(ADMIN.email)
      await page.locator("input[name=password]").fill(ADMIN.password)
      await page.keyboard.press("Enter")
      await page.waitForURL(/\/app\/social-platforms$/)
      await see(page.getByRole("heading", { name: "Social platforms" }))
      await see(page.getByRole("link", { name: "Social posts" }))
    } finally {
      await context.close()
    }
  })

  scene(
    world,
    "connects, publishes with an image and a link, and syncs",
    async () => {
      const { page, tab, visitor } = world

      await page.goto("/app/social-platforms")
      await see(
        page.getByRole("heading", { name: "Connect your first service" })
      )
      await page.getByRole("link", { name: "Connect a service" }).click()
      await page.getByRole("button", { name: /^Sandbox/ }).click()
      await page.getByLabel("Name").fill("Ada's network")
      await see(page.getByText(/\/oauth\/sandbox\/callback$/))
      await page.getByRole("button", { name: "Save and connect" }).click()
      await see(page.getByRole("heading", { name: /asks for access/ }))
      expect(new URL(page.url()).origin).toBe(process.env.SANDBOX_URL)
      await page.getByRole("button", { name: "Allow access" }).click()

      await page.waitForURL(/\/app\/social-platforms\/[^/]+$/)
      expect(new URL(page.url())).toMatchObject({ search: "", hash: "" })
      await see(
        section(page, "Ada's network").getByText("Works", { exact: true })
      )
      for (const account of ["Ada's Shop", "Ada's Outlet"]) {
        await see(
          page.getByRole("region", { name: "Accounts" }).getByText(account)
        )
      }
      await see(section(page, "Profile").getByText("@ada"))
      await see(section(page, "Credentials").getByText("Encrypted"))

      await page.getByRole("link", { name: "Social posts" }).click()
      await page.getByRole("link", { name: "Create", exact: true }).click()
      await page.getByLabel("Text").fill("The autumn collection is here")
      await page.getByLabel(/Ada's Shop/).check()
      await see(page.getByText("29 of 500 characters (Sandbox)"))
      await page
        .getByLabel("Files to upload")
        .setInputFiles(await drawPicture(visitor.context))
      await page.getByLabel("Alternative text for image 1").fill("A red scarf")
      await page
        .getByLabel("Link (optional)")
        .fill("https://shop.example.com/autumn")
      await page.getByRole("button", { name: "Publish now" }).click()

      await page.waitForURL(/\/app\/social-posts\/[^/]+$/)
      const published = page.getByRole("link", { name: /View post/ })
      await see(published)
      expect(await published.getAttribute("rel")).toBe("noreferrer")
      const [opened] = await Promise.all([
        visitor.context.waitForEvent("page"),
        published.click(),
      ])
      await see(opened.getByText("The autumn collection is here"))
      await see(opened.getByRole("link", { name: /shop\.example\.com/ }))
      const image = opened.getByRole("img", { name: "A red scarf" })
      await see(image)
      expect(
        await image.evaluate(
          (element) => (element as HTMLImageElement).naturalWidth
        )
      ).toBe(800)
      expect(new URL(opened.url()).origin).toBe(process.env.SANDBOX_URL)
      await opened.close()
      expect(await sandbox.posts()).toHaveLength(1)

      await page.getByRole("link", { name: "Social platforms" }).click()
      await page.getByRole("link", { name: "Ada's network" }).click()
      await page.getByRole("button", { name: "Sync" }).click()
      await see(
        page.getByText("0 new accounts, 3 updated, 0 no longer available")
      )
      await see(page.getByText(/^Last synced/))
      expect(await tab.secrets.leaks()).toEqual([])
    }
  )
}
