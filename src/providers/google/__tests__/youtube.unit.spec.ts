import {
  type GoogleSimulator,
  startGoogle,
} from "../../../../sandbox/networks/google/server"
import { CHANNEL } from "../../../../sandbox/networks/google/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  createTestContext,
  createTestJob,
  isServiceError,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { checkPost } from "../../../shared/post-rules/check"
import { testMedia } from "../../__tests__/support/test-media"
import { youtubeProvider } from "../youtube/provider"
import { youtubeSettings } from "../youtube/settings"

const MIB = 1024 * 1024
const PIECES = /^\/upload\/youtube\/v3\/videos$/
const VIDEOS = /^\/youtube\/v3\/videos$/

let google: GoogleSimulator

beforeAll(async () => {
  google = await startGoogle(0)
})
afterAll(() => google.close())
beforeEach(() => {
  google.reset()
  google.state.processing_ms = 0
})

const createContext = (
  tokens: { access_token: string } = google.makeTokens()
) =>
  createTestContext(youtubeProvider, {
    settings: { base_url: google.url, client_id: "simulated" },
    credentials: { client_secret: "secret", ...tokens },
  })

const film = (bytes = 64, own = {}) =>
  testMedia(
    { name: "film.mp4", kind: "video", content_type: "video/mp4", ...own },
    bytes
  )

const withFilm = (
  { settings, ...options }: TestJobOptions = {},
  media = film()
): TestJobOptions => ({
  account: {
    external_id: CHANNEL.id,
    kind: "channel",
    name: CHANNEL.title,
    facts: { long_uploads: true, country: "DE" },
  },
  parts: [{ text: "The autumn scarf\nWarm and light.", media: [media] }],
  settings: { made_for_kids: "no", privacy: "public", ...settings },
  ...options,
})

const work = (
  job: ReturnType<typeof createTestJob>,
  context = createContext()
) => workOnTestJob(youtubeProvider, context, job)

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

