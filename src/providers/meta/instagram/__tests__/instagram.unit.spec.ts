import { INSTAGRAM } from "../../../../../sandbox/networks/meta/state"
import { contractTests } from "../../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../../testing-job"
import {
  contextOf,
  image,
  refusal,
  requirePublishedOnce,
  useMeta,
  video,
} from "../../__tests__/support/meta"
import {
  INSTAGRAM_LOGIN_SCOPES,
  INSTAGRAM_SCOPES,
  instagramLoginProvider,
  instagramProvider,
} from "../provider"

const meta = useMeta()

const LOGINS = {
  instagram: {
    provider: instagramProvider,
    access: () => ({
      host: "facebook" as const,
      token: meta().makeToken("facebook", INSTAGRAM_SCOPES),
    }),
  },
  instagram_login: {
    provider: instagramLoginProvider,
    access: () => ({
      host: "instagram" as const,
      token: meta().makeToken("instagram", INSTAGRAM_LOGIN_SCOPES),
    }),
  },
}

const account = { external_id: INSTAGRAM.id, name: "Ada's shop" }

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({
    placement: "feed",
    ...options,
    account: { ...account, ...options.account },
  })

const work = (
  job: ReturnType<typeof jobOf>,
  { provider, access } = LOGINS.instagram
) => workOnTestJob(provider, contextOf(provider, meta(), access()), job)

const KINDS: Record<string, () => TestJobOptions> = {
  "an image with a first comment": () => ({
    placement: "feed",
    parts: [
      { text: "Scarves", media: [image(meta())] },
      { text: "Which colour?" },
    ],
  }),
  "a carousel": () => ({
    placement: "feed",
    parts: [{ text: "All", media: [image(meta()), video(meta())] }],
  }),
  "a reel": () => ({
    placement: "reel",
    parts: [{ text: "Knitting", media: [video(meta())] }],
  }),
  "two stories": () => ({
    placement: "story",
    parts: [
      { text: "", media: [image(meta())] },
      { text: "", media: [video(meta())] },
    ],
  }),
}

describe.each(Object.keys(LOGINS) as (keyof typeof LOGINS)[])(
  "Instagram's provider %s",
  (name) => {
    const { provider, access } = LOGINS[name]

    for (const { title, run } of contractTests(provider, {
      credentials: { access_token: "marked-token-91c4" },
    })) {
      it(title, run)
    }

    it.each(Object.keys(KINDS))(
      "publishes %s once, whatever crashes or gets lost",
      async (kind) => {
        await requirePublishedOnce(provider, meta(), access(), {
          ...KINDS[kind](),
          account,
        })
      }
    )

    it("lists the account that publishes", async () => {
      expect(
        await provider.listAccounts?.(contextOf(provider, meta(), access()))
      ).toMatchObject([
        { external_id: INSTAGRAM.id, username: INSTAGRAM.username },
      ])
    })
  }
)

