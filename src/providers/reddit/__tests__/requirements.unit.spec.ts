import { NO_REQUIREMENTS } from "../../../../sandbox/networks/reddit/state"
import { bareMedia } from "../../../shared/post-rules/bare-media"
import { checkPost } from "../../../shared/post-rules/check"
import type {
  Community,
  CommunityDemands,
} from "../../../shared/post-rules/limits"
import { findsOne } from "../../patterns"
import { limits } from "../limits"
import { communityName, redditSettings, shownName } from "../settings"

const community = (
  demands: CommunityDemands = {},
  own: Partial<Community> = {}
): Community => ({
  name: "r/Knitting",
  closed: null,
  takes: "any",
  images: true,
  galleries: true,
  videos: true,
  flairs: [{ id: "sale", text: "For sale" }],
  demands: { ...NO_REQUIREMENTS, ...demands },
  ...own,
})

/** What somebody writes. */
interface Written {
  title?: string | null
  text?: string
  link?: string
  card?: { title: string | null }
  /** The alternative texts of the images. */
  images?: (string | null)[]
  video?: boolean
  settings?: { flair?: string; captions?: boolean; post_as?: string }
}

const filesOf = ({ images = [], video }: Written) => [
  ...images.map((alt_text) => bareMedia("https://a.example/1.jpg", alt_text)),
  ...(video
    ? [
        {
          ...bareMedia("https://a.example/film.mp4", null),
          ...{ kind: "video" as const, has_poster: true },
        },
      ]
    : []),
]

/** What is found about a post for a community. */
const judge = (
  demands: CommunityDemands,
  own: Written = {},
  of: Partial<Community> = {}
): string[] =>
  checkPost(
    {
      title: own.title === undefined ? "The autumn scarf" : own.title,
      link: own.link ?? null,
      card: own.card && { ...own.card, description: null, image: null },
      parts: [{ text: own.text ?? "Warm and light.", media: filesOf(own) }],
    },
    limits(
      { facts: { community: community(demands, of) } },
      { settings: own.settings ?? {} }
    ),
    "u/ada",
    null,
    findsOne
  )
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)

const LINK: Written = { link: "https://www.shop.example.com/scarf" }