describe("the contract", () => {
  const cover = testMedia({ name: "cover.jpg", content_type: "image/jpeg" })
  it.each(
    contractTests(youtubeProvider, {
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it.each(["public", "private"])(
    "holds for a %s video with a cover and a playlist",
    async (privacy) => {
      const tests = contractTests(youtubeProvider, {
        settings: { base_url: google.url },
        credentials: google.makeTokens(),
        publishing: {
          job: withFilm(
            { settings: { privacy, playlist: "PLsimulatedAutumn" } },
            film(64, { poster: { media: cover } })
          ),
        },
      }).filter(({ title }) => /^(?:publish|recover) /.test(title))
      expect(tests.length).toBeGreaterThan(5)
      google.state.units.limit = 1_000_000
      for (const { run } of tests) {
        await run()
      }
    }
  )
})

describe("a channel", () => {
  it("says whose it is, with its figures", async () => {
    const context = createContext()
    expect(await youtubeProvider.verify!(context)).toBe(
      "The credentials belong to the channel Ada's shop (@adasshop)."
    )
    expect(await youtubeProvider.listAccounts!(context)).toEqual([
      expect.objectContaining({
        external_id: CHANNEL.id,
        kind: "channel",
        name: "Ada's shop",
        username: "adasshop",
      }),
    ])
    expect(
      await youtubeProvider.fetchAccountMetrics!(
        context,
        createTestJob(withFilm()).account
      )
    ).toEqual([
      { name: "followers", value: 128 },
      { name: "views", value: 4200 },
      { name: "posts", value: 0 },
    ])
  })

  it("says what to do where the Google account has none", async () => {
    google.state.channel = null
    const error = await failureOf(
      Promise.resolve(youtubeProvider.verify!(createContext()))
    )
    expect(error).toMatchObject({
      errorClass: "account_restricted",
      message: expect.stringContaining("Create one at youtube.com"),
    })
  })

  it("may upload long videos once its phone number is verified", async () => {
    const account = createTestJob(withFilm()).account
    const longest = async () => {
      const facts = await youtubeProvider.fetchFacts!(createContext(), account)
      const { media } = youtubeProvider.limits!(
        { kind: "channel", facts },
        { placement: "feed", settings: {} }
      )
      return media.video?.seconds?.max
    }
    expect(await longest()).toBe(43_200)
    google.state.verified = false
    expect(await longest()).toBe(900)
  })

  it.each([
    ["as Google gives it today", {}, 100],
    ["with units for an upload", { upload_units: "1600" }, 6],
    ["with fewer units", { units_a_day: "550" }, 10],
    ["with more videos", { videos_a_day: "150" }, 150],
  ])(
    "takes as many videos as its project may send: %s",
    async (_, settings, count) => {
      const { account } = createTestJob(withFilm())
      const context = createTestContext(youtubeProvider, {
        settings: { base_url: google.url, ...settings },
        credentials: google.makeTokens(),
      })
      const facts = await youtubeProvider.fetchFacts!(context, account)
      const { quotas } = youtubeProvider
      expect(
        typeof quotas === "function" && quotas({ kind: "channel", facts })
      ).toEqual([{ label: "videos a day", count, window_seconds: 86_400 }])
    }
  )

  it("offers its playlists, and the categories that videos can have", async () => {
    const { account } = createTestJob(withFilm())
    const { playlists, categories } = youtubeProvider.lookups!
    expect(await playlists.run(createContext(), account, "aut")).toEqual([
      { value: "PLsimulatedAutumn", label: "Autumn", hint: "0 videos" },
    ])
    const labels = (await categories.run(createContext(), account, "")).map(
      ({ label }) => label
    )
    expect(labels).toContain("Howto & Style")
    expect(labels).not.toContain("Movies")
  })
})

describe("settings", () => {
  it("ask whether the video is made for kids, and presume nothing", () => {
    const { success, error } = youtubeSettings.safeParse({})
    expect(success).toBe(false)
    expect(error?.issues.map(({ path }) => path[0])).toEqual(["made_for_kids"])
  })

  it("count tags as YouTube does: with commas, and quotes around words with spaces", () => {
    const fits = (tags: string[]) =>
      youtubeSettings.safeParse({ made_for_kids: "no", tags }).success
    const long = "x".repeat(249)
    expect(fits([long, `${long}x`])).toBe(true)
    expect(fits([long, `${long}xx`])).toBe(false)
    expect(fits([long, `x ${"x".repeat(246)}`])).toBe(true)
    expect(fits([long, `x ${"x".repeat(247)}`])).toBe(false)
  })
})

describe("limits", () => {
  const check = (media: object, text = "A scarf") =>
    checkPost(
      {
        title: null,
        link: null,
        parts: [{ text, media: [media as never], delay_s: 0 }],
      },
      youtubeProvider.limits!(
        { kind: "channel", facts: {} },
        { placement: "feed", settings: {} }
      ),
      "Our channel",
      null as never
    )
  const clip = {
    id: "clip",
    name: "clip.mp4",
    kind: "video",
    content_type: "video/mp4",
    bytes: 1000,
    width: 1080,
    height: 1920,
    duration_ms: 42_000,
  }

  it("warn that a short upright video becomes a Short", () => {
    expect(check(clip)).toEqual([
      expect.objectContaining({
        severity: "warning",
        code: "media_shown_as",
        message: expect.stringMatching(
          /^clip\.mp4 has an aspect ratio of .* and lasts 42 s: Our channel shows it as a Short\.$/
        ),
      }),
    ])
    expect(check({ ...clip, duration_ms: 181_000 })).toEqual([])
    expect(check({ ...clip, width: 1920, height: 1080 })).toEqual([])
  })

  it("count the description in bytes", () => {
    expect(check({ ...clip, duration_ms: null }, "é".repeat(2500))).toEqual([])
    expect(check({ ...clip, duration_ms: null }, "é".repeat(2501))).toEqual([
      expect.objectContaining({ code: "text_too_long", measured: 5002 }),
    ])
  })
})

describe("publishing", () => {
  it("sends what the post and its settings say, and shows the video at the end", async () => {
    const cover = testMedia({ name: "cover.jpg", content_type: "image/jpeg" })
    const job = createTestJob(
      withFilm(
        {
          settings: {
            title: "Autumn 2026",
            made_for_kids: "yes",
            privacy: "unlisted",
            category: "26",
            tags: ["scarf", "hand made"],
            playlist: "PLsimulatedAutumn",
            language: "de",
            notify_subscribers: false,
            synthetic_media: true,
            embeddable: false,
            license: "creativeCommon",
          },
          link: {
            url: "https://shop.example.com/scarf",
            title: "Scarf",
            description: null,
            image: null,
          },
        },
        film(64, { poster: { media: cover } })
      )
    )
    expect(await work(job)).toEqual({ state: "published" })
    const [video] = google.posts()
    expect(job.parts[0].published).toEqual({
      external_id: video.id,
      url: `${google.url}/watch?v=${video.id}`,
    })
    expect(video).toMatchObject({
      snippet: {
        title: "Autumn 2026",
        description:
          "The autumn scarf\nWarm and light.\n\nhttps://shop.example.com/scarf",
        categoryId: "26",
        tags: ["scarf", "hand made"],
        defaultLanguage: "de",
        defaultAudioLanguage: "de",
      },
      status: {
        privacyStatus: "unlisted",
        selfDeclaredMadeForKids: true,
        containsSyntheticMedia: true,
        embeddable: false,
        license: "creativeCommon",
      },
      content_type: "video/mp4",
      notified: false,
      cover: { content_type: "image/jpeg" },
    })
    expect(google.state.playlists[0].videos).toEqual([video.id])
  })

  it.each([
    ["the product's title", { title: "Scarf" }, "", "Scarf"],
    [
      "the text's first line",
      { title: null },
      "A <new> scarf\nx",
      "A ‹new› scarf",
    ],
    [
      "so much of it as fits",
      { title: null },
      `${"🧣".repeat(60)}`,
      `${"🧣".repeat(49)}…`,
    ],
  ])(
    "takes %s for a title where there is none",
    async (_, link, text, title) => {
      const job = createTestJob(
        withFilm({
          parts: [{ text, media: [film()] }],
          link: {
            url: "https://shop.example.com/scarf",
            description: null,
            image: null,
            ...link,
          },
        })
      )
      await work(job)
      expect(google.posts()[0].snippet.title).toBe(title)
    }
  )

  it("asks for a title where there is nothing to take it from", async () => {
    const job = createTestJob(
      withFilm({ parts: [{ text: " ", media: [film()] }] })
    )
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "content_rejected",
      code: "title_missing",
    })
    expect(google.requests).toEqual([])
  })

  it("keeps the video to itself until it is processed", async () => {
    google.state.processing_ms = 60_000
    const job = createTestJob(withFilm())
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "YouTube processes the video",
      done: 400,
      of: 1000,
    })
    expect(google.posts()).toEqual([])
    expect(job.log).not.toContain("arm 0")
    google.state.videos[0].processed_at = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.posts()).toHaveLength(1)
    expect(google.state.uploads.used).toBe(1)
  })

  it.each([
    [
      "failed",
      "failureReason",
      "codec",
      "content_rejected",
      /codec\. Use H\.264/,
    ],
    [
      "rejected",
      "rejectionReason",
      "duplicate",
      "content_rejected",
      /has this video already/,
    ],
    [
      "rejected",
      "rejectionReason",
      "length",
      "content_rejected",
      /youtube\.com\/verify/,
    ],
    [
      "rejected",
      "rejectionReason",
      "uploaderAccountSuspended",
      "account_restricted",
      /suspended/,
    ],
    [
      "rejected",
      "rejectionReason",
      "somethingNew",
      "content_rejected",
      /Look at YouTube Studio/,
    ],
  ])(
    "shows no video that YouTube has %s (%s %s)",
    async (uploadStatus, name, reason, errorClass, message) => {
      google.state.fates = [{ uploadStatus, [name]: reason } as never]
      const job = createTestJob(withFilm())
      expect(await failureOf(work(job))).toMatchObject({
        errorClass,
        code: reason,
        message: expect.stringMatching(message),
      })
      expect(job.log).not.toContain("arm 0")
      // Another attempt sends the file anew.
      expect(await work(job)).toEqual({ state: "published" })
      expect(google.posts()).toHaveLength(1)
    }
  )

  it("takes no video that YouTube does not list yet for a deleted one", async () => {
    const job = createTestJob(withFilm())
    const { videos } = google.state
    google.state.processing_ms = 60_000
    expect(await work(job)).toMatchObject({ state: "wait" })
    google.state.videos = []
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "YouTube processes the video",
    })
    google.state.videos = videos
    videos[0].processed_at = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.uploads.used).toBe(1)
  })

  it("says that a video was deleted on the way, and sends it anew", async () => {
    const job = createTestJob(withFilm())
    google.state.processing_ms = 60_000
    await work(job)
    google.state.videos = []
    const uploaded = Object.keys(job.saved).find((name) =>
      name.startsWith("uploaded")
    )!
    const { at } = job.saved[uploaded] as { at: number }
    await job.save(uploaded, {
      ...(job.saved[uploaded] as object),
      at: at - 121_000,
    })
    expect(await failureOf(work(job))).toMatchObject({ code: "video_deleted" })
    google.state.processing_ms = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.uploads.used).toBe(2)
  })

  it("takes a description that is full of brackets", async () => {
    const text = `${"<b>".repeat(1600)}${"x".repeat(200)}`
    const options = withFilm({ settings: { title: "A scarf" } })
    const [part] = options.parts!
    await work(createTestJob({ ...options, parts: [{ ...part, text }] }))
    const [{ snippet }] = google.posts()
    expect(Buffer.byteLength(snippet.description)).toBe(5000)
    expect(snippet.description).toContain("(b)(b)")
  })

  it("says that the project needs an audit where YouTube keeps the video private", async () => {
    google.state.audited = false
    const job = createTestJob(withFilm())
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "config_error",
      code: "locked_private",
      message: expect.stringContaining("has not passed YouTube's audit"),
    })
    expect(job.armed).toBeUndefined()
    google.state.audited = true
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.videos).toHaveLength(1)
  })

  it("sends nothing to another channel than the post is for", async () => {
    google.state.channel = { ...CHANNEL, id: "UCanother", title: "Another" }
    expect(await failureOf(work(createTestJob(withFilm())))).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining(
        'connected to the channel "Another", and the post is for "Ada\'s shop"'
      ),
    })
    expect(google.state.sessions.size).toBe(0)
  })

  it("is mended after a refusal without another upload", async () => {
    const options = withFilm({ settings: { playlist: "PLgone" } })
    const job = createTestJob(options)
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "content_rejected",
      code: "playlistNotFound/youtube.playlistItem",
      message: expect.stringContaining("Choose another playlist"),
    })
    expect(google.posts()).toEqual([])
    const mended = Object.assign(job, {
      settings: { ...options.settings, playlist: "PLsimulatedHowTo" },
    })
    expect(await work(mended)).toEqual({ state: "published" })
    expect(google.state.videos).toHaveLength(1)
    expect(google.state.playlists[1].videos).toHaveLength(1)
  })

  it("says how to get covers where the channel may not have its own", async () => {
    google.state.verified = false
    const cover = testMedia({ name: "cover.jpg", content_type: "image/jpeg" })
    const job = createTestJob(
      withFilm({}, film(64, { poster: { media: cover } }))
    )
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "account_restricted",
      code: "forbidden/youtube.thumbnail",
      message: expect.stringContaining("youtube.com/verify"),
    })
    expect(google.posts()).toEqual([])
  })
})

