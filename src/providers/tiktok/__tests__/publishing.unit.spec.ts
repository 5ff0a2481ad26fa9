import { countRequests } from "../../../../sandbox/networks/simulator"
import { createTestJob, type Media } from "../../../provider"
import { tiktokProvider } from "../provider"
import {
  contextOf,
  failureOf,
  film,
  photo,
  postOf,
  useTikTok,
  work,
} from "./support/tiktok"

const MIB = 1024 * 1024
const PIECES = /^\/video\/$/
const LAST = { method: "PUT", path: PIECES } as const

const tiktok = useTikTok()

describe("a video", () => {
  it("goes out with what its settings say", async () => {
    const job = createTestJob(
      postOf([film(64, { poster: { at_ms: 1500 } })], {
        allow_comments: true,
        allow_stitch: true,
        your_brand: true,
        branded_content: true,
        ai_generated: true,
      })
    )
    tiktok().state.creator.stitch_disabled = true
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    const [post] = tiktok().posts()
    expect(post.info).toEqual({
      title: "The autumn scarf #scarf",
      privacy_level: "PUBLIC_TO_EVERYONE",
      disable_comment: false,
      disable_duet: true,
      disable_stitch: true,
      brand_content_toggle: true,
      brand_organic_toggle: true,
      is_aigc: true,
      video_cover_timestamp_ms: 1500,
    })
    expect(job.parts[0].published).toEqual({
      external_id: post.id,
      url: `${tiktok().url}/@adasshop/video/${post.id}`,
    })
  })

  it("is told from the account's options right before", async () => {
    tiktok().state.creator.is_private = true
    const error = await failureOf(
      work(createTestJob(postOf([film()])), contextOf(tiktok()))
    )
    expect(error).toMatchObject({
      errorClass: "content_rejected",
      message:
        "Ada's shop does not offer the privacy PUBLIC_TO_EVERYONE at TikTok. Choose one of: FOLLOWER_OF_CREATOR, MUTUAL_FOLLOW_FRIENDS, SELF_ONLY.",
    })
    tiktok().reset()
    tiktok().state.creator.max_video_post_duration_sec = 60
    const long = film(64, { duration_ms: 61_200 })
    expect(
      await failureOf(work(createTestJob(postOf([long])), contextOf(tiktok())))
    ).toMatchObject({
      message:
        "film.mp4 lasts 62 s, and Ada's shop may publish videos of up to 60 s at TikTok. Shorten it.",
    })
    expect(tiktok().state.posts).toEqual([])
  })

  it("says what to do before TikTok's audit", async () => {
    tiktok().state.audited = false
    const job = createTestJob(postOf([film()]))
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining("choose the privacy SELF_ONLY"),
    })
    expect(job.log).not.toContain("arm 0")
    tiktok().state.creator.is_private = true
    expect(
      await work(
        createTestJob(postOf([film()], { privacy_level: "SELF_ONLY" })),
        contextOf(tiktok())
      )
    ).toEqual({ state: "published" })
  })

  it("goes to no other account than the post is for", async () => {
    tiktok().state.creator.open_id = "-000another"
    expect(
      await failureOf(
        work(createTestJob(postOf([film()])), contextOf(tiktok()))
      )
    ).toMatchObject({ errorClass: "config_error", code: "other_account" })
  })

  it("stays armed while TikTok works on it, and is out when that is over", async () => {
    tiktok().state.processing_ms = 60_000
    const job = createTestJob(postOf([film()]))
    expect(await work(job, contextOf(tiktok()))).toMatchObject({
      state: "wait",
      why: "TikTok processes the video",
    })
    expect([job.armed, tiktok().posts()]).toEqual([0, []])
    tiktok().state.posts[0].done_at = 0
    tiktok().state.posts[0].reviewed_at = Date.now() + 60_000
    expect(await work(job, contextOf(tiktok()))).toMatchObject({
      why: "TikTok reviews the post",
    })
    tiktok().state.posts[0].reviewed_at = 0
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(countRequests(tiktok(), "PUT", PIECES)).toBe(1)
  })

  it("that only its account sees is out without an id of its own", async () => {
    const job = createTestJob(postOf([film()], { privacy_level: "SELF_ONLY" }))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(job.parts[0].published).toEqual({
      external_id: tiktok().posts()[0].publish_id,
      url: null,
    })
  })

  it("fails with TikTok's reason, and is sent anew when somebody tries again", async () => {
    tiktok().state.fates = [{ fail_reason: "frame_rate_check_failed" }]
    const job = createTestJob(postOf([film()]))
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "content_rejected",
      message: expect.stringContaining("23 to 60 frames a second"),
    })
    expect(job.armed).toBeUndefined()
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(tiktok().posts()).toHaveLength(1)
  })
})

