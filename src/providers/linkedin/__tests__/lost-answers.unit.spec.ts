import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../../../sandbox/networks/linkedin/server"
import {
  MEMBER,
  PAGE,
  PROFILE_SCOPES,
} from "../../../../sandbox/networks/linkedin/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  createTestContext,
  createTestJob,
  isServiceError,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { linkedinProvider } from "../provider"

const POSTS = /^\/rest\/posts$/
const COMMENTS = /\/comments$/
const PIECES = /^\/dms-uploads\//

let linkedin: LinkedInSimulator

beforeAll(async () => {
  linkedin = await startLinkedIn(0)
})
afterAll(() => linkedin.close())
beforeEach(() => {
  linkedin.reset()
  linkedin.state.processing_ms = 0
})

const createContext = (publishes_on = "profile and pages") =>
  createTestContext(linkedinProvider, {
    settings: { base_url: linkedin.url, publishes_on },
    credentials: {
      access_token: linkedin.makeToken(
        publishes_on === "profile" ? PROFILE_SCOPES : undefined
      ),
    },
  })

const page = { external_id: PAGE.urn, kind: "page", name: PAGE.name }
const profile = { external_id: MEMBER.urn, kind: "profile", name: MEMBER.name }

const film = (bytes = 64, own = {}) =>
  testMedia(
    { name: "film.mp4", kind: "video", content_type: "video/mp4", ...own },
    bytes
  )

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({
    account: page,
    parts: [{ text: "The autumn scarf" }],
    ...options,
  })

const work = (job = jobOf(), context = createContext()) =>
  workOnTestJob(linkedinProvider, context, job)

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

const losePosting = (times = 1) =>
  linkedin.fault({ method: "POST", path: POSTS, kind: "drop_reply", times })

describe("a lost answer", () => {
  it.each<[string, TestJobOptions]>([
    ["a text", {}],
    [
      "an image",
      { parts: [{ text: "Scarf", media: [testMedia({ name: "scarf" })] }] },
    ],
    [
      "a link",
      {
        link: {
          url: "https://shop.example.com/a",
          title: "A",
          description: null,
          image: null,
        },
      },
    ],
    [
      "a poll",
      { settings: { poll: { question: "Which?", options: ["A", "B"] } } },
    ],
  ])("to %s of a page is found among its posts", async (_, options) => {
    // What is there already is none of it, however much alike.
    await work(
      jobOf({ ...options, parts: [{ text: "The autumn scarf, old" }] })
    )
    losePosting()
    const job = jobOf(options)
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.posts()).toHaveLength(2)
    expect(job.parts[0].published?.external_id).toBe(linkedin.posts()[1].id)
    expect(countRequests(linkedin, "POST", POSTS)).toBe(2)
  })

  it("is asked about for two minutes before a page's list counts as whole", async () => {
    linkedin.fault({ method: "POST", path: POSTS, kind: "drop_request" })
    const job = jobOf()
    expect(await work(job)).toEqual({ state: "unknown" })
    const lost = job.lost()
    const ask = (seconds: number) =>
      linkedinProvider.recover!(createContext(), {
        ...lost,
        armed_at: new Date(Date.now() - seconds * 1000),
      })
    expect(await ask(5)).toMatchObject({ outcome: "ask_again" })
    expect(await ask(119)).toMatchObject({ outcome: "ask_again" })
    expect(await ask(121)).toEqual({
      outcome: "not_published",
      because: "listing",
    })
  })

  it("of a profile is a person's to settle, and is it where LinkedIn has the post", async () => {
    losePosting()
    const job = jobOf({ account: profile })
    const context = createContext("profile")
    expect(await work(job, context)).toEqual({ state: "unknown" })
    expect(countRequests(linkedin, "POST", POSTS)).toBe(1)

    // The person says that it is not out, and has it sent again.
    job.disarm()
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(linkedin.posts()).toHaveLength(1)
    expect(job.parts[0].published?.external_id).toBe(linkedin.posts()[0].id)
  })

  it("is not taken for settled by a post of other words", async () => {
    const context = createContext("profile")
    await work(
      jobOf({ key: "another", account: profile, parts: [{ text: "Hats" }] }),
      context
    )
    linkedin.fault({ method: "POST", path: POSTS, kind: "drop_request" })
    const job = jobOf({ account: profile })
    expect(await work(job, context)).toEqual({ state: "unknown" })
    job.disarm()
    Object.assign(job.parts[0], { text: "Hats" })
    const error = await failureOf(work(job, context))
    expect(error?.errorClass).toBe("duplicate")
    expect(linkedin.posts()).toHaveLength(1)
  })

  it("is not taken for settled by a post that was deleted since", async () => {
    losePosting()
    const job = jobOf()
    const context = createContext()
    linkedin.fault({
      method: "GET",
      path: POSTS,
      kind: "reply",
      reply: { status: 403, headers: {}, body: '{"status":403}' },
    })
    expect(await work(job, context)).toEqual({ state: "unknown" })
    job.disarm()
    // LinkedIn counts what was deleted for a while.
    linkedin.fault({
      method: "POST",
      path: POSTS,
      kind: "reply",
      reply: {
        status: 422,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          message: "Content is a duplicate of urn:li:share:1",
          status: 422,
        }),
      },
    })
    const error = await failureOf(work(job, context))
    expect(error?.errorClass).toBe("duplicate")
  })

  it("to a comment is found below the post", async () => {
    linkedin.fault({ method: "POST", path: COMMENTS, kind: "drop_reply" })
    const job = jobOf({ parts: [{ text: "Post" }, { text: "Link: (here)" }] })
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.state.comments.map(({ text }) => text)).toEqual([
      "Link: (here)",
    ])
    const [comment] = linkedin.state.comments
    expect(job.parts[1].published).toEqual({
      external_id: comment.urn,
      url: expect.stringContaining("?commentUrn=urn%3Ali%3Acomment%3A%28"),
    })
  })
})

