import type { AccountPublishing } from "../../../shared/post-types"
import type { PostLimits } from "../../../shared/post-rules/limits"
import { countXWeighted } from "../../../shared/post-rules/x-weighted"
import {
  isOwn,
  NOTHING_OWN,
  ownContentOf,
  publicationInput,
  type Target,
  tightestCount,
  verdictOf,
} from "../account-content"

const limits = (
  max: number,
  unit: PostLimits["text"][number]["unit"] = "graphemes"
): PostLimits => ({
  text: [{ field: "text", unit, max }],
  parts: { max: 3, as: "thread", media: true },
  media: { required: false, combinations: [], delivery: "push" },
  link: { place: "text", preview: "none" },
})

const target = (service: string, rules: PostLimits): Target => ({
  account_id: service,
  who: `The shop (${service})`,
  service,
  publishing: { limits: rules, default_settings: null } as AccountPublishing,
  own: undefined,
})

const post = { caption: "Hello", link: "", media: [], parts: [] }

describe("what is written for an account", () => {
  it("is counted for the account that has the least room, with its link", () => {
    const targets = [
      target("Wide", limits(500)),
      target("X", limits(30, "x_weighted")),
    ]
    const written = { ...post, link: "https://example.com/a/very/long/address" }

    expect(tightestCount(written, targets, countXWeighted)).toEqual({
      label: "X",
      count: "Hello".length + 2 + 23,
      max: 30,
    })
    expect(tightestCount(written, targets, null)?.label).toBe("Wide")
    expect(tightestCount(post, [], null)).toBeNull()
  })

  it("is judged as the account gets it", () => {
    const narrow = target("Narrow", limits(3))
    expect(verdictOf(post, narrow, null)).toMatchObject([
      {
        severity: "error",
        message: "The text is 5 characters; The shop (Narrow) takes up to 3.",
      },
    ])
    const own = { ...NOTHING_OWN, caption: "Hi" }
    expect(verdictOf(post, { ...narrow, own }, null)).toEqual([])
  })

  it("is no mistake while nothing is written, but is where an account's own text is empty", () => {
    const one = target("One", limits(10))
    const empty = { ...post, caption: "" }
    expect(verdictOf(empty, one, null)).toEqual([])
    const own = { ...NOTHING_OWN, caption: "" }
    expect(verdictOf(empty, { ...one, own }, null)).toMatchObject([
      { code: "empty" },
    ])
  })

  it("says all when it is sent, so that what was reset follows the post again", () => {
    expect(publicationInput("a", NOTHING_OWN)).toEqual({
      account_id: "a",
      settings: null,
      variant: null,
    })
    const own = {
      ...NOTHING_OWN,
      placement: "story",
      settings: { board: "b" },
      caption: " Hi ",
      link: "",
    }
    expect(publicationInput("a", own)).toEqual({
      account_id: "a",
      placement: "story",
      settings: { board: "b" },
      variant: { caption: "Hi", link: null },
    })
    const first = { ...NOTHING_OWN, placement: "feed" }
    expect(
      [undefined, NOTHING_OWN, first, own].map((one) => isOwn(one, "feed"))
    ).toEqual([false, false, false, true])
  })

  it("comes back as it was stored", () => {
    const stored = {
      account_id: "a",
      placement: "feed",
      settings: null,
      variant: { link: null, parts: [{ text: "More" }] },
    }
    expect(
      ownContentOf(stored as unknown as Parameters<typeof ownContentOf>[0])
    ).toEqual({
      ...NOTHING_OWN,
      placement: "feed",
      link: "",
      parts: [{ text: "More" }],
    })
  })
})