describe("what a community demands", () => {
  it.each<[CommunityDemands, Written, string]>([
    [
      { title_text_min_length: 20 },
      {},
      "The title has 16 characters; r/Knitting wants at least 20.",
    ],
    [
      { title_text_max_length: 10 },
      {},
      "The title has 16 characters; r/Knitting takes up to 10.",
    ],
    [
      { title_required_strings: ["[FO]", "[WIP]"] },
      {},
      'r/Knitting wants "[FO]" or "[WIP]" in the title.',
    ],
    [
      { title_blacklisted_strings: ["autumn"] },
      {},
      'r/Knitting does not take "autumn" in the title.',
    ],
    [
      { title_regexes: ["^\\[.+\\]"] },
      {},
      'The title "The autumn scarf" does not match what r/Knitting wants: "^\\[.+\\]".',
    ],
    [
      {},
      { title: null, text: "", images: [null] },
      "r/Knitting wants a title: enter one in the settings of this account, or write a text that begins with it.",
    ],
    [
      { body_restriction_policy: "required" },
      { text: "" },
      "r/Knitting wants a text in a text post, and this one has nothing but its title.",
    ],
    [
      { body_restriction_policy: "notAllowed" },
      {},
      "r/Knitting takes text posts with nothing but a title, and this one has a text of 15 characters.",
    ],
    [
      { body_text_min_length: 1000 },
      {},
      "The text has 15 characters; r/Knitting wants at least 1,000.",
    ],
    [
      { body_required_strings: ["wool"] },
      {},
      'r/Knitting wants "wool" in the text.',
    ],
    [
      { body_blacklisted_strings: ["warm", "light"] },
      { images: [null] },
      'r/Knitting does not take "warm" or "light" in the text.',
    ],
    [
      {
        link_restriction_policy: "blacklist",
        domain_blacklist: ["example.com"],
      },
      LINK,
      "r/Knitting takes no links to www.shop.example.com.",
    ],
    [
      {
        link_restriction_policy: "whitelist",
        domain_whitelist: ["etsy.com", "ravelry.com"],
      },
      LINK,
      "r/Knitting takes links to etsy.com and ravelry.com alone; this one leads to www.shop.example.com.",
    ],
    [
      { is_flair_required: true },
      {},
      'r/Knitting wants a flair: choose "For sale" in the settings of this account.',
    ],
    [
      {},
      { settings: { flair: "gone" } },
      'The chosen flair is none of those of r/Knitting: choose "For sale" in the settings of this account.',
    ],
    [
      { gallery_min_items: 3 },
      { images: [null, null] },
      "The gallery has 2 images; r/Knitting wants at least 3.",
    ],
    [
      { gallery_max_items: 1 },
      { images: [null, null] },
      "The gallery has 2 images; r/Knitting takes up to 1.",
    ],
    [
      { gallery_captions_requirement: "required" },
      { images: ["A scarf", null], settings: { captions: true } },
      "r/Knitting wants a caption for each image of a gallery, and 1 of 2 have none: switch captions on, and describe the images.",
    ],
    [
      { gallery_captions_requirement: "notAllowed" },
      { images: ["A scarf", null], settings: { captions: true } },
      "r/Knitting takes no captions in a gallery: switch them off.",
    ],
    [
      { gallery_urls_requirement: "required" },
      { images: [null, null] },
      "r/Knitting wants a link for the images of a gallery: give the post one.",
    ],
  ])(
    "refuses by %j a post with %j, and says what it measured",
    (demands, own, sentence) => {
      expect(judge(demands, own)).toEqual([sentence])
    }
  )

  it.each<[CommunityDemands, Written]>([
    [{ title_text_min_length: 16, title_text_max_length: 16 }, {}],
    [{ title_blacklisted_strings: ["tum", ""] }, {}],
    [{ title_required_strings: ["AUTUMN"] }, {}],
    [{ title_regexes: ["^nothing$", "scarf$"] }, {}],
    // Lengths of texts are about text posts.
    [{ body_text_min_length: 100 }, { images: [null] }],
    [{ body_restriction_policy: "notAllowed" }, { text: "" }],
    [
      {
        link_restriction_policy: "whitelist",
        domain_blacklist: ["example.com"],
      },
      LINK,
    ],
    [{ domain_whitelist: ["example.com"] }, LINK],
    [{ domain_blacklist: ["example.com"] }, LINK],
    [{ is_flair_required: true }, { settings: { flair: "sale" } }],
    // Captions are shown on request alone.
    [
      { gallery_captions_requirement: "notAllowed" },
      { images: ["A scarf", null] },
    ],
    [
      { gallery_urls_requirement: "required" },
      { images: [null, null], ...LINK },
    ],
    // The first line becomes the title, and leaves no text.
    [
      { title_text_min_length: 15, body_restriction_policy: "notAllowed" },
      { title: null },
    ],
    // The product may give the title, and nobody has looked at it yet.
    [{ title_text_min_length: 100 }, { title: null, ...LINK }],
  ])("takes by %j a post with %j", (demands, own) => {
    expect(judge(demands, own)).toEqual([])
  })

  it("judges the product's title where a post has no other", () => {
    expect(
      judge(
        { title_text_min_length: 100 },
        { title: null, ...LINK, card: { title: "Scarf" } }
      )
    ).toEqual(["The title has 5 characters; r/Knitting wants at least 100."])
  })

  it.each(["(?i)scarf", "\\Ascarf\\Z", "(a+)+$"])(
    "leaves an expression to Reddit that cannot be judged here: %s",
    (pattern) => {
      expect(
        judge({ title_regexes: [pattern] }, { title: `${"a".repeat(60)}!` })
      ).toEqual([])
    }
  )

  it("leaves expressions to the server where nothing can stop them", () => {
    expect(
      checkPost(
        { title: "No", link: null, parts: [{ text: "Scarf", media: [] }] },
        limits(
          { facts: { community: community({ title_regexes: ["^Yes"] }) } },
          { settings: {} }
        ),
        "u/ada",
        null
      )
    ).toEqual([])
  })

  it("names every rule at once", () => {
    expect(
      judge({ title_text_min_length: 20, is_flair_required: true })
    ).toHaveLength(2)
  })

  it.each<[Partial<Community>, Written, string]>([
    [{ takes: "link" }, {}, "r/Knitting takes no text posts."],
    [
      { takes: "self" },
      LINK,
      "r/Knitting takes no link posts. Post the link in a text post.",
    ],
    [
      { galleries: false },
      { images: [null, null] },
      "r/Knitting takes no galleries.",
    ],
    [{ images: false }, { images: [null] }, "r/Knitting takes no images."],
    [{ videos: false }, { video: true }, "r/Knitting takes no videos."],
    [
      { closed: { code: "banned", message: "r/Knitting has banned you." } },
      {},
      "r/Knitting has banned you.",
    ],
  ])(
    "refuses in a community that is %j a post with %j",
    (of, own, sentence) => {
      expect(judge({}, own, of)).toEqual([sentence])
    }
  )

  it("takes a link in a text post where no link posts are taken", () => {
    const own = { ...LINK, settings: { post_as: "text" } }
    expect(judge({}, own, { takes: "self" })).toEqual([])
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
