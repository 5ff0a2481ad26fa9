import { FLAIR_ID, USER } from "../../../../sandbox/networks/reddit/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  isServiceError,
  type TestJobOptions,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { redditProvider } from "../provider"
import { ACCOUNT, jobOf, useReddit } from "./support/reddit"

const SUBMIT = /^\/api\/submit$/

const { reddit, createContext, work } = useReddit()

let hurried: jest.SpyInstance

beforeAll(() => {
  // The contract's tests wait so long for what a service works on.
  const wait = global.setTimeout
  hurried = jest
    .spyOn(global, "setTimeout")
    .mockImplementation(((
      ...[work, ms, ...given]: Parameters<typeof setTimeout>
    ) => wait(work, ms === 200 ? 0 : ms, ...given)) as typeof setTimeout)
})
afterAll(() => hurried.mockRestore())

const LINK = {
  url: "https://shop.example.com/scarf",
  title: null,
  description: null,
  image: null,
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

const film = (own = {}) =>
  testMedia({
    name: "film.mp4",
    kind: "video",
    content_type: "video/mp4",
    poster: { media: testMedia({ name: "cover.jpg" }) },
    ...own,
  })

const photos = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    testMedia({ name: `photo-${index}.png`, alt_text: `Photo ${index + 1}` })
  )

