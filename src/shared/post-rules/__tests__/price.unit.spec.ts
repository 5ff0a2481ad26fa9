import { checkPost } from "../check"
import type { PostLimits } from "../limits"

const limits: PostLimits = {
  text: [],
  parts: { max: 5, as: "thread", media: true },
  media: { required: false, combinations: [], delivery: "push" },
  link: { place: "text", preview: "network" },
}

const LINK = "https://shop.example.com/scarf"

const warningsOf = (
  texts: string[],
  price: PostLimits["price"],
  link: string | null = null
) =>
  checkPost(
    {
      title: null,
      link,
      parts: texts.map((text) => ({ text, media: [] })),
    },
    { ...limits, price },
    "X",
    null
  )

const PRICE = { part: 0.015, part_with_link: 0.2 }

describe("what a service charges for a post", () => {
  it.each([
    ["a text", ["Hello"], null, "$0.015."],
    [
      "a link at its end",
      ["Hello"],
      LINK,
      "$0.20, and $0.015 without its link.",
    ],
    ["a link in the text", [LINK], null, "$0.20, and $0.015 without its link."],
    [
      "the same link twice",
      [LINK],
      LINK,
      "$0.20, and $0.015 without its link.",
    ],
    ["a thread", ["One", "Two", "Three"], null, "$0.045."],
    [
      "a thread with links",
      ["One", LINK, "Three"],
      LINK,
      "$0.415: $0.20 for each part with a link, $0.015 for each other one.",
    ],
  ])("is told before %s goes out", (_, texts, link, sum) => {
    expect(warningsOf(texts, PRICE, link)).toMatchObject([
      {
        severity: "warning",
        code: "price",
        message: `Publishing on X costs ${sum}`,
      },
    ])
  })

  it("is one sum where links cost nothing more", () => {
    expect(warningsOf([LINK], { part: 0.01 })).toMatchObject([
      { message: "Publishing on X costs $0.01.", measured: 0.01 },
    ])
  })

  it("is not spoken of where it is nothing", () => {
    expect(warningsOf(["Hello"], undefined)).toEqual([])
    expect(warningsOf([LINK], { part: 0, part_with_link: 0 })).toEqual([])
    expect(warningsOf(["Hello"], { part: 0, part_with_link: 0.2 })).toEqual([])
  })
})
