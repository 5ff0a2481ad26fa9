import {
  type PinterestSimulator,
  startPinterest,
} from "../../../../sandbox/networks/pinterest/server"
import { AUTUMN, USER } from "../../../../sandbox/networks/pinterest/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  createTestContext,
  createTestJob,
  isServiceError,
  type TestJob,
  workOnTestJob,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { pinterestProvider } from "../provider"

const MEDIA = /^\/v5\/media$/
const STORAGE = /^\/storage\/$/

let pinterest: PinterestSimulator

beforeAll(async () => {
  pinterest = await startPinterest(0)
})
afterAll(() => pinterest.close())
beforeEach(() => {
  pinterest.reset()
  pinterest.state.processing_ms = 0
})

const scarf = testMedia({ name: "scarf.jpg", content_type: "image/jpeg" })

/** A post with a film. */
const createJob = (own: object = {}): TestJob =>
  createTestJob({
    account: { external_id: USER.id, kind: "profile" },
    settings: { board: AUTUMN },
    link: {
      url: "https://shop.example.com/scarf",
      title: null,
      description: null,
      image: null,
    },
    parts: [
      {
        text: "Warm and light.",
        media: [
          testMedia({
            name: "film.mp4",
            kind: "video",
            content_type: "video/mp4",
            ...own,
          }),
        ],
      },
    ],
  })

const work = (job: TestJob) =>
  workOnTestJob(
    pinterestProvider,
    createTestContext(pinterestProvider, {
      settings: { base_url: pinterest.url },
      credentials: pinterest.makeTokens(),
    }),
    job
  )

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

describe("a video", () => {
  it("is registered, sent to the storage without the token, processed, and pinned with its cover", async () => {
    pinterest.state.processing_ms = 3_600_000
    const job = createJob({ poster: { media: scarf } })
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "Pinterest processes the video",
    })
    expect(pinterest.posts()).toEqual([])
    for (const upload of pinterest.state.uploads.values()) {
      upload.processed_at = 0
    }
    expect(await work(job)).toEqual({ state: "published" })
    expect(pinterest.posts()[0]).toMatchObject({
      kind: "video",
      files: [{ content_type: "video/mp4", file: Buffer.alloc(64, 7) }],
      cover: { content_type: "image/jpeg" },
    })
    expect(countRequests(pinterest, "POST", STORAGE)).toBe(1)
    expect(JSON.stringify([job.steps, job.saved])).not.toContain("amz")
  })

  it.each([
    [null, 0],
    [{ at_ms: 2_600 }, 3],
  ])("shows the moment of its cover: %j", async (poster, seconds) => {
    expect(await work(createJob({ poster }))).toEqual({ state: "published" })
    expect(pinterest.posts()[0].cover).toBe(seconds)
  })

  it("is sent anew after Pinterest could not process it", async () => {
    pinterest.state.fates = ["failed"]
    const job = createJob()
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "content_rejected",
      message: expect.stringContaining('"film.mp4"'),
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(pinterest, "POST", MEDIA)).toBe(2)
  })

  it("is sent anew when Pinterest has it no more", async () => {
    pinterest.state.processing_ms = 3_600_000
    const job = createJob()
    await work(job)
    pinterest.state.uploads.clear()
    pinterest.state.processing_ms = 0
    expect(await failureOf(work(job))).toMatchObject({
      errorClass: "transient",
      code: "upload_gone",
    })
    expect(await work(job)).toEqual({ state: "published" })
  })

  it.each([
    [403, "AccessDenied", "transient"],
    [400, "EntityTooLarge", "content_rejected"],
  ])(
    "is refused by the storage with %i %s: %s",
    async (status, code, errorClass) => {
      pinterest.fault({
        path: STORAGE,
        kind: "reply",
        reply: {
          status,
          headers: { "content-type": "application/xml" },
          body: `<Error><Code>${code}</Code></Error>`,
        },
      })
      const job = createJob()
      expect(await failureOf(work(job))).toMatchObject({ errorClass, code })
      expect(await work(job)).toEqual({ state: "published" })
    }
  )
})
