import { sandbox } from "../http/support/sandbox"
import { accountIds, connectPlatform, createPost } from "./support/arrange"
import {
  chooseAction,
  section,
  see,
  seeNoMore,
} from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** When posts go out, and that none goes out before. */
export const schedulingSuite = (world: World): void => {
  const mainAccount = async (): Promise<string> => {
    const id = await connectPlatform(world.store)
    return (await accountIds(world.store, id)).page_main
  }

  /** Fills the segments of the date field, each as a person types it. */
  const typeDate = async (name: string, parts: Record<string, string>) => {
    const field = world.page.getByRole("group", { name })
    for (const [part, text] of Object.entries(parts)) {
      await field
        .getByRole("spinbutton", { name: new RegExp(`^${part}`) })
        .click()
      await world.page.keyboard.type(text)
    }
  }

  const inTwoMonths = () => new Date(Date.now() + 60 * 86_400_000).toISOString()

  scene(world, "keeps a draft, changes it and schedules it", async () => {
    const { page, store } = world
    await mainAccount()
    await page.goto("/app/social-posts")
    await see(page.getByRole("heading", { name: "Write your first post" }))
    await page.getByRole("link", { name: "Write a post" }).click()
    await page.getByLabel("Text").fill("Winter is comming")
    await page.getByRole("button", { name: "Save as draft" }).click()
    await see(page.getByText("Choose at least one account."))
    await page.getByLabel(/Ada's Shop/).check()
    await page.getByRole("button", { name: "Save as draft" }).click()
    await see(page.getByText("Draft saved"))
    await see(page.getByText("Draft", { exact: true }))

    await chooseAction(page, /^More actions/, "Edit")
    await page.getByLabel("Text").fill("Winter is coming")
    await page.getByLabel(/Ada's Outlet/).check()
    const year = String(new Date().getUTCFullYear() + 1)
    await typeDate("Schedule", {
      month: "12",
      day: "24",
      year,
      hour: "9",
      minute: "30",
      AM: "A",
    })
    await page.getByRole("button", { name: "Save" }).click()
    await see(page.getByText("Post saved"))
    await see(page.getByText("Scheduled", { exact: true }))
    await see(section(page, "Dates").getByText(`Dec 24, ${year}, 9:30 AM`))
    await see(section(page, "Publications").getByText("Ada's Outlet"))

    await page.getByRole("link", { name: "Social posts" }).first().click()
    await see(page.getByText(`Planned for Dec 24, ${year}`))
    const { social_posts } = await store.api("GET", "/admin/social-posts")
    expect(social_posts).toHaveLength(1)
    expect(social_posts[0].publications).toHaveLength(2)
    expect(social_posts[0]).toMatchObject({
      caption: "Winter is coming",
      status: "scheduled",
      scheduled_at: `${year}-12-24T09:30:00.000Z`,
    })
  })

  scene(
    world,
    "publishes and schedules nothing while the time is incomplete",
    async () => {
      const { page, store } = world
      await mainAccount()
      await page.goto("/app/social-posts/create")
      await page.getByLabel("Text").fill("Not before the holidays")
      await page.getByLabel(/Ada's Shop/).check()
      const year = String(new Date().getUTCFullYear() + 1)
      await typeDate("Schedule", { month: "12", day: "24", year })

      await seeNoMore(page.getByRole("button", { name: "Publish now" }))
      await page.getByRole("button", { name: "Schedule", exact: true }).click()
      await see(page.getByText("Finish the date and time, or clear them all."))
      await page.getByLabel("Text").press("Control+Enter")
      await see(page.getByText("Finish the date and time, or clear them all."))
      expect(await store.sql("select id from social_post")).toEqual([])
      expect(await sandbox.posts()).toEqual([])

      await typeDate("Schedule", { hour: "9", minute: "30", AM: "A" })
      await page.getByRole("button", { name: "Schedule", exact: true }).click()
      await see(page.getByText("Post scheduled"))
      expect(
        (await store.api("GET", "/admin/social-posts")).social_posts
      ).toMatchObject([
        { status: "scheduled", scheduled_at: `${year}-12-24T09:30:00.000Z` },
      ])
    }
  )

  scene(
    world,
    "keeps the planned time when only a part of it was cleared",
    async () => {
      const { page, store } = world
      const scheduled_at = inTwoMonths()
      const post = await createPost(store, {
        caption: "At this hour",
        account_ids: [await mainAccount()],
        scheduled_at,
      })
      await page.goto(`/app/social-posts/${post}/edit`)
      const schedule = page.getByRole("group", { name: "Schedule" })
      await schedule.getByRole("spinbutton", { name: /^hour/ }).click()
      await page.keyboard.press("Backspace")
      await page.keyboard.press("Backspace")
      await page.getByRole("button", { name: "Save" }).click()
      await see(page.getByText("Finish the date and time, or clear them all."))
      const stored = () =>
        store.api(
          "GET",
          `/admin/social-posts/${post}?fields=scheduled_at,status`
        )
      expect((await stored()).social_post).toMatchObject({
        status: "scheduled",
        scheduled_at,
      })

      await page.getByRole("button", { name: "Clear date" }).click()
      await page.getByRole("button", { name: "Save" }).click()
      await see(page.getByText("Post saved"))
      expect((await stored()).social_post).toMatchObject({
        status: "draft",
        scheduled_at: null,
      })
    }
  )

  scene(world, "asks before the keyboard publishes", async () => {
    const { page, store } = world
    await mainAccount()
    await page.goto("/app/social-posts/create")
    await page.getByLabel(/Ada's Shop/).check()
    await page.getByLabel("Text").fill("Sent by hand")
    await page.getByLabel("Text").press("Control+Enter")
    const prompt = page.getByRole("alertdialog", {
      name: "Publish this post now?",
    })
    await see(prompt.getByText("It goes out on 1 account at once."))
    await prompt.getByRole("button", { name: "Cancel" }).click()
    await seeNoMore(prompt)
    expect(await store.sql("select id from social_post")).toEqual([])

    await page.getByLabel("Text").press("Control+Enter")
    await prompt.getByRole("button", { name: "Publish now" }).click()
    await see(
      section(page, "Publications").getByText("Published", { exact: true })
    )
    expect(await sandbox.posts()).toHaveLength(1)
  })

  scene(
    world,
    "keeps a scheduled post for its time, and asks before it goes out early",
    async () => {
      const { page, store } = world
      const post = await createPost(store, {
        caption: "Patience",
        account_ids: [await mainAccount()],
        scheduled_at: inTwoMonths(),
      })
      await page.goto(`/app/social-posts/${post}`)
      await see(page.getByRole("link", { name: "Change schedule" }))
      await page.getByRole("button", { name: "Publish now" }).click()
      const prompt = page.getByRole("alertdialog", {
        name: "Publish this post now?",
      })
      await see(prompt.getByText(/^It is planned for .*\. Publish it now/))
      await prompt.getByRole("button", { name: "Keep the schedule" }).click()
      await seeNoMore(prompt)
      await see(page.getByText("Scheduled", { exact: true }))
      expect(await sandbox.posts()).toEqual([])

      await page.getByRole("button", { name: "Publish now" }).click()
      await prompt.getByRole("button", { name: "Publish now" }).click()
      await see(page.getByRole("link", { name: /View post/ }))
      expect(await sandbox.posts()).toHaveLength(1)
    }
  )

  scene(
    world,
    "shows every chosen product, also those that a search would find, and takes them out again",
    async () => {
      const { page, store } = world
      const account = await mainAccount()
      const ids: string[] = []
      try {
        for (let number = 1; number <= 12; number += 1) {
          const { product } = await store.api("POST", "/admin/products", {
            title: `Mitten ${number}`,
            options: [{ title: "Size", values: ["One"] }],
          })
          ids.push(product.id)
        }
        const post = await createPost(store, {
          caption: "Warm hands",
          account_ids: [account],
        })
        const { products } = await store.api(
          "GET",
          "/admin/products?limit=10&fields=id,title"
        )
        const shown = products.map(({ title }: { title: string }) => title)
        const late = ids
          .map((_, index) => `Mitten ${index + 1}`)
          .find((title) => !shown.includes(title)) as string

        await page.goto(`/app/social-posts/${post}/edit`)
        const search = page.getByRole("combobox", { name: /^Products/ })
        // The open list lies over the buttons below it.
        const leaveList = async () => {
          await search.press("Tab")
          await seeNoMore(page.getByRole("listbox"))
        }
        await search.click()
        await search.fill(late)
        await page.getByRole("option", { name: late, exact: true }).click()
        const chip = page
          .getByRole("button", { name: "Remove product" })
          .locator("..")
        await see(chip.getByText(late))
        await search.fill("something else")
        await page.waitForLoadState("networkidle")
        await see(chip.getByText(late))
        await leaveList()
        await page.getByRole("button", { name: "Save" }).click()
        await see(page.getByText("Post saved"))
        await see(section(page, "Products").getByText(late))

        await page.goto(`/app/social-posts/${post}/edit`)
        await see(chip.getByText(late))
        await page.getByRole("button", { name: "Remove product" }).click()
        await seeNoMore(chip)
        await leaveList()
        await page.getByRole("button", { name: "Save" }).click()
        await see(page.getByText("Post saved"))
        await see(page.getByText("No products are linked to this post."))
      } finally {
        for (const id of ids) {
          await store.api("DELETE", `/admin/products/${id}`)
        }
      }
    }
  )

  scene(world, "offers no day that has passed", async () => {
    const { page } = world
    await mainAccount()
    await page.goto("/app/social-posts/create")
    await page
      .getByRole("group", { name: "Schedule" })
      .getByRole("button")
      .first()
      .click()
    const calendar = page.getByRole("grid")
    const today = new Date()
    const day = (date: Date) =>
      calendar.getByRole("button", {
        name: new RegExp(
          `${date.toLocaleDateString("en-US", { month: "long", timeZone: "UTC" })} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
        ),
      })
    await see(day(today))
    expect(await day(today).getAttribute("aria-disabled")).toBeNull()
    const previous = page.getByRole("button", { name: "Previous" })
    const isFirstOfMonth = today.getUTCDate() === 1
    if (isFirstOfMonth) {
      expect(await previous.isDisabled()).toBe(true)
      return
    }
    const yesterday = new Date(today.getTime() - 86_400_000)
    expect(await day(yesterday).getAttribute("aria-disabled")).toBe("true")
  })
}