describe("an upload", () => {
  /** Two pieces. */
  const whole = 16 * MIB + 5

  it("goes in pieces, the last of which takes what is left", async () => {
    const job = createTestJob(postOf([film(whole)]))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(countRequests(tiktok(), "PUT", PIECES)).toBe(2)
    expect(tiktok().posts()[0].files[0].body).toHaveLength(whole)
    expect(job.shown).toEqual({
      why: "The video is sent to TikTok",
      done: 8 * MIB,
      of: whole,
    })
  })

  it("goes on where TikTok says that it is", async () => {
    const job = createTestJob(postOf([film(whole)]))
    tiktok().fault({ ...LAST, kind: "drop_reply" })
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "transient",
    })
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(countRequests(tiktok(), "PUT", PIECES)).toBe(2)
    expect(tiktok().state.posts).toHaveLength(1)
  })

  it("goes on also where TikTok does not say it", async () => {
    tiktok().state.tells_bytes = false
    const job = createTestJob(postOf([film(whole)]))
    tiktok().fault({ ...LAST, kind: "drop_request" })
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "transient",
    })
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(tiktok().state.posts).toHaveLength(1)
  })

  it.each([
    [
      "has ended",
      () => [...tiktok().state.uploads.values()][0],
      { ends_at: 0 },
    ],
  ])("is begun anew when its address %s", async (_, find, own) => {
    const job = createTestJob(postOf([film(whole)]))
    tiktok().fault({ ...LAST, kind: "drop_request" })
    await failureOf(work(job, contextOf(tiktok())))
    Object.assign(find(), own)
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "transient",
      message: expect.stringContaining("sent anew"),
    })
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(tiktok().posts()).toHaveLength(1)
  })

  it("makes one post when the answer to its last piece gets lost", async () => {
    tiktok().fault({ ...LAST, kind: "drop_reply" })
    const job = createTestJob(postOf([film()]))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(countRequests(tiktok(), "PUT", PIECES)).toBe(1)
    expect(tiktok().posts()).toHaveLength(1)
  })

  it("sends its last piece once more where TikTok has not got it", async () => {
    tiktok().fault({ ...LAST, kind: "drop_request" })
    const job = createTestJob(postOf([film()]))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(countRequests(tiktok(), "PUT", PIECES)).toBe(2)
    expect(tiktok().state.posts).toHaveLength(1)
  })

  it.each([
    ["step account", 64],
    ["save upload film.mp4 64", 64],
    [`save upload film.mp4 ${whole}`, whole],
    ["arm 0", 64],
    ["done 0", 64],
  ])("makes one post when the process ends at %s", async (commit, bytes) => {
    for (const when of ["before", "after"] as const) {
      tiktok().state.posts = []
      const job = createTestJob(postOf([film(bytes)]))
      job.crash(when, commit)
      await work(job, contextOf(tiktok()))
      expect(tiktok().posts()).toHaveLength(1)
    }
  })

  it("does not send the token to the address that it is given", async () => {
    const seen: unknown[] = []
    tiktok().intercept(async ({ request, carryOut, response }) => {
      if (PIECES.test(request.url.pathname)) {
        seen.push(request.headers.authorization)
      }
      const { status, headers, body } = await carryOut()
      response.writeHead(status, headers).end(body)
    })
    await work(createTestJob(postOf([film()])), contextOf(tiktok()))
    expect(seen).toEqual([undefined])
  })
})