describe("the simulator", () => {
  it("takes no member that YouTube does not know, so that what is sent is what YouTube knows", async () => {
    const { request } = createContext()
    const sent = request("/youtube/v3/videos", {
      method: "PUT",
      json: { id: "x", snippet: { title: "x", privacyStatus: "public" } },
    })
    expect(await failureOf(sent)).toMatchObject({
      status: 400,
      message: expect.stringContaining('Unknown name "privacyStatus"'),
    })
  })
})

describe("an upload", () => {
  const LARGE = 17 * MIB
  const large = film(LARGE)
  const sentPieces = () => countRequests(google, "PUT", PIECES)

  it("goes in pieces, and says how far it is", async () => {
    const job = createTestJob(withFilm({}, large))
    await work(job)
    expect(sentPieces()).toBe(3)
    expect(google.posts()[0].file.length).toBe(LARGE)
    expect(job.shown).toEqual({
      why: "The video is sent to YouTube",
      done: 16 * MIB,
      of: LARGE,
    })
  })

  it("goes on from where YouTube says that it is", async () => {
    const job = createTestJob(withFilm({}, large))
    google.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "transient",
    })
    await work(job)
    // The lost piece, the question, and the two that were left.
    expect(sentPieces()).toBe(4)
    expect(google.posts()[0].file.equals(Buffer.alloc(LARGE, 7))).toBe(true)
  })

  it("sends what YouTube has not kept of a piece once more", async () => {
    const odd = 8 * MIB + 100
    const job = createTestJob(withFilm({}, film(odd)))
    const session = () => [...google.state.sessions.values()][0]
    google.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
    await failureOf(work(job))
    session().taken = session().taken.subarray(0, MIB)
    await work(job)
    expect(google.posts()[0].file.length).toBe(odd)
  })

  it("makes one video when the answer to its last byte gets lost", async () => {
    const job = createTestJob(withFilm())
    google.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
    await failureOf(work(job))
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.videos).toHaveLength(1)
  })

  it("finds its video among the channel's uploads when its session is over", async () => {
    const job = createTestJob(withFilm())
    google.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
    await failureOf(work(job))
    google.state.sessions.clear()
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.videos).toHaveLength(1)
  })

  it("begins anew when its session is over and there is no video", async () => {
    const job = createTestJob(withFilm({}, large))
    google.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
    await failureOf(work(job))
    google.state.sessions.clear()
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "transient",
      code: "upload_expired",
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(google.state.videos).toHaveLength(1)
  })

  it("begins anew after YouTube has refused what it was begun with", async () => {
    const job = createTestJob(withFilm())
    google.fault({
      method: "PUT",
      path: PIECES,
      kind: "reply",
      reply: {
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          error: {
            code: 400,
            message: "The metadata is invalid.",
            errors: [
              { domain: "youtube.video", reason: "invalidVideoMetadata" },
            ],
          },
        }),
      },
    })
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "content_rejected",
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(google, "POST", PIECES)).toBe(2)
  })

  it("is not begun again by a token that ends meanwhile", async () => {
    const job = createTestJob(withFilm({}, large))
    const tokens = google.makeTokens()
    const saves = job.save
    Object.assign(job, {
      save: async (...given: Parameters<typeof saves>) => {
        await saves(...given)
        if (given[2]?.done) {
          google.state.tokens.delete(tokens.access_token)
        }
      },
    })
    expect(await failureOf(work(job, createContext(tokens)))).toMatchObject({
      errorClass: "token_invalid",
      status: 401,
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(google, "POST", PIECES)).toBe(1)
  })

  it("makes one video whatever crashes, at each commit of an upload in pieces", async () => {
    const pieces = film(8 * MIB + 1)
    const whole = createTestJob(withFilm({}, pieces))
    await work(whole)
    for (const commit of new Set(whole.log)) {
      for (const when of ["before", "after"] as const) {
        google.reset()
        google.state.processing_ms = 0
        const job = createTestJob(withFilm({}, pieces))
        job.crash(when, commit)
        expect([when, commit, await work(job)]).toEqual([
          when,
          commit,
          { state: "published" },
        ])
        expect(google.posts()).toHaveLength(1)
        expect(google.state.videos).toHaveLength(1)
      }
    }
  })
})

