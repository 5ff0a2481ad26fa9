import type { AccountPublishing, SocialMedia } from "../../../shared/post-types"
import type { PostLimits } from "../../../shared/post-rules/limits"
import { countXWeighted } from "../../../shared/post-rules/x-weighted"
import {
  formParts,
  isOwn,
  commentProblems,
  libraryIds,
  NOTHING_OWN,
  ownContentOf,
  partCount,
  partsInput,
  publicationInput,
  type Target,
  tightestCount,
  verdictOf,
  withComment,
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

const NO_FILES = new Map()

const FILE = {
  id: "m",
  name: "hat.png",
  kind: "image",
  content_type: "image/png",
  sha256: null,
  alt_text: null,
  poster: null,
} as SocialMedia

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
    expect(verdictOf(post, narrow, NO_FILES, null)).toMatchObject([
      {
        severity: "error",
        message: "The text is 5 characters; The shop (Narrow) takes up to 3.",
      },
    ])
    const own = { ...NOTHING_OWN, caption: "Hi" }
    expect(verdictOf(post, { ...narrow, own }, NO_FILES, null)).toEqual([])
  })

  it("is judged with the card of its link, also of a link of the account's own", () => {
    const carded = target("Cards", {
      ...limits(50),
      link: { place: "card", needs: ["title"], excludes_media: false },
    })
    const own = { ...NOTHING_OWN, link: "https://example.com" }
    const card = { title: null, description: null, image: null }
    const codes = (written: typeof post, one: Target) =>
      verdictOf(written, one, NO_FILES, null).map(({ code }) => code)

    expect(codes({ ...post, ...{ card } }, carded)).toEqual([])
    expect(codes({ ...post, ...{ card } }, { ...carded, own })).toEqual([
      "link_card_incomplete",
    ])
  })

  it("is a comment by the rules for what follows, and what is out is not judged again", () => {
    const rules = limits(10)
    const strict: PostLimits = {
      ...rules,
      parts: {
        max: 3,
        as: "comment",
        media: false,
        text: [{ field: "text", unit: "graphemes", max: 3 }],
      },
    }
    const check = (text: string, out: number) => {
      const comment = { text, media: [], delay_seconds: 0 }
      const own = withComment(NOTHING_OWN, out, comment)
      const one = { ...target("Strict", strict), own }
      const long = { ...post, caption: "Much too long by now" }
      return {
        count: partCount(long, one, out, null),
        problems: commentProblems(verdictOf(long, one, NO_FILES, null), out),
      }
    }
    expect(check("", 2)).toEqual({
      count: { label: "Strict", count: 0, max: 3 },
      problems: [],
    })
    expect(check("Four", 2).problems).toEqual([
      "Comment 2 is 4 characters; The shop (Strict) takes up to 3.",
    ])
    expect(check("Hi", 3).problems).toEqual([
      expect.stringMatching(/takes up to 3 parts, the post and its comments/),
    ])
  })

  it("is no mistake while nothing is written, but is where an account's own text is empty", () => {
    const one = target("One", limits(10))
    const empty = { ...post, caption: "" }
    expect(verdictOf(empty, one, NO_FILES, null)).toEqual([])
    const own = { ...NOTHING_OWN, caption: "" }
    expect(verdictOf(empty, { ...one, own }, NO_FILES, null)).toMatchObject([
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
      variant: { link: null, parts: [{ text: "More" }], language: "de" },
    }
    expect(
      ownContentOf(stored as unknown as Parameters<typeof ownContentOf>[0])
    ).toEqual({
      ...NOTHING_OWN,
      placement: "feed",
      link: "",
      parts: [{ text: "More", media: [], delay_seconds: 0 }],
      language: "de",
    })
    expect(
      publicationInput("a", { ...NOTHING_OWN, language: "de" }).variant
    ).toEqual({ language: "de" })
  })

  it("is judged by what was found in its files, also in parts that follow", () => {
    const rules = limits(500)
    const small: PostLimits = {
      ...rules,
      media: {
        ...rules.media,
        image: { types: ["image/png"], max_bytes: 1024 },
        combinations: [{ image: {} }],
      },
    }
    const media = [{ url: "https://shop/1", media_id: "m", alt_text: "" }]
    const files = new Map([["m", { ...FILE, bytes: 2048 }]])
    const written = {
      ...post,
      media,
      parts: [{ text: "More", media, delay_seconds: 0 }],
    }

    expect(libraryIds(written, [{ ...NOTHING_OWN, media }])).toHaveLength(3)
    expect(
      verdictOf(written, target("Small", small), files, null).map(
        ({ part, measured, allowed }) => ({ part, measured, allowed })
      )
    ).toEqual([
      { part: 0, measured: 2048, allowed: 1024 },
      { part: 1, measured: 2048, allowed: 1024 },
    ])
  })

  it("sends the files of parts with what they show", () => {
    const media = [
      { url: "https://shop/1", media_id: "m", alt_text: " A hat " },
    ]
    const parts = [{ text: "More", media, delay_seconds: 60 }]

    const sent = partsInput(parts)
    expect(sent).toEqual([
      {
        text: "More",
        media: [{ url: "https://shop/1", media_id: "m", alt_text: "A hat" }],
        delay_seconds: 60,
      },
    ])
    expect(partsInput(formParts(sent))).toEqual(sent)
  })
})
