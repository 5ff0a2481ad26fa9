import type { MediaFetch } from "../../../shared/post-types"
import { fetcherName, fetchOutcome, pathOfUse, titleOfUse } from "../media"

const fetchOf = (what: Partial<MediaFetch>): MediaFetch => ({
  at: "2026-11-22T10:00:00.000Z",
  method: "GET",
  user_agent: null,
  status: 200,
  bytes: 2_097_152,
  ...what,
})

describe("who came for a file", () => {
  it.each([
    ["facebookexternalhit/1.1", "Meta"],
    ["TikTokSpider", "TikTok"],
    ["curl/8.5", "curl/8.5"],
    [null, "Somebody without a name"],
  ])("is called by the name that people know: %s", (userAgent, name) => {
    expect(fetcherName(userAgent)).toBe(name)
  })

  it.each([
    [{}, "Got 2 MB"],
    [{ status: 206, bytes: 10 }, "Got a part: 10 bytes"],
    [{ method: "HEAD", bytes: 0 }, "Asked what it is, without its content"],
    [{ status: 410, bytes: 0 }, "Came too late: the address had expired"],
    [{ status: 416, bytes: 0 }, "Asked for a part that is not there"],
    [{ status: 502, bytes: 0 }, "The store could not read the file"],
  ])("is told with what became of it: %j", (what, outcome) => {
    expect(fetchOutcome(fetchOf(what))).toBe(outcome)
  })
})

describe("what uses a file", () => {
  it("is a post by its first line, or a video by its name", () => {
    const post = { kind: "post", id: "spost_1", title: "\nOne\nTwo" } as const
    const video = { kind: "video", id: "smed_1", title: "walk.mp4" } as const
    expect([post, { ...post, title: " " }, video].map(titleOfUse)).toEqual([
      "One",
      "Post without text",
      "Poster of walk.mp4",
    ])
    expect([post, video].map(pathOfUse)).toEqual([
      "/social-posts/spost_1",
      "/social-posts/media/smed_1",
    ])
  })
})