describe("a post that LinkedIn has already", () => {
  it("is refused, and says where the other one is", async () => {
    await work()
    const job = jobOf({ key: "another" })
    const error = await failureOf(work(job))
    expect(error).toMatchObject({
      errorClass: "duplicate",
      message: expect.stringContaining(
        `${linkedin.url}/feed/update/${linkedin.posts()[0].id}/. Change the text`
      ),
    })
    // Had again in vain, it is a duplicate still, and no post of its own.
    expect((await failureOf(work(job)))?.errorClass).toBe("duplicate")
    expect(linkedin.posts()).toHaveLength(1)
  })
})

describe("a video", () => {
  const withFilm = (media = film()) =>
    jobOf({ parts: [{ text: "Film", media: [media] }] })

  it("is sent in pieces, each to its own address, without the token", async () => {
    linkedin.state.piece_bytes = 30
    const cover = testMedia({ name: "cover", content_type: "image/jpeg" })
    const job = withFilm(film(64, { poster: { media: cover } }))
    expect(await work(job)).toEqual({ state: "published" })
    const [asset] = linkedin.state.assets.values()
    expect(asset.pieces.map(({ body }) => body?.length)).toEqual([30, 30, 4])
    expect(asset.cover?.length).toBe(64)
    expect(linkedin.posts()[0].content?.media?.id).toBe(asset.urn)
    expect(job.shown).toEqual({
      why: "The video is sent to LinkedIn",
      done: 64,
      of: 64,
    })
  })

  it("goes on with the piece that an attempt did not get to", async () => {
    linkedin.state.piece_bytes = 16
    linkedin.fault({
      method: "PUT",
      path: /\/2$/,
      kind: "reply",
      reply: { status: 503, headers: {}, body: "" },
    })
    const job = withFilm()
    expect((await failureOf(work(job)))?.errorClass).toBe("transient")
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.state.assets.size).toBe(1)
    expect(countRequests(linkedin, "PUT", PIECES)).toBe(5)
  })

  it("is sent anew when its addresses are no longer taken", async () => {
    linkedin.fault({
      method: "PUT",
      path: PIECES,
      kind: "reply",
      reply: { status: 403, headers: {}, body: "Expired" },
    })
    const job = withFilm()
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "transient",
      code: "upload_expired",
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.state.assets.size).toBe(2)
  })

  it("is told to be whole once, though nobody heard that LinkedIn knew", async () => {
    linkedin.fault({
      method: "POST",
      path: /^\/rest\/videos$/,
      kind: "delay",
      delay_ms: 0,
    })
    linkedin.fault({
      method: "POST",
      path: /^\/rest\/videos$/,
      kind: "drop_reply",
    })
    const job = withFilm()
    expect((await failureOf(work(job)))?.errorClass).toBe("transient")
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.state.assets.size).toBe(1)
  })

  it("is waited for, and named when LinkedIn cannot process it", async () => {
    linkedin.state.processing_ms = 60_000
    const job = withFilm()
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "LinkedIn processes the video",
    })
    const [asset] = linkedin.state.assets.values()
    asset.ready_at = 0
    asset.fate = "PROCESSING_FAILED"
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "content_rejected",
      message:
        "LinkedIn could not process film.mp4: The file format is not supported. Replace it, and publish again.",
    })
    linkedin.state.processing_ms = 0
    expect(await work(job)).toEqual({ state: "published" })
  })

  it("of a profile is given a while where LinkedIn does not tell its state", async () => {
    const image = testMedia({ name: "scarf" })
    const job = jobOf({
      account: profile,
      parts: [{ text: "Scarf", media: [image] }],
    })
    const context = createContext("profile")
    const progress = await work(job, context)
    expect(progress).toMatchObject({
      state: "wait",
      why: "LinkedIn processes the image",
    })
    // No request of the few of a day goes into asking in vain.
    expect(countRequests(linkedin, "GET", /^\/rest\//)).toBe(0)
    const later = Date.now() + 11_000
    const clock = jest.spyOn(Date, "now").mockImplementation(() => later)
    try {
      expect(await work(job, context)).toEqual({ state: "published" })
    } finally {
      clock.mockRestore()
    }
  })
})