describe("the inbox", () => {
  const handed = {
    state: "handed_over",
    why: expect.stringContaining("in the TikTok inbox of Ada's shop"),
  }

  it.each<[string, () => Media]>([
    ["a video", () => film()],
    ["photos", () => photo(tiktok())],
  ])("gets %s, which is not out", async (_, media) => {
    const job = createTestJob(
      postOf([media()], { post_mode: "inbox", privacy_level: undefined })
    )
    expect(await work(job, contextOf(tiktok()))).toEqual(handed)
    expect(job.armed).toBeUndefined()
    expect([tiktok().posts(), tiktok().inbox()]).toEqual([
      [],
      [expect.objectContaining({ mode: "inbox" })],
    ])
    // Looked at again, it is there, and not sent once more.
    expect(await work(job, contextOf(tiktok()))).toEqual(handed)
    expect(tiktok().state.posts).toHaveLength(1)
  })

  it("says what to do when it is full", async () => {
    tiktok().state.inbox_left = 0
    const job = createTestJob(postOf([film()], { post_mode: "inbox" }))
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "rate_limited",
      message: expect.stringContaining("Finish or delete them in the app"),
    })
  })
})

describe("what is out", () => {
  const published = async (settings: object = {}) => {
    const job = createTestJob(postOf([film()], settings))
    await work(job, contextOf(tiktok()))
    return { account: job.account, ref: job.parts[0].published! }
  }

  it("is measured", async () => {
    const { account, ref } = await published()
    expect(
      await tiktokProvider.fetchPostMetrics!(contextOf(tiktok()), account, ref)
    ).toEqual([
      { name: "views", value: 42 },
      { name: "likes", value: 7 },
      { name: "comments", value: 2 },
      { name: "shares", value: 1 },
    ])
  })

  it("is told when TikTok shows it no more", async () => {
    const { account, ref } = await published()
    const context = contextOf(tiktok())
    const stateOf = () => tiktokProvider.fetchPostState!(context, account, ref)
    expect(await stateOf()).toEqual({ state: "public", url: ref.url })
    tiktok().state.posts = []
    expect(await stateOf()).toMatchObject({
      state: "rejected",
      reason: expect.stringContaining("deleted, made private or taken down"),
    })
  })

  it("gets its address and figures once TikTok tells its id", async () => {
    const { account, ref } = await published({ privacy_level: "SELF_ONLY" })
    const context = contextOf(tiktok())
    const { fetchPostState, fetchPostMetrics } = tiktokProvider
    expect(await fetchPostState!(context, account, ref)).toEqual({
      state: "public",
    })
    expect(await fetchPostMetrics!(context, account, ref)).toEqual([])
    const [post] = tiktok().posts()
    post.info.privacy_level = "PUBLIC_TO_EVERYONE"
    expect(await fetchPostState!(context, account, ref)).toEqual({
      state: "public",
      url: `${tiktok().url}/@adasshop/video/${post.id}`,
    })
    expect(await fetchPostMetrics!(context, account, ref)).toHaveLength(4)
  })

  it.each([
    ["https://www.tiktok.com/@adasshop/video/7301234567890123457", true],
    ["https://www.tiktok.com/@adasshop/photo/7301234567890123457?x=1", true],
    ["https://www.tiktok.com/@adasshop", false],
  ])("is known by its address: %s", (url, known) => {
    const { account } = createTestJob(postOf([]))
    expect(tiktokProvider.readPermalink!(account, url)).toBe(
      known ? "7301234567890123457" : null
    )
  })
})
