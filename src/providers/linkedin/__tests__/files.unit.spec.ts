import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../../../sandbox/networks/linkedin/server"
import { countRequests } from "../../../../sandbox/networks/simulator"
import { testMedia } from "../../__tests__/support/test-media"
import {
  contextFor,
  failureOf,
  film,
  jobOf,
  profile,
  work as workOn,
} from "./support/harness"

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

const createContext = (publishes_on?: string) =>
  contextFor(linkedin, publishes_on)

const work = (job = jobOf(), context = createContext()) => workOn(job, context)

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