describe("what is out", () => {
  const publishOne = async (account = page, parts = [{ text: "Post" }]) => {
    const job = jobOf({ account, parts })
    await work(job)
    return { job, refs: job.parts.map(({ published }) => published!) }
  }

  it("has figures: of a page's post, of a profile's, and of the accounts", async () => {
    const context = createContext()
    const ofPage = await publishOne()
    expect(
      await linkedinProvider.fetchPostMetrics!(
        context,
        ofPage.job.account,
        ofPage.refs[0]
      )
    ).toEqual([
      { name: "impressions", value: 420 },
      { name: "reach", value: 300 },
      { name: "clicks", value: 12 },
      { name: "likes", value: 7 },
      { name: "comments", value: 0 },
      { name: "shares", value: 1 },
    ])
    const ofProfile = await publishOne(profile, [{ text: "Mine" }])
    const figures = await linkedinProvider.fetchPostMetrics!(
      context,
      ofProfile.job.account,
      ofProfile.refs[0]
    )
    expect(figures).toContainEqual({ name: "impressions", value: 90 })
    expect(
      await linkedinProvider.fetchPostMetrics!(
        createContext("profile"),
        ofProfile.job.account,
        ofProfile.refs[0]
      )
    ).toEqual([])
    const followers = async (account: typeof ofPage.job.account) =>
      (await linkedinProvider.fetchAccountMetrics!(context, account)).find(
        ({ name }) => name === "followers"
      )?.value
    expect(await followers(ofPage.job.account)).toBe(128)
    expect(await followers(ofProfile.job.account)).toBe(64)
  })

  it("is removed, comments first, however often LinkedIn is asked", async () => {
    const context = createContext()
    const { job, refs } = await publishOne(page, [
      { text: "Post" },
      { text: "Comment" },
    ])
    const [post, comment] = refs
    await linkedinProvider.remove!(context, job.account, comment)
    expect(linkedin.state.comments).toEqual([])
    await linkedinProvider.remove!(context, job.account, post)
    await linkedinProvider.remove!(context, job.account, post)
    expect(linkedin.posts()).toEqual([])
    expect(
      await linkedinProvider.fetchPostState!(context, job.account, post)
    ).toEqual({ state: "gone" })
  })

  it.each([
    [
      "https://www.linkedin.com/feed/update/urn:li:share:12/",
      "urn:li:share:12",
    ],
    [
      "https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A12?x=1",
      "urn:li:ugcPost:12",
    ],
    [
      "https://www.linkedin.com/posts/adas-shop_scarf-activity-7123-aB1c",
      "urn:li:activity:7123",
    ],
    ["https://www.linkedin.com/company/adas-shop/", null],
  ])("is known by its address %s", (url, id) => {
    expect(linkedinProvider.readPermalink!(jobOf().account, url)).toBe(id)
  })
})
