import { startX, type XSimulator } from "../../../../sandbox/networks/x/server"
import { countRequests } from "../../../../sandbox/networks/simulator"
import { checkPost } from "../../../shared/post-rules/check"
import { testMedia } from "../../__tests__/support/test-media"
import { createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import { linkedinProvider } from "../../linkedin/provider"
import type { SocialProvider } from "../../types"
import { xProvider } from "../provider"

let x: XSimulator

beforeAll(async () => {
  x = await startX(0)
})
beforeEach(() => {
  x.reset()
  x.state.processing_ms = 0
})
afterAll(() => x.close())

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({
    account: { external_id: "2244994945", username: "adasshop" },
    ...options,
  })

const work = (job: TestJob) =>
  workOnTestJob(
    xProvider,
    createTestContext(xProvider, {
      settings: { base_url: x.url },
      credentials: x.makeTokens(),
    }),
    job
  )

const cover = testMedia({ name: "cover" })
const film = testMedia({
  name: "film.mp4",
  kind: "video",
  content_type: "video/mp4",
  poster: { media: cover },
})

describe("a video on X", () => {
  it("is shown by its cover", async () => {
    expect(await work(jobOf({ parts: [{ media: [film] }] }))).toEqual({
      state: "published",
    })
    const [post] = x.posts()
    expect(post.media.map(({ category }) => category)).toEqual(["tweet_video"])
    expect(post.cover).toMatchObject({ category: "tweet_image" })
  })

  it("is found by itself, and not by its cover, when the answer gets lost", async () => {
    x.fault({ method: "POST", path: /^\/2\/tweets$/, kind: "drop_reply" })
    const job = jobOf({ parts: [{ text: "Look", media: [film] }] })
    expect(await work(job)).toEqual({ state: "published" })
    expect(x.posts()).toHaveLength(1)
    expect(job.parts[0].published?.external_id).toBe(x.posts()[0].id)
  })
})

describe("a content warning", () => {
  it("is said of the files of all parts, beside what they show", async () => {
    const job = jobOf({
      parts: [
        { text: "One", media: [testMedia({ alt_text: "A red scarf" })] },
        { text: "Two", media: [testMedia({ name: "b" }), testMedia()] },
      ],
      settings: { sensitive_media: "adult_content" },
    })
    expect(await work(job)).toEqual({ state: "published" })
    const files = x.posts().flatMap(({ media }) => media)
    expect(files.map(({ warning }) => warning)).toEqual(
      Array(3).fill("adult_content")
    )
    expect(files[0].alt_text).toBe("A red scarf")
    expect(countRequests(x, "POST", /metadata$/)).toBe(3)
  })

  it("costs no request where there is none", async () => {
    await work(jobOf({ parts: [{ media: [testMedia()] }] }))
    expect(countRequests(x, "POST", /metadata$/)).toBe(0)
    expect(x.posts()[0].media[0].warning).toBeNull()
  })
})

const refusals = (provider: SocialProvider, text: string, media: object[]) => {
  const limits = provider.limits!(
    { kind: "page", facts: {} },
    { placement: "", settings: {} }
  )
  return checkPost(
    {
      title: null,
      link: null,
      parts: [{ text, media, delay_s: 0 }],
    } as never,
    limits,
    "The shop",
    null
  ).filter(({ severity }) => severity === "error")
}

describe("a second cashtag", () => {
  it.each([
    ["$SHOP and $HATS rise", ["too_many_cashtags"]],
    ["$SHOP rises, for $20 or US$HATS", []],
  ])("is refused while the post is written: %s", (text, codes) => {
    const found = refusals(xProvider, text, [])
    expect(found.map(({ code }) => code)).toEqual(codes)
  })
})

describe("a GIF with more frames than a network takes", () => {
  it.each([
    ["X", xProvider, 350],
    ["LinkedIn", linkedinProvider, 250],
  ])("is refused for %s before it is sent", (_, provider, most) => {
    const gif = (frames: number) => {
      // As the column keeps it, with seven digits.
      const frame_rate = Math.fround((frames * 1000) / 33_330)
      const facts = { kind: "gif", content_type: "image/gif", bytes: 1000 }
      return { ...facts, name: "wave.gif", duration_ms: 33_330, frame_rate }
    }
    expect(refusals(provider, "Look", [gif(most)])).toEqual([])
    const [{ code, measured, message }] = refusals(provider, "Look", [
      gif(most + 1),
    ])
    expect({ code, measured }).toEqual({
      code: "media_frames",
      measured: most + 1,
    })
    expect(message).toMatch(
      `wave.gif has ${most + 1} frames; The shop takes GIFs with up to ${most}.`
    )
  })
})
