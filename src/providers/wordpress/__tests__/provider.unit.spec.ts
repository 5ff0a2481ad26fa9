import {
  startWordPress,
  type WordPressSimulator,
} from "../../../../sandbox/networks/wordpress/server"
import { PASSWORD } from "../../../../sandbox/networks/wordpress/site"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  createTestContext,
  createTestJob,
  type Destination,
  type Media,
  workOnTestJob,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { wordpressProvider } from "../provider"

const account: Destination = {
  external_id: "https://blog.example",
  kind: "blog",
  name: "The blog",
  username: "ada",
  url: null,
  facts: {},
}

const file = (name: string, content_type: string, own: Partial<Media> = {}) =>
  testMedia({
    name,
    content_type,
    kind: content_type.startsWith("video/") ? "video" : "image",
    ...own,
  })

describe("the provider for WordPress", () => {
  let blog: WordPressSimulator

  beforeAll(async () => {
    blog = await startWordPress(0)
  })
  beforeEach(() => blog.reset())
  afterAll(() => blog.close())

  const connect = (
    change: { url?: string; username?: string; password?: string } = {}
  ) =>
    createTestContext(wordpressProvider, {
      settings: {
        instance_url: change.url ?? blog.url,
        username: change.username ?? "ada",
      },
      credentials: { application_password: change.password ?? PASSWORD },
    })

  const verify = (context = connect()) => wordpressProvider.verify!(context)

  describe("keeps the contract:", () => {
    for (const { title, run } of contractTests(wordpressProvider, {
      settings: { instance_url: "https://blog.example", username: "ada" },
      credentials: { application_password: "marked-password-91c4" },
    })) {
      it(title, run)
    }
  })

  it("says whose password it is and what its user may do", async () => {
    expect(await verify()).toBe(
      "The credentials belong to Ada Lovelace at Harbour & Sons. The user may publish articles with images and videos."
    )
    expect(
      await verify(
        connect({
          username: "ben",
          password: blog.site.users[1].application_password,
        })
      )
    ).toMatch(/may not publish: articles can only be handed in/)
  })

  it.each(["/", "/wp-admin/profile.php", "/wp-json/wp/v2", "/wp-login.php"])(
    "takes the site's address with %s behind it",
    async (path) => {
      expect(await verify(connect({ url: blog.url + path }))).toMatch(/Ada/)
    }
  )

  it("finds the REST API of a site with plain permalinks", async () => {
    blog.site.plain_permalinks = true
    expect(await verify()).toMatch(/Ada/)
  })

  it.each<[string, () => void, object]>([
    [
      "the Authorization header is stripped on its way",
      () => (blog.site.strips_authorization = true),
      {
        errorClass: "config_error",
        message: expect.stringContaining("strips the Authorization header"),
      },
    ],
    [
      "the site takes no application passwords",
      () => (blog.site.application_passwords = false),
      {
        errorClass: "config_error",
        message: expect.stringContaining("takes no application passwords"),
      },
    ],
    [
      "a security plugin answers with a page",
      () => (blog.site.page_instead_of_rest = 403),
      {
        errorClass: "config_error",
        message: expect.stringContaining("security plugin or a firewall"),
      },
    ],
    [
      "a page says that all is well where the REST API should be",
      () => (blog.site.page_instead_of_rest = 200),
      { errorClass: "config_error", code: "no_rest_api" },
    ],
    [
      "the web server has a password of its own",
      () => (blog.site.page_instead_of_rest = 401),
      {
        errorClass: "config_error",
        message: expect.stringContaining("a password of its own"),
      },
    ],
    [
      "the application password was revoked",
      () => (blog.site.users[0].application_password = "another"),
      {
        errorClass: "token_invalid",
        code: "incorrect_password",
        message: expect.stringContaining("Create a new application password"),
      },
    ],
    [
      "the user is not known",
      () => (blog.site.users[0].slug = "eve"),
      { errorClass: "token_invalid", code: "invalid_username" },
    ],
  ])("tells it when %s", async (_, spoil, expected) => {
    spoil()
    await expect(verify()).rejects.toMatchObject(expected)
  })

  it("sends no password over an address without https", async () => {
    await expect(
      verify(connect({ url: "http://blog.example.com" }))
    ).rejects.toMatchObject({ code: "invalid_instance_url" })
  })

  it("lists the site as a blog, and what its user may do as facts", async () => {
    expect(await wordpressProvider.listAccounts!(connect())).toEqual([
      {
        external_id: blog.url,
        kind: "blog",
        name: "Harbour & Sons",
        username: "ada",
        avatar_url: `${blog.url}/icon.png`,
        url: blog.url,
      },
    ])
    expect(await wordpressProvider.fetchFacts!(connect(), account)).toEqual({
      can_publish: true,
      can_upload: true,
      max_upload_bytes: 8 * 1024 * 1024,
    })
  })

  it("lists categories, tags and types of content to choose from", async () => {
    const { categories, tags, post_type } = wordpressProvider.lookups!
    expect(await categories.run(connect(), account, "")).toEqual([
      { value: "2", label: "News & more", hint: "7 articles" },
      { value: "1", label: "Uncategorized", hint: "3 articles" },
      { value: "3", label: "Care guides" },
    ])
    expect(await tags.run(connect(), account, "lin")).toEqual([
      { value: "12", label: "linen", hint: "1 article" },
    ])
    expect(await post_type.run(connect(), account, "")).toEqual([
      { value: "posts", label: "Posts" },
      { value: "pages", label: "Pages" },
    ])
  })

  it("publishes text, images, a video and the product's button as one article", async () => {
    const job = createTestJob({
      account,
      parts: [
        {
          text: "Autumn is here\n\nSoft wool.",
          media: [
            file("Hat & scarf.jpg", "image/jpeg", { alt_text: "A wool hat" }),
            file("coat.png", "image/png"),
            file("walk.mp4", "video/mp4", {
              poster: { media: file("walk.jpg", "image/jpeg") },
            }),
          ],
        },
      ],
      link: {
        url: "https://shop.example/hat",
        title: "Wool hat",
        description: null,
        image: null,
      },
      settings: {
        categories: ["2"],
        tags: ["11", "12"],
        excerpt: "Soft and warm",
        format: "gallery",
        comment_status: "closed",
        slug: "autumn-2026",
        sticky: true,
      },
    })
    expect(await workOnTestJob(wordpressProvider, connect(), job)).toEqual({
      state: "published",
    })
    const [post] = blog.posts()
    expect(post).toMatchObject({
      title: "Autumn is here",
      categories: [2],
      tags: [11, 12],
      excerpt: "Soft and warm",
      format: "gallery",
      comment_status: "closed",
      slug: "autumn-2026",
      sticky: true,
      featured_media: blog.site.media[0].id,
    })
    expect(post.content).toContain("<p>Soft wool.</p>")
    expect(post.content).toContain(">Wool hat</a>")
    expect(
      blog.site.media.map(({ file, alt_text }) => [
        file.replace(/^\d+-/, ""),
        alt_text,
      ])
    ).toEqual([
      ["Hat-scarf.jpg", "A wool hat"],
      ["coat.png", ""],
      ["walk.jpg", ""],
      ["walk.mp4", ""],
    ])
    expect(job.parts[0].published).toEqual({
      external_id: `posts/${post.id}`,
      url: `${blog.url}/autumn-2026/`,
    })
  })

  it.each(
    [
      "step find the API",
      "step upload hat.jpg",
      "step describe hat.jpg",
      "step make a draft in posts",
      "arm 0",
      "done 0",
    ].flatMap((commit) => [
      ["before", commit] as const,
      ["after", commit] as const,
    ])
  )(
    'publishes once although the process ends %s "%s"',
    async (when, commit) => {
      const job = createTestJob({
        account,
        parts: [
          {
            text: "Once",
            media: [file("hat.jpg", "image/jpeg", { alt_text: "A hat" })],
          },
        ],
      })
      job.crash(when, commit)
      expect(await workOnTestJob(wordpressProvider, connect(), job)).toEqual({
        state: "published",
      })
      expect(blog.posts()).toHaveLength(1)
    }
  )

  it.each(["drop_reply", "drop_request"] as const)(
    "publishes once although the connection breaks (%s) at the call that publishes",
    async (kind) => {
      blog.fault({ method: "POST", path: /\/posts\/\d+$/, kind })
      const job = createTestJob({ account, parts: [{ text: "Once" }] })
      expect(await workOnTestJob(wordpressProvider, connect(), job)).toEqual({
        state: "published",
      })
      expect(blog.posts()).toHaveLength(1)
      expect(countRequests(blog, "POST", /\/posts\/\d+$/)).toBe(
        kind === "drop_reply" ? 1 : 2
      )
    }
  )

  it("says that nobody can know it when the post has gone meanwhile", async () => {
    const job = createTestJob({ account, parts: [{ text: "Gone" }] })
    job.crash("before", "done 0")
    await wordpressProvider.publish!(connect(), job).catch(() => undefined)
    blog.site.posts = []
    expect(await workOnTestJob(wordpressProvider, connect(), job)).toEqual({
      state: "unknown",
    })
  })

  it("hands an article in for review, without making it public", async () => {
    const job = createTestJob({
      account,
      parts: [{ text: "Please read" }],
      settings: { status: "pending" },
    })
    expect(
      await workOnTestJob(
        wordpressProvider,
        connect({
          username: "ben",
          password: blog.site.users[1].application_password,
        }),
        job
      )
    ).toMatchObject({
      state: "handed_over",
      url: `${blog.url}/wp-admin/post.php?post=100&action=edit`,
    })
    expect(job.log).not.toContain("arm 0")
    expect(blog.site.posts[0].status).toBe("pending")
  })

  it("refuses where the user may not publish, with nothing armed", async () => {
    const job = createTestJob({ account, parts: [{ text: "No" }] })
    await expect(
      workOnTestJob(
        wordpressProvider,
        connect({
          username: "ben",
          password: blog.site.users[1].application_password,
        }),
        job
      )
    ).rejects.toMatchObject({
      errorClass: "permission",
      code: "rest_cannot_publish",
      message: expect.stringContaining("Ask an administrator"),
    })
    expect(job.armed).toBeUndefined()
  })

  it("says that a plugin of the site's has kept the post back", async () => {
    blog.site.keeps_back = true
    const job = createTestJob({ account, parts: [{ text: "Kept" }] })
    await expect(
      workOnTestJob(wordpressProvider, connect(), job)
    ).rejects.toMatchObject({ errorClass: "permission", code: "kept_back" })
  })

  it("fills the same draft anew when the post was changed after a refusal", async () => {
    const first = createTestJob({ account, parts: [{ text: "First" }] })
    blog.fault({
      method: "POST",
      path: /\/posts\/\d+$/,
      kind: "reply",
      reply: {
        status: 400,
        headers: {},
        body: '{"code":"empty_content","message":"No"}',
      },
    })
    await expect(
      workOnTestJob(wordpressProvider, connect(), first)
    ).rejects.toMatchObject({ errorClass: "content_rejected" })

    const changed = { ...first, parts: [{ ...first.parts[0], text: "Second" }] }
    await wordpressProvider.publish!(connect(), changed)
    expect(blog.site.posts).toMatchObject([
      { status: "publish", title: "Second" },
    ])
  })

  it("names the setting that is wrong, before anything is sent", async () => {
    const job = createTestJob({ account, settings: { slug: "Not A Slug" } })
    await expect(
      workOnTestJob(wordpressProvider, connect(), job)
    ).rejects.toMatchObject({
      errorClass: "content_rejected",
      message:
        'The setting "slug" of the publication must be of small letters, digits and hyphens. Change it.',
    })
    expect(blog.requests).toEqual([])
  })

  it("moves a post to the trash, once and again", async () => {
    const job = createTestJob({ account, settings: { post_type: "pages" } })
    await workOnTestJob(wordpressProvider, connect(), job)
    const ref = job.parts[0].published!
    const state = () =>
      wordpressProvider.fetchPostState!(connect(), account, ref)
    expect(await state()).toEqual({ state: "public", url: ref.url })
    await wordpressProvider.remove!(connect(), account, ref)
    expect(await state()).toEqual({ state: "gone" })
    expect(blog.site.posts[0]).toMatchObject({ type: "pages", status: "trash" })
    await wordpressProvider.remove!(connect(), account, ref)
  })
})