describe("what is out", () => {
  it("is measured and removed", async () => {
    const job = createTestJob(withFilm())
    await work(job)
    const ref = job.parts[0].published!
    google.posts()[0].views = 12
    expect(
      await youtubeProvider.fetchPostMetrics!(createContext(), job.account, ref)
    ).toEqual([
      { name: "views", value: 12 },
      { name: "likes", value: 3 },
      { name: "comments", value: 1 },
    ])
    await youtubeProvider.remove!(createContext(), job.account, ref)
    expect(google.state.videos).toEqual([])
    // What is gone already is gone.
    await youtubeProvider.remove!(createContext(), job.account, ref)
    expect(countRequests(google, "DELETE", VIDEOS)).toBe(2)
  })

  it("is told when YouTube has it no more, or rejects it later", async () => {
    const job = createTestJob(withFilm())
    await work(job)
    const state = () =>
      youtubeProvider.fetchPostState!(
        createContext(),
        job.account,
        job.parts[0].published!
      )
    expect(await state()).toEqual({ state: "public" })
    google.state.videos[0].fate = {
      uploadStatus: "rejected",
      rejectionReason: "copyright",
    }
    expect(await state()).toEqual({
      state: "rejected",
      reason:
        "YouTube rejected the video, because it violates a copyright. Look at YouTube Studio.",
    })
    google.state.videos = []
    expect(await state()).toEqual({ state: "gone" })
  })

  it.each([
    ["https://www.youtube.com/watch?v=sim00000001", "sim00000001"],
    [
      "https://www.youtube.com/watch?app=desktop&v=sim00000001&t=4s",
      "sim00000001",
    ],
    ["https://youtu.be/sim00000001?si=x", "sim00000001"],
    ["https://www.youtube.com/shorts/sim00000001", "sim00000001"],
    ["https://studio.youtube.com/video/sim00000001/edit", "sim00000001"],
    ["https://www.youtube.com/@adasshop", null],
  ])("is found by its address %s", (url, id) => {
    expect(
      youtubeProvider.readPermalink!(createTestJob(withFilm()).account, url)
    ).toBe(id)
  })

  it("is unknown where a person has deleted it meanwhile", async () => {
    const job = createTestJob(withFilm())
    google.fault({ method: "PUT", path: VIDEOS, kind: "drop_reply" })
    const recovered = youtubeProvider.recover!
    await youtubeProvider.publish!(createContext(), job).catch(() => undefined)
    expect(await recovered(createContext(), job.lost())).toMatchObject({
      outcome: "published",
    })
    google.state.videos = []
    expect(await recovered(createContext(), job.lost())).toEqual({
      outcome: "unknown",
    })
  })
})
