import { sandbox, sandboxUrl } from "../http/support/sandbox"
import { accountIds, connectPlatform, createPost } from "./support/arrange"
import { section, see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** How long the job takes to look at what is due, and more, in ms. */
const PATIENCE_MS = 20_000

/** What is still to go out or waits for a person, and what becomes of it. */
export const queueSuite = (world: World): void => {
  const accounts = async () =>
    accountIds(world.store, await connectPlatform(world.store))

  const inDays = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString()

  /** Lets hours pass since a post was to go out, and the job see it. */
  const becomeOverdue = async (post: string) => {
    const { store } = world
    await store.sql(
      "update social_post set scheduled_at = now() - interval '3 hours' where id = $1",
      [post]
    )
    await store.sql(
      `update social_publication set publish_at = now() - interval '3 hours',
              next_attempt_at = now() - interval '3 hours' where post_id = $1`,
      [post]
    )
    const end = Date.now() + PATIENCE_MS
    for (;;) {
      const rows = await store.sql(
        "select state from social_publication where post_id = $1 and deleted_at is null",
        [post]
      )
      if (rows.every(({ state }) => state === "overdue")) {
        return
      }
      if (Date.now() > end) {
        throw new Error(`Nobody looks at what is due: ${JSON.stringify(rows)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  scene(
    world,
    "shows what waits for a person first, takes an account out, gives another time, and publishes late",
    async () => {
      const { page, store } = world
      const { page_main, page_outlet } = await accounts()
      await createPost(store, {
        caption: "For the holidays",
        account_ids: [page_main],
        scheduled_at: inDays(30),
      })
      const late = await createPost(store, {
        caption: "Too late",
        account_ids: [page_main, page_outlet],
        scheduled_at: inDays(60),
      })
      await becomeOverdue(late)

      await page.goto("/app/social-posts/queue")
      await see(page.getByText("2 of 2 results"))
      const rows = page.getByRole("row")
      await see(rows.nth(1).getByText("Overdue"))
      await see(rows.nth(1).getByText("Ada's Outlet, Ada's Shop"))
      await see(rows.nth(2).getByText("For the holidays"))
      await see(rows.nth(2).getByText("Scheduled"))
      await page.getByRole("link", { name: "Too late" }).click()

      const publications = section(page, "Publications")
      await see(publications.getByText(/^It was to go out .* and could not\./))
      expect(await sandbox.posts()).toEqual([])
      await publications
        .getByRole("button", { name: "Take out" })
        .first()
        .click()
      const prompt = page.getByRole("alertdialog", {
        name: "Take Ada's Outlet out of this post?",
      })
      await prompt.getByRole("button", { name: "Take out" }).click()
      await see(page.getByText("Ada's Outlet was taken out of the post"))
      await seeNoMore(publications.getByText("Ada's Outlet", { exact: true }))
      expect(
        await publications.getByRole("button", { name: "Take out" }).count()
      ).toBe(0)

      await page.getByRole("link", { name: "Choose another time" }).click()
      const drawer = page.getByRole("dialog", { name: "Choose another time" })
      const schedule = drawer.getByRole("button", {
        name: "Schedule",
        exact: true,
      })
      await schedule.click()
      await see(drawer.getByText("Choose a date and a time."))
      const year = String(new Date().getUTCFullYear() + 1)
      const parts = {
        month: "12",
        day: "24",
        year,
        hour: "9",
        minute: "30",
        AM: "A",
      }
      for (const [part, text] of Object.entries(parts)) {
        await drawer
          .getByRole("spinbutton", { name: new RegExp(`^${part}`) })
          .click()
        await page.keyboard.type(text)
      }
      await schedule.click()
      await see(page.getByText("Post scheduled"))
      await see(page.getByText("Scheduled", { exact: true }))
      const { social_post } = await store.api(
        "GET",
        `/admin/social-posts/${late}`
      )
      expect(social_post).toMatchObject({
        status: "scheduled",
        publications: [
          { account_id: page_main, publish_at: `${year}-12-24T09:30:00.000Z` },
        ],
      })

      await becomeOverdue(late)
      await page.reload()
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(publications.getByText("Published", { exact: true }))
      expect((await sandbox.posts()).map(({ text }) => text)).toEqual([
        "Too late",
      ])
    }
  )

  scene(
    world,
    "hands a post over to the network's inbox, and takes a person's word for what became of it",
    async () => {
      const { page, store } = world
      const { page_main } = await accounts()
      const post = await createPost(store, {
        caption: "To be finished there",
        publications: [{ account_id: page_main, settings: { draft: true } }],
      })
      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText("Waits in the app"))
      await see(
        publications.getByText(
          "It lies in the inbox at Sandbox, where a person publishes it."
        )
      )
      await see(publications.getByText(/^It is not public yet\. Finish it in/))
      expect(
        await publications.getByText(/There was no response/).count()
      ).toBe(0)
      const finish = publications.getByRole("link", {
        name: /^Finish it at Sandbox/,
      })
      expect(await finish.getAttribute("href")).toBe(`${sandboxUrl()}/inbox`)
      await publications
        .getByLabel(/^Address of the published post/)
        .fill("https://sandbox.example/posts/1")
      await publications
        .getByRole("button", { name: "It was published" })
        .click()
      await see(publications.getByText("Published", { exact: true }))
      await see(publications.getByRole("link", { name: /View post/ }))
    }
  )

  scene(
    world,
    "shows the figures of a post and of its account over time, comments on the post, and removes it at the network",
    async () => {
      const { page, store } = world
      const { page_main } = await accounts()
      const post = await createPost(store, {
        caption: "Seen by many",
        account_ids: [page_main],
      })
      await page.goto(`/app/social-posts/${post}`)
      expect(await section(page, "Figures").count()).toBe(0)
      await page.getByRole("button", { name: "Publish now" }).click()
      const figures = section(page, "Figures")
      await see(figures.getByText(/^The first figures come /))

      const [{ id, published_at }] = await store.sql(
        "select id, published_at from social_publication where post_id = $1",
        [post]
      )
      const told = [
        [id, "views", 40, 1],
        [id, "likes", 2, 1],
        [id, "views", 1500, 24],
        [id, "likes", 31, 24],
        [null, "followers", 900, 1],
        [null, "followers", 912, 25],
      ]
      for (const [index, [publication, name, value, hours]] of told.entries()) {
        await store.sql(
          `insert into social_metric (id, account_id, publication_id, name, value, measured_at)
           values ($1, $2, $3, $4, $5, $6::timestamptz + $7 * interval '1 hour')`,
          [
            `smet_${index}`,
            page_main,
            publication,
            name,
            value,
            published_at,
            hours,
          ]
        )
      }
      await page.reload()
      const table = figures.getByRole("region", {
        name: "Figures on Ada's Shop",
      })
      await see(table.getByRole("row", { name: "after 1 hour 40 2" }))
      await see(table.getByRole("row", { name: "after 24 hours 1,500 31" }))
      await see(figures.getByText(/^The next figures come /))

      const publications = section(page, "Publications")
      const comments = publications.getByRole("list", { name: "Comments" })
      const write = async (text: string) => {
        await publications.getByRole("button", { name: "Comment…" }).click()
        const drawer = page.getByRole("dialog", {
          name: "Comment on Ada's Shop",
        })
        const field = drawer.getByLabel("Text of the comment")
        await field.fill("x".repeat(501))
        await see(drawer.getByText("501 of 500 characters (Sandbox)"))
        await see(drawer.getByText(/takes up to 500\.$/))
        const send = drawer.getByRole("button", { name: "Send" })
        expect(await send.isDisabled()).toBe(true)
        await field.fill(text)
        await send.click()
        await seeNoMore(drawer)
      }
      await sandbox.fault({ target: "posts", kind: "error", status: 422 })
      await write("Sold out!")
      await see(comments.getByText("Sold out!"))
      await see(comments.getByText("Failed"))
      await see(
        publications.getByText("Take the comment back, and write another one.")
      )
      await comments.getByRole("button", { name: "Take back" }).click()
      await page
        .getByRole("alertdialog", { name: "Take the comment back?" })
        .getByRole("button", { name: "Take back" })
        .click()
      await seeNoMore(comments)
      await write("More tomorrow.")
      await see(comments.getByText("More tomorrow."))
      await see(comments.getByRole("link", { name: /View comment/ }))
      await see(comments.getByText("Published", { exact: true }))
      const [added, first] = await sandbox.posts()
      expect([added.text, added.reply_to]).toEqual(["More tomorrow.", first.id])

      await publications
        .getByRole("button", { name: "Remove from Sandbox" })
        .click()
      const prompt = page.getByRole("alertdialog", {
        name: "Remove the post from Sandbox?",
      })
      await prompt.getByRole("button", { name: "Cancel" }).click()
      await seeNoMore(prompt)
      expect(await sandbox.posts()).toHaveLength(2)
      await publications
        .getByRole("button", { name: "Remove from Sandbox" })
        .click()
      await prompt.getByRole("button", { name: "Remove" }).click()
      await see(publications.getByText("Removed", { exact: true }))
      await see(publications.getByText(/^Published .*, removed /))
      await seeNoMore(publications.getByRole("link", { name: /View post/ }))
      expect(await sandbox.posts()).toEqual([])

      const { social_accounts } = await store.api(
        "GET",
        `/admin/social-accounts?id=${page_main}`
      )
      await page.goto(`/app/social-platforms/${social_accounts[0].platform_id}`)
      await page.getByRole("button", { name: "Figures of Ada's Shop" }).click()
      const drawer = page.getByRole("dialog", { name: "Figures of Ada's Shop" })
      await see(drawer.getByRole("cell", { name: "900" }))
      await see(drawer.getByRole("cell", { name: "912" }))
      await page.keyboard.press("Escape")
      await seeNoMore(drawer)
      await page
        .getByRole("button", { name: "Figures of Ada's Outlet" })
        .click()
      await see(page.getByText(/^Nothing was published here yet\./))
    }
  )
}
