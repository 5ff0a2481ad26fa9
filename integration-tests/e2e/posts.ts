import { sandbox, sandboxUrl } from "../http/support/sandbox"
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

/** Writing, changing, scheduling, publishing and repairing posts. */
export const postsSuite = (world: World): void => {
  const mainAccount = async (): Promise<string> => {
    const id = await connectPlatform(world.store)
    return (await accountIds(world.store, id)).page_main
  }

  scene(
    world,
    "publishes nothing that a chosen service would refuse",
    async () => {
      const { page, store } = world
      await mainAccount()
      await page.goto("/app/social-posts/create")
      await page.getByLabel("Text").fill("👩‍👩‍👧".repeat(501))
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(page.getByText("Choose at least one account."))

      await page.getByLabel(/Ada's Shop/).check()
      await see(page.getByText("501 of 500 characters (Sandbox)"))
      await see(
        page.getByText(
          "The text is 501 characters; Ada's Shop (Ada's sandbox), Feed takes up to 500."
        )
      )
      await page.getByRole("button", { name: "Publish now" }).click()
      await page.waitForFunction(
        () => document.activeElement?.id === "social-post-problems"
      )
      expect(await store.sql("select id from social_post")).toEqual([])

      await page.getByLabel("Text").fill("👩‍👩‍👧".repeat(500))
      await seeNoMore(page.getByText(/takes up to 500/))
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(
        section(page, "Publications").getByText("Published", { exact: true })
      )
      expect(await sandbox.posts()).toHaveLength(1)
    }
  )

  scene(
    world,
    "offers only accounts that can be published to, and says why",
    async () => {
      const { page, store } = world
      await createPlatform(store, { name: "Not there yet" })
      const id = await connectPlatform(store, { name: "Switched off" })
      await store.api("POST", `/admin/social-platforms/${id}`, {
        status: "inactive",
      })

      await page.goto("/app/social-posts/create")
      await see(page.getByText("The platform is not connected"))
      await see(page.getByText("The platform is switched off"))
      expect(await page.getByLabel(/Ada's Shop/).isDisabled()).toBe(true)
    }
  )

  scene(
    world,
    "says what to do first where there is nothing to publish to",
    async () => {
      const { page } = world
      await page.goto("/app/social-posts/create")
      await see(page.getByText("There is nothing to publish to yet."))
      await page.getByRole("link", { name: "Connect a service" }).click()
      await page.waitForURL(/\/app\/social-platforms\/create$/)
    }
  )

  scene(
    world,
    "says why a publication failed, and publishes it on Retry",
    async () => {
      const { page, store } = world
      const post = await createPost(store, {
        caption: "Soon in your street",
        account_ids: [await mainAccount()],
      })
      await sandbox.fault({ target: "posts", kind: "error", status: 422 })

      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(page.getByText("The post was not published"))
      const publications = section(page, "Publications")
      await see(publications.getByText("Failed"))
      await see(publications.getByText("Sandbox refused the content"))
      await see(publications.getByText(/^Sandbox answered 422/))
      await see(
        publications.getByText(
          "Edit the post to fit the rules of Sandbox, then retry."
        )
      )
      expect(await sandbox.posts()).toEqual([])

      await page.getByRole("button", { name: "Retry" }).click()
      await see(publications.getByText("Published", { exact: true }))
      await see(page.getByRole("link", { name: /View post/ }))
      await seeNoMore(page.getByRole("button", { name: "Retry" }))
      expect(await sandbox.posts()).toHaveLength(1)
    }
  )

  scene(
    world,
    "waits by itself when the service asks to slow down",
    async () => {
      const { page, store } = world
      const post = await createPost(store, {
        caption: "Patience",
        account_ids: [await mainAccount()],
      })
      await sandbox.fault({
        target: "posts",
        kind: "rate_limit",
        retry_after: 3600,
      })

      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText("Waiting"))
      await see(publications.getByText(/^Next attempt /))
      await see(publications.getByText("Sandbox asks us to slow down"))
      await see(publications.getByText(/^We try again at /))
      expect(await page.getByRole("button", { name: "Retry" }).count()).toBe(0)
    }
  )

  scene(
    world,
    "lets a person say what became of a post that nobody can tell",
    async () => {
      const { page, store } = world
      const account = await mainAccount()
      const post = await createPost(store, {
        caption: "Hello?",
        parts: [{ text: "Anybody there?" }],
        account_ids: [account],
      })
      await sandbox.fault({ target: "posts", kind: "drop" })
      await sandbox.fault({ target: "lookup", kind: "error", times: 20 })

      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText("Outcome unknown"))
      await see(publications.getByText(/It is not published again by itself/))
      const [accepted] = await sandbox.posts()
      const address = `${sandboxUrl()}/posts/${accepted.id}`
      await see(publications.getByText(/whether part 1 was published/))
      const sayItWas = publications.getByRole("button", {
        name: "It was published",
      })
      await sayItWas.click()
      await see(page.getByText(/^Part 2 follows part 1/))
      await sandbox.clearFaults()
      await publications
        .getByLabel("Address of part 1, which part 2 may need to follow it")
        .fill(address)
      await sayItWas.click()
      await see(publications.getByText("Published", { exact: true }))
      const link = publications.getByRole("link", { name: /View post/ })
      expect(await link.getAttribute("href")).toBe(address)
      const posts = await sandbox.posts()
      expect(posts.map(({ text }) => text).sort()).toEqual([
        "Anybody there?",
        "Hello?",
      ])
      expect(
        posts.find(({ text }) => text === "Anybody there?")?.reply_to
      ).toBe(accepted.id)
    }
  )

  scene(
    world,
    "checks an unknown outcome with the service when asked, and posts once",
    async () => {
      const { page, store } = world
      const account = await mainAccount()
      const post = await createPost(store, {
        caption: "Once",
        account_ids: [account],
      })
      await sandbox.fault({ target: "posts", kind: "drop" })
      await sandbox.fault({ target: "lookup", kind: "error", times: 20 })

      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(page.getByText("Outcome unknown"))
      await sandbox.clearFaults()
      await page.getByRole("button", { name: "Check with Sandbox" }).click()
      await see(
        section(page, "Publications").getByText("Published", { exact: true })
      )
      expect(await sandbox.posts()).toHaveLength(1)
    }
  )

  scene(
    world,
    "offers to reconnect first where the access was withdrawn, and to retry after it",
    async () => {
      const { page, store } = world
      const post = await createPost(store, {
        caption: "Back soon",
        account_ids: [await mainAccount()],
      })
      await sandbox.revokeGrants()
      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText(/^Ada.* withdrew the access$/))
      const reconnect = section(page, "Post").getByRole("link", {
        name: "Reconnect Ada's sandbox",
      })
      await reconnect.click()
      await page.waitForURL(/\/app\/social-platforms\/[^/]+$/)
      await page.getByRole("button", { name: "Reconnect" }).click()
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(/\/app\/social-platforms\/[^/]+$/)

      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Retry" }).click()
      await see(publications.getByText("Published", { exact: true }))
      expect(await reconnect.count()).toBe(0)
      expect(await sandbox.posts()).toHaveLength(1)
    }
  )

  scene(
    world,
    "repairs a post on the account where it failed, while it is out on another",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      const accounts = await accountIds(store, id)
      const post = await createPost(store, {
        caption: "Half of it",
        account_ids: [accounts.page_main, accounts.page_outlet],
      })
      await sandbox.fault({ target: "posts", kind: "error", status: 422 })
      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText("Failed"))
      await publications.getByRole("button", { name: "Customise" }).click()
      const drawer = page.getByRole("dialog", { name: /^Customise for/ })
      await drawer.getByLabel("Text for this account").fill("The other half")
      await drawer.getByRole("button", { name: "Save and retry" }).click()
      await seeNoMore(publications.getByText("Failed"))
      await see(publications.getByText("Published", { exact: true }).nth(1))
      expect((await sandbox.posts()).map(({ text }) => text).sort()).toEqual([
        "Half of it",
        "The other half",
      ])
    }
  )

  scene(world, "says why a post cannot be edited any more", async () => {
    const { page, store } = world
    const post = await createPost(store, {
      caption: "Out",
      account_ids: [await mainAccount()],
    })
    await store.api("POST", `/admin/social-posts/${post}/publish`)
    await page.goto(`/app/social-posts/${post}`)
    await page.getByRole("button", { name: /^More actions/ }).click()
    await page.getByRole("menuitem", { name: "Edit" }).locator("..").hover()
    await see(
      page.getByText("It is out, or about to be: write a new post instead.")
    )
  })

  scene(world, "deletes a post only when asked twice", async () => {
    const { page, store } = world
    const post = await createPost(store, {
      caption: "Never mind",
      account_ids: [await mainAccount()],
    })
    await page.goto(`/app/social-posts/${post}`)
    await chooseAction(page, /^More actions/, "Delete")
    const prompt = page.getByRole("alertdialog", { name: "Delete this post?" })
    await prompt.getByRole("button", { name: "Cancel" }).click()
    await seeNoMore(prompt)
    expect((await store.api("GET", "/admin/social-posts")).count).toBe(1)

    await chooseAction(page, /^More actions/, "Delete")
    await prompt.getByRole("button", { name: "Delete" }).click()
    await page.waitForURL(/\/app\/social-posts$/)
    await see(page.getByText("Post deleted"))
    await see(page.getByRole("heading", { name: "Write your first post" }))
    expect((await store.api("GET", "/admin/social-posts")).count).toBe(0)
  })

  scene(world, "finds posts by text and by status", async () => {
    const { page, store } = world
    const account = await mainAccount()
    await createPost(store, {
      caption: "A draft about scarves",
      account_ids: [account],
    })
    await createPost(store, {
      caption: "A plan about gloves",
      account_ids: [account],
      scheduled_at: new Date(Date.now() + 86_400_000).toISOString(),
    })

    await page.goto("/app/social-posts")
    await see(page.getByText("2 of 2 results"))
    await page.getByPlaceholder("Search").fill("scarves")
    await see(page.getByText("1 of 1 results"))
    await see(page.getByRole("link", { name: "A draft about scarves" }))
    await page.getByPlaceholder("Search").fill("")
    await see(page.getByText("2 of 2 results"))

    await page.getByRole("button", { name: "Filter" }).click()
    await page.getByRole("menuitem", { name: "Status" }).click()
    await page.getByRole("button", { name: "Scheduled", exact: true }).click()
    // The filter's menu stays open, and hides the rest from screen readers.
    await see(page.getByText("1 of 1 results"))
    await see(page.getByText("A plan about gloves"))
  })

  scene(
    world,
    "keeps what was written when the server cannot be reached",
    async () => {
      const { page, store } = world
      await mainAccount()
      await page.goto("/app/social-posts/create")
      await page.getByLabel("Text").fill("Do not lose me")
      await page.getByLabel(/Ada's Shop/).check()
      await page.route("**/admin/social-posts", (route) => route.abort())
      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(page.getByText("The server could not be reached."))
      expect(await page.getByLabel("Text").inputValue()).toBe("Do not lose me")

      await page.unroute("**/admin/social-posts")
      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(page.getByText("Draft saved"))
      expect((await store.api("GET", "/admin/social-posts")).count).toBe(1)
    }
  )
}
