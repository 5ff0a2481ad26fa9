import { blueskyProvider } from "../bluesky/provider"
import { threadsProvider } from "../meta/threads/provider"
import type { AccountFacts } from "../publication"
import { tiktokProvider } from "../tiktok/provider"
import { withUsual } from "../usual"

const limitsWith = (
  { limits }: { limits?: typeof blueskyProvider.limits },
  facts: AccountFacts
) => limits!({ kind: "profile", facts }, { placement: "", settings: {} }).media

describe("a number that a network documents without certainty", () => {
  it.each([
    [{}, 300],
    [{ seconds: "60" }, 60],
    [{ seconds: "" }, 300],
    [{ seconds: -1 }, 300],
    [{ seconds: "soon" }, 300],
  ])("is what %j says, or else the usual one", (given, seconds) => {
    expect(withUsual(given, { seconds: 300 })).toEqual({ seconds })
  })

  it("limits what the account's posts may have", () => {
    const facts = { max_video_mb: 50, max_video_seconds: 60, max_photos: 3 }
    expect(limitsWith(blueskyProvider, facts).video?.max_bytes).toBe(50_000_000)
    expect(limitsWith(threadsProvider, facts).video).toMatchObject({
      max_bytes: 50_000_000,
      seconds: { max: 60 },
    })
    expect(limitsWith(tiktokProvider, facts).combinations).toContainEqual({
      image: { min: 1, max: 3 },
    })
  })
})
