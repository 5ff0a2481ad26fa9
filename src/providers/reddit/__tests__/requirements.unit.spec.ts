import { NO_REQUIREMENTS } from "../../../../sandbox/networks/reddit/state"
import { isServiceError } from "../../../provider"
import type { Community, Requirements } from "../community"
import { type Draft, requireTaken } from "../requirements"
import { communityName, redditSettings, shownName } from "../settings"

const FLAIRS = [{ id: "sale", text: "For sale", text_editable: false }]

const community = (
  requirements: Partial<Requirements> = {},
  own: Partial<Community> = {}
): Community => ({
  name: "Knitting",
  is_banned: false,
  is_closed: false,
  takes: "any",
  images: true,
  galleries: true,
  videos: true,
  requirements: { ...NO_REQUIREMENTS, ...requirements },
  ...own,
})

const draft = (own: Partial<Draft> = {}): Draft => ({
  kind: "self",
  title: "The autumn scarf",
  body: "Warm and light.",
  url: null,
  flair: null,
  captions: [],
  ...own,
})

/** What a community says of a post; null where it takes it. */
const judge = (
  requirements: Partial<Requirements>,
  own: Partial<Draft> = {},
  of: Partial<Community> = {}
): string | null => {
  try {
    requireTaken(draft(own), community(requirements, of), FLAIRS)
    return null
  } catch (error) {
    return isServiceError(error)
      ? `${error.errorClass}: ${error.message}`
      : String(error)
  }
}

const LINK: Partial<Draft> = {
  kind: "link",
  url: "https://www.shop.example.com/scarf",
}