describe("a post on Instagram", () => {
  it("has people, a place, collaborators, products and an alternative text", async () => {
    const tag = { file: 1, x: 0.5, y: 0.25 }
    const job = jobOf({
      parts: [
        { text: "Scarf", media: [image(meta(), { alt_text: "A scarf" })] },
      ],
      settings: {
        collaborators: ["@grace"],
        location_id: "7640348500",
        user_tags: [{ username: "grace", ...tag }],
        product_tags: [{ product_id: "3231775643511089", ...tag }],
      },
    })
    expect(await work(job)).toEqual({ state: "published" })
    const [post] = meta().posts()
    expect(post.fields).toMatchObject({
      caption: "Scarf",
      collaborators: '["grace"]',
      location_id: "7640348500",
      alt_text: "A scarf",
      user_tags: '[{"username":"grace","x":0.5,"y":0.25}]',
      product_tags: '[{"product_id":"3231775643511089","x":0.5,"y":0.25}]',
    })
    expect(job.parts[0].published).toEqual({
      external_id: post.id,
      url: `${meta().url}/posts/${post.id}`,
    })
  })

  it("tags in the middle of an image where nobody said where", async () => {
    const settings = { user_tags: [{ username: "grace" }] }
    await work(jobOf({ parts: [{ media: [image(meta())] }], settings }))
    expect(meta().posts()).toMatchObject([
      { fields: { user_tags: '[{"username":"grace","x":0.5,"y":0.5}]' } },
    ])
  })

  const tags = (file: number, count: number) =>
    Array.from({ length: count }, (_, id) => ({ product_id: `${id}`, file }))

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a tag of a file that is not there",
      { user_tags: [{ username: "grace", file: 5 }] },
      "A tag is for file 5, and the post has 2.",
    ],
    [
      "a tag in a carousel's video",
      { user_tags: [{ username: "grace", file: 2 }] },
      "no tags in a carousel's video, scarf.mp4",
    ],
    [
      "too many collaborators",
      { collaborators: ["a", "b", "c", "d"] },
      "takes 3 collaborators, and the post has 4",
    ],
    [
      "too many products in a file",
      { product_tags: tags(1, 6) },
      "takes 5 product tags in a file, and scarf.jpg has 6",
    ],
  ])("is refused with %s, before anything is made", async (_, own, words) => {
    const parts = [{ media: [image(meta()), video(meta())] }]
    const job = jobOf({ parts, settings: own })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "content_rejected",
      message: expect.stringContaining(words),
    })
    expect(meta().state.containers).toEqual([])
  })

  it("has what the platform's settings say in place of what is usual", async () => {
    const facts = {
      max_collaborators: "4",
      min_image_ratio: "0.75",
      max_story_seconds: "90",
      posts_a_day: "50",
    }
    const { limits, quotas } = instagramProvider
    expect(
      limits?.({ kind: "profile", facts }, { placement: "story", settings: {} })
        .media?.video?.seconds
    ).toEqual({ min: 3, max: 90 })
    const countOf = (own: object) =>
      (quotas as Extract<typeof quotas, (account: never) => unknown>)({
        kind: "profile",
        facts: own as never,
      })[0].count
    expect([countOf({}), countOf(facts)]).toEqual([100, 50])
    expect(countOf({ ...facts, quota_total: 25 })).toBe(25)
    const presets: unknown[] = []
    const file = image(meta())
    file.as = async (preset) => {
      presets.push(preset)
      return image(meta())
    }
    const settings = { collaborators: ["a", "b", "c", "d"] }
    const job = jobOf({
      parts: [{ media: [file] }],
      settings,
      account: { facts },
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(presets).toMatchObject([{ ratio: [0.75, 1.91] }])
  })

  it("is a JPEG between 4:5 and 1.91:1, whatever the file is", async () => {
    const presets: unknown[] = []
    const file = image(meta(), { content_type: "image/png" })
    file.as = async (preset) => {
      presets.push(preset)
      return image(meta())
    }
    await work(jobOf({ parts: [{ media: [file] }], settings: { fit: "crop" } }))
    expect(presets).toEqual([
      expect.objectContaining({
        format: "jpeg",
        max_bytes: 8_388_608,
        ratio: [0.8, 1.91],
        fit: "crop",
      }),
    ])
  })

  it("with a video is a reel, with its cover, on the profile's grid", async () => {
    meta().state.processing_ms.video = 0
    const cover = image(meta(), { name: "cover.jpg" })
    await work(
      jobOf({
        parts: [
          {
            text: "Look",
            media: [video(meta(), { poster: { media: cover } })],
          },
        ],
      })
    )
    expect(meta().posts()).toMatchObject([
      {
        kind: "reel",
        fields: {
          media_type: "REELS",
          share_to_feed: "true",
          cover_url: `${meta().url}/sample.jpg`,
        },
      },
    ])
  })

  it("waits while a video is processed, longer each time", async () => {
    meta().state.processing_ms.video = 3_600_000
    const job = jobOf({ parts: [{ media: [video(meta())] }] })
    const progress = await work(job)
    expect(progress).toMatchObject({
      state: "wait",
      why: "Instagram processes scarf.mp4",
    })
    const until = (progress as { until: Date }).until.getTime() - Date.now()
    expect(until).toBeGreaterThan(25_000)
    expect(until).toBeLessThanOrEqual(30_000)
    expect(meta().posts()).toEqual([])
  })

  it("waits when the day's posts are used up, before anything is made", async () => {
    await work(jobOf({ parts: [{ media: [image(meta())] }] }))
    meta().state.quota.instagram = 1
    expect(
      await work(jobOf({ key: "next", parts: [{ media: [image(meta())] }] }))
    ).toMatchObject({
      state: "wait",
      why: "Ada's shop has had its 1 posts of the day at Instagram",
    })
    expect(meta().state.containers).toHaveLength(1)
  })

  it("finds what a lost call has published by its container, and not the container itself", async () => {
    const job = jobOf({ parts: [{ text: "Scarf", media: [image(meta())] }] })
    meta().fault({ path: /media_publish$/, kind: "drop_reply" })
    expect(await work(job)).toEqual({ state: "published" })
    const [post] = meta().posts()
    expect(meta().posts()).toHaveLength(1)
    expect(job.parts[0].published?.external_id).toBe(post.id)
    expect(post.made_of).not.toContain(post.id)
  })

  it("says that the store cannot be reached when Instagram cannot fetch a file", async () => {
    const gone = image(meta(), {
      publicUrl: async () => `${meta().url}/gone.jpg`,
    })
    await expect(
      work(jobOf({ parts: [{ media: [gone] }] }))
    ).rejects.toMatchObject({
      errorClass: "content_rejected",
      code: "9004/2207052",
      message: expect.stringContaining("can be reached from the internet"),
    })
  })

  it("leaves Meta alone while nearly all of the app's requests are used up", async () => {
    meta().state.usage = 91
    const job = jobOf({ parts: [{ text: "Scarf", media: [image(meta())] }] })
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "The app has used 91 % of the requests that Meta allows for now",
    })
    expect(meta().state.containers).toEqual([])
    meta().state.usage = 89
    expect(await work(job)).toEqual({ state: "published" })
  })

  it("waits out what Meta calls too much", async () => {
    meta().fault({
      path: /\/media$/,
      kind: "reply",
      reply: refusal(400, 80002, undefined, {
        "x-business-use-case-usage": JSON.stringify({
          1: [{ type: "instagram", estimated_time_to_regain_access: 9 }],
        }),
      }),
    })
    const error = await work(
      jobOf({ parts: [{ media: [image(meta())] }] })
    ).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ errorClass: "rate_limited" })
    const wait = (error as { retryAt: Date }).retryAt.getTime() - Date.now()
    expect(Math.round(wait / 60_000)).toBe(9)
  })
})
