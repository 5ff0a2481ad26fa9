import { contractTests, createTestJob } from "../../../provider"
import { CREATOR } from "../../../../sandbox/networks/tiktok/state"
import { checkPost } from "../../../shared/post-rules/check"
import { tiktokProvider } from "../provider"
import { tiktokSettings } from "../settings"
import {
  contextOf,
  failureOf,
  film,
  photo,
  postOf,
  useTikTok,
  work,
} from "./support/tiktok"

const tiktok = useTikTok()

describe("the contract", () => {
  it.each(
    contractTests(tiktokProvider, {
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it.each([
    ["a video in one piece", () => film(), {}],
    ["a video that few may see", () => film(), { privacy_level: "SELF_ONLY" }],
    ["photos", () => photo(tiktok()), {}],
  ])("holds for %s", async (_, media, settings) => {
    tiktok().state.posts_left = 1000
    const file = media()
    const tests = contractTests(tiktokProvider, {
      settings: { base_url: tiktok().url },
      credentials: tiktok().makeTokens(),
      publishing: { job: postOf([file], settings) },
    }).filter(({ title }) => /^(?:publish|recover) /.test(title))
    expect(tests.length).toBeGreaterThan(5)
    for (const { run } of tests) {
      await run()
    }
  })
})

describe("an account", () => {
  it("says whose it is, with its figures", async () => {
    const context = contextOf(tiktok())
    expect(await tiktokProvider.verify!(context)).toBe(
      "The credentials belong to Ada's shop (@adasshop)."
    )
    expect(await tiktokProvider.listAccounts!(context)).toEqual([
      {
        external_id: CREATOR.open_id,
        kind: "profile",
        name: "Ada's shop",
        username: "adasshop",
        avatar_url: `${tiktok().url}/avatar.jpeg`,
        url: `${tiktok().url}/@adasshop`,
      },
    ])
    const { account } = createTestJob(postOf([]))
    expect(await tiktokProvider.fetchAccountMetrics!(context, account)).toEqual(
      [
        { name: "followers", value: 128 },
        { name: "likes", value: 4200 },
        { name: "posts", value: 0 },
      ]
    )
  })

  it("does with the scopes that the app has", async () => {
    const context = contextOf(
      tiktok(),
      tiktok().makeTokens(["user.info.basic", "video.upload"])
    )
    const { account } = createTestJob(postOf([]))
    expect(await tiktokProvider.verify!(context)).toBe(
      "The credentials belong to Ada's shop."
    )
    expect(await tiktokProvider.fetchFacts!(context, account)).toMatchObject({
      may_publish: false,
    })
    expect(await tiktokProvider.fetchAccountMetrics!(context, account)).toEqual(
      []
    )
  })

  it("tells what its posts may have, and offers that alone", async () => {
    tiktok().state.creator.is_private = true
    tiktok().state.creator.max_video_post_duration_sec = 180
    const { account } = createTestJob(postOf([]))
    const context = contextOf(tiktok())
    const facts = await tiktokProvider.fetchFacts!(context, account)
    expect(facts).toMatchObject({
      may_publish: true,
      privacy_levels: [
        "FOLLOWER_OF_CREATOR",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
      ],
      duet_off: true,
      max_video_seconds: 180,
      posts_a_day: 15,
    })
    const { privacy_levels } = tiktokProvider.lookups!
    expect(await privacy_levels.run(context, account, "")).toEqual([
      { value: "FOLLOWER_OF_CREATOR", label: "Followers" },
      {
        value: "MUTUAL_FOLLOW_FRIENDS",
        label: "Friends (followers that you follow back)",
      },
      { value: "SELF_ONLY", label: "Only you" },
    ])
    const limits = (settings: object) =>
      tiktokProvider.limits!(
        { kind: "profile", facts },
        { placement: "", settings: settings as never }
      )
    const seconds = (post_mode: string) =>
      limits({ post_mode }).media.video?.seconds?.max
    expect(seconds("direct")).toBe(180)
    expect(seconds("inbox")).toBe(600)
    expect(limits({}).settings_off).toEqual({
      allow_duet: "The account has switched duets off in TikTok's app.",
      allow_stitch: "The account has switched stitches off in TikTok's app.",
    })
  })

  it("keeps what is known of it on a day on which it may not post any more", async () => {
    tiktok().state.posts_left = 0
    const { account } = createTestJob(postOf([]))
    expect(
      await tiktokProvider.fetchFacts!(contextOf(tiktok()), {
        ...account,
        facts: { max_video_seconds: 60 },
      })
    ).toEqual({ max_video_seconds: 60 })
  })
})

describe("settings", () => {
  const problemsOf = (settings: object) =>
    tiktokSettings
      .safeParse(settings)
      .error?.issues.map(({ path }) => path.join("."))

  it("have no privacy and nothing that is allowed beforehand", () => {
    expect(problemsOf({})).toEqual(["privacy_level"])
    expect(tiktokSettings.parse({ privacy_level: "SELF_ONLY" })).toMatchObject({
      allow_comments: false,
      allow_duet: false,
      allow_stitch: false,
      your_brand: false,
      branded_content: false,
    })
    expect(problemsOf({ post_mode: "inbox" })).toBeUndefined()
  })

  it("refuse a paid partnership that nobody sees", () => {
    const partnership = { branded_content: true }
    expect(problemsOf({ ...partnership, privacy_level: "SELF_ONLY" })).toEqual([
      "privacy_level",
    ])
    expect(
      problemsOf({ ...partnership, privacy_level: "PUBLIC_TO_EVERYONE" })
    ).toBeUndefined()
    expect(
      problemsOf({ your_brand: true, privacy_level: "SELF_ONLY" })
    ).toBeUndefined()
  })
})

describe("limits", () => {
  const codesOf = (
    text: string,
    kind: "video" | "image",
    own: object = {},
    { facts = {}, settings = {} } = {}
  ) =>
    checkPost(
      {
        title: null,
        link: null,
        parts: [
          {
            text,
            media: [
              {
                ...{ id: "1", name: "file", kind, bytes: 1000 },
                content_type: kind === "video" ? "video/mp4" : "image/png",
                ...{ width: 1080, height: 1920, duration_ms: 5000 },
                ...own,
              } as never,
            ],
            delay_s: 0,
          },
        ],
      },
      tiktokProvider.limits!(
        { kind: "profile", facts },
        { placement: "", settings }
      ),
      "Ada's shop",
      null
    ).map(({ code }) => code)

  it("take a longer text with photos than with a video", () => {
    expect(codesOf("x".repeat(2200), "video")).toEqual([])
    expect(codesOf("x".repeat(2201), "video")).toEqual(["text_too_long"])
    expect(codesOf("x".repeat(4000), "image")).toEqual([])
    expect(codesOf("x".repeat(4001), "image")).toEqual(["text_too_long"])
  })

  it("take as long a text with photos as the platform says", async () => {
    const facts = await tiktokProvider.fetchFacts!(
      {
        ...contextOf(tiktok()),
        settings: { base_url: tiktok().url, max_photo_text: "2200" },
      },
      createTestJob(postOf([])).account
    )
    const text = "x".repeat(2201)
    expect(codesOf(text, "image", {}, { facts })).toEqual(["text_too_long"])
    const job = createTestJob(postOf([photo(tiktok())], {}, text))
    Object.assign(job.account, { facts })
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      message:
        "The text has 2201 characters, and TikTok takes up to 2200 with a photo. Shorten it.",
    })
  })

  it("say that a video's cover is a moment of it, and that the inbox takes none", () => {
    const inbox = { settings: { post_mode: "inbox" } }
    const coverOf = (poster_kind: string, choice = {}) =>
      codesOf("", "video", { poster_kind }, choice)
    expect(coverOf("picture")).toEqual(["media_cover_not_taken"])
    expect(coverOf("moment")).toEqual([])
    expect(coverOf("moment", inbox)).toEqual(["media_cover_not_taken"])
  })

  it("know how a video must be", () => {
    expect(codesOf("", "video", { frame_rate: 15 })).toHaveLength(1)
    expect(codesOf("", "video", { width: 320 })).toHaveLength(1)
    expect(codesOf("", "video", { duration_ms: 601_000 })).toHaveLength(1)
  })
})