describe("what a community demands", () => {
  it.each<[Partial<Requirements>, Partial<Draft>, string]>([
    [
      { title_text_min_length: 20 },
      {},
      "The title has 16 characters, and needs at least 20.",
    ],
    [
      { title_text_max_length: 10 },
      {},
      "The title has 16 characters, and may have up to 10.",
    ],
    [
      { title_required_strings: ["[FO]", "[WIP]"] },
      {},
      'The title needs one of these in it: "[FO]", "[WIP]".',
    ],
    [
      { title_blacklisted_strings: ["autumn"] },
      {},
      'The title has "autumn" in it, which is not allowed.',
    ],
    [
      { title_regexes: ["^\\[.+\\]"] },
      {},
      'The title "The autumn scarf" does not match "^\\[.+\\]".',
    ],
    [
      { body_restriction_policy: "required" },
      { body: "" },
      "A text post needs a text.",
    ],
    [
      { body_restriction_policy: "notAllowed" },
      {},
      "may have nothing but its title, and this one has a text of 15 characters.",
    ],
    [
      { body_text_min_length: 100 },
      {},
      "The text has 15 characters, and needs at least 100.",
    ],
    [
      { body_required_strings: ["wool"] },
      {},
      'The text needs one of these in it: "wool".',
    ],
    [
      { body_blacklisted_strings: ["warm"] },
      { kind: "image" },
      'The text has "warm" in it',
    ],
    [
      {
        link_restriction_policy: "blacklist",
        domain_blacklist: ["example.com"],
      },
      LINK,
      "Links to www.shop.example.com are not allowed.",
    ],
    [
      {
        link_restriction_policy: "whitelist",
        domain_whitelist: ["etsy.com"],
      },
      LINK,
      "The link leads to www.shop.example.com, and may lead to etsy.com alone.",
    ],
    [
      { is_flair_required: true },
      {},
      'The post needs a flair, one of "For sale".',
    ],
    [{}, { flair: "gone" }, 'none of its own: "For sale".'],
    [
      { gallery_min_items: 3 },
      { kind: "gallery", captions: ["", ""] },
      "The gallery has 2 images, and needs at least 3.",
    ],
    [
      { gallery_max_items: 1 },
      { kind: "gallery", captions: ["", ""] },
      "may have up to 1.",
    ],
    [
      { gallery_captions_requirement: "required" },
      { kind: "gallery", captions: ["A scarf", ""] },
      "1 of 2 have none",
    ],
    [
      { gallery_captions_requirement: "notAllowed" },
      { kind: "gallery", captions: ["A scarf", ""] },
      "may have no captions",
    ],
  ])(
    "refuses by %j a post with %j, and says what it measured",
    (demands, own, words) => {
      const said = judge(demands, own)
      expect(said).toMatch(
        /^content_rejected: r\/Knitting does not take the post\./
      )
      expect(said).toContain(words)
    }
  )

  it.each<[Partial<Requirements>, Partial<Draft>]>([
    [{ title_text_min_length: 16, title_text_max_length: 16 }, {}],
    [{ title_blacklisted_strings: ["tum", ""] }, {}],
    [{ title_required_strings: ["AUTUMN"] }, {}],
    [{ title_regexes: ["^nothing$", "scarf$"] }, {}],
    // Lengths of texts are about text posts.
    [{ body_text_min_length: 100 }, { kind: "image" }],
    [{ body_restriction_policy: "notAllowed" }, { body: "" }],
    [
      {
        link_restriction_policy: "whitelist",
        domain_blacklist: ["example.com"],
      },
      LINK,
    ],
    [{ domain_whitelist: ["example.com"] }, LINK],
    [{ domain_blacklist: ["example.com"] }, LINK],
    [{ is_flair_required: true }, { flair: "sale" }],
  ])("takes by %j a post with %j", (demands, own) => {
    expect(judge(demands, own)).toBeNull()
  })

  it.each(["(?i)scarf", "\\Ascarf\\Z", "(a+)+$"])(
    "leaves an expression to Reddit that cannot be judged here: %s",
    (pattern) => {
      expect(
        judge({ title_regexes: [pattern] }, { title: `${"a".repeat(60)}!` })
      ).toBeNull()
    }
  )

  it("names every rule at once, with the community's guidelines", () => {
    const said = judge({
      title_text_min_length: 20,
      is_flair_required: true,
      guidelines_text: "Say what it is made of.",
    })
    expect(said).toContain("needs at least 20. The post needs a flair")
    expect(said).toContain("Its guidelines: Say what it is made of.")
  })

  it.each<[Partial<Community>, Partial<Draft>, string]>([
    [{ takes: "link" }, {}, "It takes no text posts."],
    [{ takes: "self" }, LINK, "It takes no link posts."],
    [{ galleries: false }, { kind: "gallery" }, "It takes no galleries."],
    [{ videos: false }, { kind: "video" }, "It takes no videos."],
    [{ is_banned: true }, {}, "account_restricted: r/Knitting has banned"],
    [{ is_closed: true }, {}, "account_restricted: Only accounts that"],
  ])("refuses in a community that is %j a post with %j", (of, own, words) => {
    expect(judge({}, own, of)).toContain(words)
  })
})

describe("a community's name", () => {
  it.each([
    ["scarves", "scarves", "r/scarves"],
    ["r/scarves", "scarves", "r/scarves"],
    ["/r/scarves", "scarves", "r/scarves"],
    ["u/ada", "u_ada", "u/ada"],
    ["/user/ada-shop", "u_ada-shop", "u/ada-shop"],
    ["u_ada", "u_ada", "u/ada"],
    ["r/u_ada", "u_ada", "u/ada"],
  ])("may be written as %s", (text, name, shown) => {
    expect(redditSettings.safeParse({ subreddit: text }).success).toBe(true)
    expect(communityName(text)).toBe(name)
    expect(shownName(name)).toBe(shown)
  })

  it.each(["", "r/", "two words", "https://reddit.com/r/scarves", "a/../b"])(
    "is refused as %j",
    (text) => {
      expect(redditSettings.safeParse({ subreddit: text }).success).toBe(false)
    }
  )
})