describe("the contract", () => {
  it.each(
    contractTests(redditProvider, {
      settings: { client_id: "app", username: "ada" },
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", (_title, run) => run())

  const publishing = (job: TestJobOptions) =>
    contractTests(redditProvider, {
      credentials: { access_token: "another-token" },
      publishing: {
        job: {
          account: ACCOUNT,
          ...job,
          settings: { subreddit: "scarves", ...job.settings },
        },
        // The address is known only once the simulator runs.
        fetch: async (url, init) => {
          const { pathname, search } = new URL(url)
          const headers = new Headers(init?.headers)
          if (headers.has("authorization")) {
            headers.set(
              "authorization",
              `Bearer ${reddit.makeTokens().access_token}`
            )
            headers.set("user-agent", "web:medusa-app:1.0 (by /u/ada)")
          }
          return fetch(`${reddit.url}${pathname}${search}`, {
            ...init,
            headers,
          })
        },
      },
    })
      .filter(({ title }) => /^(?:publish|recover) /.test(title))
      .map(({ title, run }) => [title, run] as const)

  it.each(publishing({ parts: [{ text: "Hello" }, { text: "A comment" }] }))(
    "with a text post and its comment: %s",
    (_title, run) => run()
  )

  it.each(publishing({ parts: [{ text: "Hello", media: photos(1) }] }))(
    "with an image: %s",
    (_title, run) => run()
  )
})

describe("kinds of posts", () => {
  it("makes a text post, whose title is the first line and is not said twice", async () => {
    const job = jobOf()
    await work(job)
    const [post] = reddit.posts()
    expect(post).toMatchObject({
      kind: "self",
      subreddit: "scarves",
      title: "The autumn scarf",
      text: "Warm and light.",
      send_replies: true,
      nsfw: false,
      spoiler: false,
    })
    expect(job.parts[0].published).toEqual({
      external_id: `t3_${post.id}`,
      url: `${reddit.url}/r/scarves/comments/${post.id}/the_autumn_scarf/`,
    })
  })

  it("makes a link post of a link, with the product's title, or a text post on request", async () => {
    const link = { ...LINK, title: "Autumn scarf" }
    await work(jobOf({ link }))
    await work(jobOf({ link, settings: { post_as: "text", title: "Mine" } }))
    expect(reddit.posts()).toMatchObject([
      {
        kind: "link",
        url: LINK.url,
        title: "Autumn scarf",
        text: "The autumn scarf\nWarm and light.",
      },
      {
        kind: "self",
        title: "Mine",
        text: `The autumn scarf\nWarm and light.\n\n${LINK.url}`,
      },
    ])
  })

  it("makes an image post, and finds it by its file", async () => {
    const [photo] = photos(1)
    const job = jobOf({
      link: LINK,
      parts: [{ text: "Scarf", media: [photo] }],
    })
    await work(job)
    const [post] = reddit.posts()
    expect(post).toMatchObject({ kind: "image", text: LINK.url })
    expect(reddit.state.assets[0].file?.length).toBe(photo.bytes)
    expect(job.parts[0].published?.external_id).toBe(`t3_${post.id}`)
    expect(countRequests(reddit, "POST", SUBMIT)).toBe(1)
  })

  it("makes a gallery with captions", async () => {
    await work(
      jobOf({
        parts: [{ text: "Scarves", media: photos(3) }],
        settings: { captions: true, nsfw: true, spoiler: true },
      })
    )
    const [post] = reddit.posts()
    expect(post).toMatchObject({ kind: "gallery", nsfw: true, spoiler: true })
    expect(post.files.map(({ caption }) => caption)).toEqual([
      "Photo 1",
      "Photo 2",
      "Photo 3",
    ])
  })

  it("makes a video post with its cover", async () => {
    await work(jobOf({ parts: [{ text: "Film", media: [film()] }] }))
    const [post] = reddit.posts()
    const [video, cover] = reddit.state.assets
    expect(post).toMatchObject({
      kind: "video",
      files: [{ asset: video.id }],
      poster: cover.id,
    })
  })

  it("loops a video without sound on request, and nothing but a video", async () => {
    const settings = { loop: true }
    await work(jobOf({ parts: [{ text: "Film", media: [film()] }], settings }))
    await work(
      jobOf({ parts: [{ text: "Scarf", media: photos(1) }], settings })
    )
    expect(reddit.posts().map(({ kind }) => kind)).toEqual([
      "videogif",
      "image",
    ])
    expect(reddit.posts()[0].poster).toBe(reddit.state.assets[1].id)
  })

  it("wants a cover for a video, and asks for it before anything is sent", async () => {
    const bare = film({ poster: { at_ms: 1000 } })
    const error = await failureOf(
      work(jobOf({ parts: [{ text: "Film", media: [bare] }] }))
    )
    expect(error).toMatchObject({
      errorClass: "content_rejected",
      code: "cover_missing",
    })
    expect(reddit.state.assets).toEqual([])
  })

  it("posts on the account's own profile", async () => {
    await work(jobOf({ settings: { subreddit: `u/${USER.name}` } }))
    expect(reddit.posts()[0].subreddit).toBe(`u_${USER.name}`)
  })

  it("comments on the post, and says where", async () => {
    const job = jobOf({ parts: [{ text: "Hello" }, { text: "And one more" }] })
    await work(job)
    const [comment] = reddit.state.comments
    expect(comment).toMatchObject({
      parent: job.parts[0].published?.external_id,
      text: "And one more",
    })
    expect(job.parts[1].published?.url).toContain(`/${comment.id}/`)
  })

  it("cuts a long first line to a title, and keeps it whole in the text", async () => {
    const long = "scarf ".repeat(80).trim()
    await work(jobOf({ parts: [{ text: long }] }))
    const [{ title, text }] = reddit.posts()
    expect(Array.from(title).length).toBeLessThanOrEqual(300)
    expect(title).toMatch(/…$/)
    expect(text).toBe(long)
  })
})

describe("a community's demands", () => {
  it("are read before anything is sent, and name what was measured", async () => {
    const error = await failureOf(
      work(
        jobOf({
          parts: [{ text: "Free!", media: photos(1) }],
          settings: { subreddit: "r/knitting" },
        })
      )
    )
    expect(error).toMatchObject({ errorClass: "content_rejected" })
    expect(error?.message).toBe(
      'The post does not fit r/Knitting. The title has 5 characters; r/Knitting wants at least 10. r/Knitting does not take "free" in the title. r/Knitting wants a flair: choose "For sale" or "Pattern" in the settings of this account. Change it, or choose another community. Its guidelines: Say what it is made of.'
    )
    expect(reddit.state.assets).toEqual([])
    expect(countRequests(reddit, "POST", SUBMIT)).toBe(0)
  })

  it("are met with a flair", async () => {
    await work(jobOf({ settings: { subreddit: "Knitting", flair: FLAIR_ID } }))
    expect(reddit.posts()[0].flair).toBe(FLAIR_ID)
  })

  it("are looked at anew when a person has mended the post", async () => {
    const job = jobOf({ settings: { subreddit: "Knitting" } })
    await failureOf(work(job))
    expect(job.steps).toEqual({})
    reddit.state.communities[2].requirements.is_flair_required = false
    expect(await work(job)).toEqual({ state: "published" })
  })

  it.each([
    ["inner_circle", "account_restricted", "moderators have approved"],
    ["grumpy", "account_restricted", "has banned this account"],
    ["nowhere", "content_rejected", "There is no r/nowhere"],
  ])("say no to %s", async (subreddit, errorClass, words) => {
    const error = await failureOf(work(jobOf({ settings: { subreddit } })))
    expect(error?.errorClass).toBe(errorClass)
    expect(error?.message).toContain(words)
  })
})

describe("what gets lost", () => {
  it("waits for Reddit to process a file, and never sends it again", async () => {
    reddit.state.processing_ms = 3_600_000
    const job = jobOf({ parts: [{ text: "Scarf", media: photos(1) }] })
    expect(await work(job)).toEqual({
      state: "wait",
      why: "Reddit has taken the post, and processes its files",
      until: expect.any(Date),
      giveUpAt: expect.any(Date),
    })
    const lost = job.lost()
    const recover = (armed_at = lost.armed_at) =>
      redditProvider.recover?.(createContext(), { ...lost, armed_at })
    expect(await recover()).toMatchObject({ outcome: "taken" })
    expect(await recover(new Date(Date.now() - 601_000))).toEqual({
      outcome: "unknown",
    })
    reddit.state.posts[0].listed_at = 0
    expect(await recover()).toMatchObject({
      outcome: "published",
      ref: { external_id: `t3_${reddit.posts()[0].id}` },
    })
    expect(countRequests(reddit, "POST", SUBMIT)).toBe(1)
  })

  it("asks again for a post with a file whose answer got lost", async () => {
    reddit.state.processing_ms = 3_600_000
    reddit.fault({ method: "POST", path: SUBMIT, kind: "drop_reply" })
    const job = jobOf({ parts: [{ text: "Scarf", media: photos(1) }] })
    expect(await work(job)).toEqual({ state: "unknown" })
    expect(
      await redditProvider.recover?.(createContext(), job.lost())
    ).toMatchObject({ outcome: "ask_again" })
    reddit.state.posts[0].listed_at = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(reddit.posts()).toHaveLength(1)
  })

  it("takes an older post with the same title for another one", async () => {
    await work(jobOf())
    reddit.state.posts[0].created_utc -= 3600
    reddit.fault({ method: "POST", path: SUBMIT, kind: "drop_request" })
    expect(await work(jobOf())).toEqual({ state: "unknown" })
  })

  it("takes the same title in another community for another post", async () => {
    await work(jobOf({ settings: { subreddit: "askScarves" } }))
    reddit.fault({ method: "POST", path: SUBMIT, kind: "drop_request" })
    expect(await work(jobOf())).toEqual({ state: "unknown" })
  })

  it("finds a post that a moderator's program holds back meanwhile", async () => {
    reddit.fault({ method: "POST", path: SUBMIT, kind: "drop_reply" })
    const job = jobOf()
    await failureOf(redditProvider.publish!(createContext(), job))
    reddit.state.posts[0].removed_by_category = "automod_filtered"
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(reddit, "POST", SUBMIT)).toBe(1)
  })

  it("waits while the app has no requests left", async () => {
    reddit.state.allowance = { limit: 8, used: 0, reset: 120 }
    const progress = await work(jobOf())
    expect(progress).toMatchObject({
      state: "wait",
      why: expect.stringContaining("used up its requests"),
    })
    expect(reddit.posts()).toEqual([])
  })

  it("sends a file anew that Reddit's storage found too large, once it was replaced", async () => {
    reddit.state.max_file_bytes = 10
    const job = jobOf({ parts: [{ text: "Scarf", media: photos(1) }] })
    const error = await failureOf(work(job))
    expect(error).toMatchObject({
      errorClass: "content_rejected",
      code: "EntityTooLarge",
    })
    expect(error?.message).toContain("photo-0.png has 0.0 MB")
    reddit.state.max_file_bytes = 1000
    expect(await work(job)).toEqual({ state: "published" })
  })

  it("tries a storage again that is out of order", async () => {
    reddit.fault({
      method: "POST",
      path: /^\/storage$/,
      kind: "reply",
      reply: { status: 503, headers: {}, body: "" },
    })
    const job = jobOf({ parts: [{ text: "Scarf", media: photos(1) }] })
    expect((await failureOf(work(job)))?.errorClass).toBe("transient")
    expect(await work(job)).toEqual({ state: "published" })
  })
})
