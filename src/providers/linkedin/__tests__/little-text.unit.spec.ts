import fc from "fast-check"
import { readLittleText } from "../../../../sandbox/networks/linkedin/little-text"
import {
  shownText,
  showsSame,
  toLittleText,
  withoutMentions,
} from "../little-text"

describe("a text in LinkedIn's format", () => {
  it.each([
    ["a plain one", "Warm & light, 100%", "Warm & light, 100%"],
    [
      "what is reserved",
      "a (b) [c] {d} <e> *f* g_h ~i~ j|k l\\m n@o",
      "a \\(b\\) \\[c\\] \\{d\\} \\<e\\> \\*f\\* g\\_h \\~i\\~ j\\|k l\\\\m n\\@o",
    ],
    [
      "hashtags",
      "New #scarf, #Herbst2026 and #größe_l!",
      "New {hashtag|\\#|scarf}, {hashtag|\\#|Herbst2026} and {hashtag|\\#|größe\\_l}!",
    ],
    ["a number that is no hashtag", "We are #1", "We are \\#1"],
    [
      "an address with a fragment",
      "See https://shop.example.com/a_b#sale",
      "See https://shop.example.com/a\\_b\\#sale",
    ],
    [
      "a mention of a page",
      "With @[Acme (UK)](urn:li:organization:1)",
      "With @[Acme \\(UK\\)](urn:li:organization:1)",
    ],
    [
      "a mention with a hashtag in its name",
      "@[#1 shop #ad](urn:li:person:a-B_1) #go",
      "@[\\#1 shop \\#ad](urn:li:person:a-B_1) {hashtag|\\#|go}",
    ],
    [
      "what only looks like a mention",
      "@[Acme](https://acme.example)",
      "\\@\\[Acme\\]\\(https://acme.example\\)",
    ],
  ])("has %s", (_, text, little) => {
    expect(toLittleText(text)).toBe(little)
  })

  it("shows a reader every character that was written, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 60 }),
        fc.string({
          unit: fc.constantFrom(..."\\|{}@[]()<>#*_~ ab1:"),
          maxLength: 40,
        }),
        (any, reserved) => {
          for (const text of [any, reserved, `${reserved}${any}`]) {
            const seen = withoutMentions(text).replace(/＃/g, "#")
            const little = toLittleText(text)
            expect(readLittleText(little).replace(/＃/g, "#")).toBe(seen)
            expect(shownText(little).replace(/＃/g, "#")).toBe(seen)
          }
        }
      )
    )
  })

  it("is found again although LinkedIn has changed spaces and names", () => {
    const little = toLittleText(
      "New #scarf\n\nby @[Acme](urn:li:organization:1)"
    )
    expect(
      showsSame(little, "New #scarf by @[Acme](urn:li:organization:1) ")
    ).toBe(true)
    expect(showsSame(little, toLittleText("New scarf by Acme"))).toBe(false)
  })
})
