import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { countRequests } from "../../sandbox/networks/simulator"
import {
  startWordPress,
  type WordPressSimulator,
} from "../../sandbox/networks/wordpress/server"
import { PASSWORD } from "../../sandbox/networks/wordpress/site"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost, publish, retry } from "./support/posts"

jest.setTimeout(120_000)

const PUBLISHES = /\/wp\/v2\/posts\/\d+$/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let blog: WordPressSimulator
    let pictures: PictureServer
    let account: string
    let platform: string

    const create = (change: object = {}) =>
      admin.post("/admin/social-platforms", {
        name: "The blog",
        provider: "wordpress",
        auth_type: "basic",
        api_config: {
          instance_url: blog.url,
          username: "ada",
          application_password: PASSWORD,
          ...change,
        },
      })

    const connect = async (change: object = {}) => {
      const { data } = await create(change)
      const { id } = data.social_platform
      const synced = await admin.post("/admin/socials/sync-platform-data", {
        platform_id: id,
      })
      expect(synced.status).toBe(200)
      return id as string
    }

    const choose = (settings: object) =>
      sql(
        getContainer(),
        "update social_account set default_settings = ?::jsonb where id = ?",
        [JSON.stringify(settings), account]
      )

    beforeAll(async () => {
      blog = await startWordPress(0)
      pictures = await startPictureServer()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platform = await connect()
      account = await accountOf(admin, platform, blog.url)
    })
    beforeEach(() => blog.reset())
    afterAll(async () => {
      await blog.close()
      await pictures.close()
    })

    it("says whose blog it is when the connection is tested, and keeps the password to itself", async () => {
      const { status, data } = await admin.post(
        `/admin/social-platforms/${platform}/verify`
      )
      expect(status).toBe(200)
      expect(JSON.stringify(data)).toContain(
        "The credentials belong to Ada Lovelace at Harbour & Sons."
      )
      expect(JSON.stringify(data)).not.toContain("EFGH")
    })

    it("says that the server strips the login, and does not take it for a wrong password", async () => {
      blog.site.strips_authorization = true
      const { data } = await admin.post(
        `/admin/social-platforms/${platform}/verify`
      )
      expect(JSON.stringify(data)).toContain("strips the Authorization header")
      blog.reset()
      const again = await admin.post(
        `/admin/social-platforms/${platform}/verify`
      )
      expect(JSON.stringify(again.data)).toContain("Ada Lovelace")
    })

    it("publishes an article with its image, link and settings", async () => {
      await choose({ categories: ["2"], comment_status: "closed" })
      const id = await createPost(admin, {
        account_ids: [account],
        caption: "Autumn is here\n\nSoft wool for cold days.",
        link: "https://shop.example/hat",
        media: [{ url: pictures.url, alt_text: "A wool hat" }],
      })
      const post = await publish(admin, id)
      expect(post.publications).toMatchObject([
        { state: "published", external_url: `${blog.url}/autumn-is-here/` },
      ])
      const [article] = blog.posts()
      expect(article).toMatchObject({
        title: "Autumn is here",
        categories: [2],
        comment_status: "closed",
        featured_media: blog.site.media[0].id,
      })
      expect(article.content).toContain('alt="A wool hat"')
      expect(article.content).toContain('href="https://shop.example/hat"')
      const page = await fetch(post.publications[0].external_url!)
      expect(await page.text()).toContain("Soft wool for cold days.")
    })

    it("publishes once although the response to the call that publishes is lost", async () => {
      blog.fault({ method: "POST", path: PUBLISHES, kind: "drop_reply" })
      const id = await createPost(admin, { account_ids: [account] })
      const { publications } = await publish(admin, id)
      expect(publications).toMatchObject([{ state: "published" }])
      expect(blog.posts()).toHaveLength(1)
      expect(countRequests(blog, "POST", PUBLISHES)).toBe(1)
    })

    it("shows what a user without the right has to do, and publishes once the role is changed", async () => {
      blog.site.users[0].role = "contributor"
      const id = await createPost(admin, { account_ids: [account] })
      const refused = await publish(admin, id)
      expect(refused.publications).toMatchObject([
        {
          state: "failed",
          last_error: {
            class: "permission",
            code: "rest_cannot_publish",
            message: expect.stringContaining("Ask an administrator"),
          },
        },
      ])
      blog.site.users[0].role = "author"
      const { publications } = await retry(admin, id)
      expect(publications).toMatchObject([{ state: "published" }])
      expect(blog.site.posts).toHaveLength(1)
    })

    it("waits as long as the site's limit of requests asks for", async () => {
      blog.fault({
        method: "POST",
        path: /\/wp\/v2\/posts$/,
        kind: "reply",
        reply: {
          status: 429,
          headers: { "retry-after": "120" },
          body: '{"code":"too_many_requests","message":"Slow down."}',
        },
      })
      const id = await createPost(admin, { account_ids: [account] })
      const { publications } = await publish(admin, id)
      const [{ state, next_attempt_at }] = publications
      expect(state).toBe("pending")
      expect(Date.parse(next_attempt_at!) - Date.now()).toBeGreaterThan(100_000)
      expect(blog.posts()).toEqual([])
    })

    it("hands an article over to the site's editors when it is to be reviewed", async () => {
      await choose({ status: "pending" })
      const id = await createPost(admin, { account_ids: [account] })
      const { publications } = await publish(admin, id)
      expect(publications).toMatchObject([{ state: "handed_over" }])
      expect(blog.site.posts).toMatchObject([{ status: "pending" }])
    })
  },
})
