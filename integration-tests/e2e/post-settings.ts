import { sandbox } from "../http/support/sandbox"
import {
  accountIds,
  connectPlatform,
  createPlatform,
  createPost,
} from "./support/arrange"
import { section, see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** What a network lets a person choose for a post, drawn from its schema. */
export const postSettingsSuite = (world: World): void => {
  scene(
    world,
    "lets a person choose what the network offers, find a board by its name, and keep the choice for new posts",
    async () => {
      const { page, store } = world
      await connectPlatform(store)
      await page.goto("/app/social-posts/create")
      await page.getByLabel("Text", { exact: true }).fill("For followers")
      await page.getByLabel(/Ada's Shop/).check()
      await page.getByRole("button", { name: /^Customise for/ }).click()
      await page.getByRole("radio", { name: "Followers" }).click()
      await page.getByLabel("Content warning (optional)").fill("Wool")
      const board = page.getByRole("combobox", { name: /^Board/ })
      await board.click()
      await board.fill("gif")
      await page.getByRole("option", { name: /^Gifts/ }).click()
      await see(page.getByText("Customised"))
      await page
        .getByRole("button", { name: "Use these settings for new posts" })
        .click()
      await see(page.getByText("Saved for new posts on this account"))

      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(page.getByText("Draft saved"))
      const chosen = {
        visibility: "followers",
        content_warning: "Wool",
        board: expect.any(String),
      }
      const { social_posts } = await store.api("GET", "/admin/social-posts")
      expect(social_posts[0].publications[0].settings).toEqual(chosen)
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(
        section(page, "Publications").getByText("Published", { exact: true })
      )
      expect((await sandbox.posts())[0]).toMatchObject(chosen)

      await page.goto("/app/social-posts/create")
      await page.getByLabel(/Ada's Shop/).check()
      await page.getByRole("button", { name: /^Customise for/ }).click()
      await see(page.getByRole("radio", { name: "Followers", checked: true }))
    }
  )

  scene(
    world,
    "takes lists, numbers and settings that belong together",
    async () => {
      const { page, store } = world
      const platform = await createPlatform(store, {
        name: "Our instance",
        provider: "mastodon",
        api_config: { instance_url: "https://mastodon.example" },
      })
      await store.sql(
        `insert into social_account (id, platform_id, external_id, kind, name)
         values ('sacc_1', $1, '1', 'profile', 'Ada')`,
        [platform]
      )
      const post = await createPost(store, {
        caption: "Which colour?",
        account_ids: ["sacc_1"],
      })
      await page.goto(`/app/social-posts/${post}`)
      await page.getByRole("button", { name: "Customise" }).click()
      const drawer = page.getByRole("dialog", { name: "Customise for Ada" })
      await drawer.getByRole("combobox", { name: /^Visibility/ }).click()
      await page.getByRole("option", { name: "Unlisted" }).click()
      await drawer.getByRole("switch", { name: "Sensitive media" }).click()
      await drawer.getByRole("switch", { name: "Poll" }).click()
      const poll = drawer.getByRole("group", { name: "Poll" })
      await poll.getByLabel("Options").fill("Red, Blue")
      await drawer.getByRole("button", { name: "Save" }).click()
      await see(
        page.getByText(
          /"Poll: Duration in seconds" \(poll\.expires_in\) is missing/
        )
      )

      await poll.getByLabel("Duration in seconds").fill("86400")
      await drawer.getByRole("button", { name: "Add to Focal points" }).click()
      const focus = drawer.getByRole("group", { name: "Focal points 1" })
      await focus.getByLabel("From left to right").fill("0.5")
      await focus.getByLabel("From bottom to top").fill("-1")
      await drawer.getByRole("button", { name: "Save" }).click()
      await see(page.getByText("Saved for this account"))
      const { social_post } = await store.api(
        "GET",
        `/admin/social-posts/${post}`
      )
      expect(social_post.publications[0].settings).toEqual({
        visibility: "unlisted",
        sensitive: true,
        poll: { options: ["Red", "Blue"], expires_in: 86400 },
        focus: [{ x: 0.5, y: -1 }],
      })
    }
  )

  scene(
    world,
    "says something else on one account, in a thread of its own, and follows the post again after a reset",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      const accounts = await accountIds(store, id)
      await page.goto("/app/social-posts/create")
      await page.getByLabel("Text", { exact: true }).fill("For everybody")
      await page.getByLabel(/Ada's Shop/).check()
      await page.getByLabel(/Ada's Outlet/).check()
      const customise = page.getByRole("button", {
        name: "Customise for Ada's Outlet (Ada's sandbox)",
      })
      await customise.click()
      const own = page.getByLabel("Text for this account")
      await own.fill("x".repeat(501))
      await see(
        page.getByText(
          "The text is 501 characters; Ada's Outlet (Ada's sandbox), Feed takes up to 500."
        )
      )
      await page.getByRole("button", { name: "Reset to the post" }).click()
      await seeNoMore(page.getByText(/takes up to 500/))
      expect(await own.inputValue()).toBe("For everybody")
      await own.fill("For the outlet")
      await page.getByLabel("Language for this account").fill("de-AT")
      const language = page.getByLabel("Language (optional)")
      await language.fill("English, please")
      await see(page.getByText("Customised"))

      await page
        .getByRole("button", { name: "Add a part to the thread" })
        .click()
      await page.getByLabel("Part 2", { exact: true }).fill("And more tomorrow")
      await page
        .getByRole("button", { name: "Write other parts for this account" })
        .click()
      const ownParts = page.getByRole("group", {
        name: "Parts for this account",
      })
      const ownSecond = ownParts.getByLabel("Part 2", { exact: true })
      expect(await ownSecond.inputValue()).toBe("And more tomorrow")
      await ownSecond.fill("For the outlet alone")
      await ownParts
        .getByRole("button", { name: "Add a part to the thread" })
        .click()
      const ownThird = ownParts.getByLabel("Part 3", { exact: true })
      await ownThird.fill("x".repeat(501))
      await see(
        page.getByText(
          "Part 3 of the thread is 501 characters; Ada's Outlet (Ada's sandbox), Feed takes up to 500."
        )
      )
      await ownThird.fill("And the end of it")
      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(page.getByText("Enter a language such as en or de-AT."))
      await language.fill("en")
      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(page.getByText("Draft saved"))
      const { social_posts } = await store.api("GET", "/admin/social-posts")
      expect(social_posts[0]).toMatchObject({
        caption: "For everybody",
        language: "en",
        parts: [{ text: "And more tomorrow", delay_seconds: 0 }],
      })
      expect(
        Object.fromEntries(
          social_posts[0].publications.map(
            (one: { account_id: string; variant: unknown }) => [
              one.account_id,
              one.variant,
            ]
          )
        )
      ).toEqual({
        [accounts.page_main]: null,
        [accounts.page_outlet]: {
          caption: "For the outlet",
          language: "de-AT",
          parts: [
            { text: "For the outlet alone", delay_seconds: 0 },
            { text: "And the end of it", delay_seconds: 0 },
          ],
        },
      })

      const post = section(page, "Post")
      await see(post.getByText("English (en)"))
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(post.getByText("Published", { exact: true }))
      const texts = (await sandbox.posts()).map(({ text }) => text)
      expect(texts.sort()).toEqual([
        "And more tomorrow",
        "And the end of it",
        "For everybody",
        "For the outlet",
        "For the outlet alone",
      ])

      // As if the network had refused what follows the first part.
      await store.sql(
        `update social_publication set state = 'failed', parts = jsonb_build_array(parts -> 0)
         where account_id = $1`,
        [accounts.page_outlet]
      )
      await page.reload()
      await page.getByRole("button", { name: "Customise" }).click()
      const drawer = page.getByRole("dialog", {
        name: "Customise for Ada's Outlet",
      })
      const second = drawer.getByLabel("Part 2", { exact: true })
      expect(await second.inputValue()).toBe("For the outlet alone")
      await see(drawer.getByLabel("Part 3", { exact: true }))
      expect(await drawer.getByLabel("Text for this account").count()).toBe(0)
      await second.fill("Mended")
      await drawer.getByRole("button", { name: "Save", exact: true }).click()
      await see(page.getByText("Saved for this account"))
    }
  )
}
