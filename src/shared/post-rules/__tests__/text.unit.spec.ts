import * as fc from "fast-check"
import { anyCharacter } from "../../__tests__/support/any-character"
import { findPhoneNumbers } from "../entities"
import { countGraphemes, countText, type PlainTextUnit } from "../text"
import { countXWeighted } from "../x-weighted"

const UNITS: PlainTextUnit[] = [
  "graphemes",
  "code_points",
  "utf16",
  "utf8_bytes",
  "threads",
  "mastodon",
  "telegram",
]

const countAll = (text: string) => [
  ...UNITS.map((unit) => countText(text, unit)),
  countXWeighted(text),
]

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: "grapheme" }),
  // Surrogates without their other half, too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }))
    .map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        ..."https://example.com/a?b=c#d @name@server.example <b> </b> &lt; 👨‍👩‍👧‍👦 ❤️ 漢 é".split(
          " "
        ),
        " ",
        "\n",
        "x"
      )
    )
    .map((words) => words.join(""))
)

describe("counting text as services do", () => {
  // name, text, and the counts in the order of UNITS, then X's.
  it.each([
    ["nothing", "", [0, 0, 0, 0, 0, 0, 0, 0]],
    ["plain Latin", "Hello", [5, 5, 5, 5, 5, 5, 5, 5]],
    ["a line break", "a\r\nb", [3, 4, 4, 4, 4, 3, 4, 4]],
    ["an accented letter", "é", [1, 1, 1, 2, 1, 1, 1, 1]],
    ["a letter with a combining mark", "e\u0301", [1, 2, 2, 3, 2, 1, 2, 1]],
    ["Chinese", "漢字", [2, 2, 2, 6, 2, 2, 2, 4]],
    ["Hangul", "한국", [2, 2, 2, 6, 2, 2, 2, 4]],
    ["Arabic", "سلام", [4, 4, 4, 8, 4, 4, 4, 4]],
    [
      "Hebrew in a right-to-left frame",
      "\u2067שלום\u2069",
      [6, 6, 6, 14, 6, 6, 6, 8],
    ],
    ["Devanagari", "नमस्ते", [3, 6, 6, 18, 6, 3, 6, 6]],
    ["an emoji", "😀", [1, 1, 2, 4, 4, 1, 2, 2]],
    ["a family", "👨‍👩‍👧‍👦", [1, 7, 11, 25, 25, 1, 11, 2]],
    ["a skin tone", "👍🏽", [1, 2, 4, 8, 8, 1, 4, 2]],
    ["a flag", "🇳🇱", [1, 2, 4, 8, 8, 1, 4, 2]],
    ["a flag of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", [1, 7, 14, 28, 28, 1, 14, 2]],
    ["a keycap", "1️⃣", [1, 3, 3, 7, 7, 1, 3, 2]],
    ["a heart in its emoji form", "❤️", [1, 2, 2, 6, 6, 1, 2, 2]],
    ["a sign that is no emoji", "©", [1, 1, 1, 2, 1, 1, 1, 1]],
    ["a digit", "1", [1, 1, 1, 1, 1, 1, 1, 1]],
  ])("counts %s", (_, text, counts) => {
    expect(countAll(text)).toEqual(counts)
  })

  it("counts any URL as 23 for X and for Mastodon", () => {
    const long = `https://example.com/${"a".repeat(200)}?q=1#end`

    expect(countXWeighted("https://example.com/abc")).toBe(23)
    expect(countXWeighted(`See ${long} now`)).toBe(4 + 23 + 4)
    expect(countText("http://a.example", "mastodon")).toBe(23)
    expect(countText(`See ${long}, now`, "mastodon")).toBe(4 + 23 + 5)
  })

  it("counts what only looks like a URL as it is written, for Mastodon", () => {
    const noUrls = ["ftp://a.example", "https://localhost/", "example.com"]

    expect(noUrls.map((text) => countText(text, "mastodon"))).toEqual(
      noUrls.map((text) => text.length)
    )
  })

  it("counts a URL as the instance of Mastodon says", () => {
    expect(
      countText("https://a.example/b", "mastodon", { url_weight: 40 })
    ).toBe(40)
  })

  it("leaves out the server of a mention, for Mastodon", () => {
    expect(countText("Hi @ana@social.example!", "mastodon")).toBe(
      "Hi @ana!".length
    )
    expect(countText("ana@shop.example", "mastodon")).toBe(
      "ana@shop.example".length
    )
    expect(countText("https://social.example/@ana@b.example", "mastodon")).toBe(
      23
    )
  })

  it("counts what Telegram shows of its HTML", () => {
    expect(
      countText('<b>Sale</b> <a href="https://a.example">here</a>', "telegram")
    ).toBe("Sale here".length)
    expect(countText("a &lt; b &amp; c &#128512;", "telegram")).toBe(
      "a < b & c 😀".length
    )
    expect(countText("1 < 2 and I <3 <u", "telegram")).toBe(17)
  })

  it("weighs for X what its own documents weigh", () => {
    expect(countXWeighted("a".repeat(280))).toBe(280)
    expect(countXWeighted("漢".repeat(140))).toBe(280)
    expect(countXWeighted("👨‍👩‍👧‍👦".repeat(140))).toBe(280)
    expect(countXWeighted("“quoted” – and…")).toBe(16)
    expect(countXWeighted("ｱ")).toBe(2)
    expect(countXWeighted("example.com")).toBe(23)
  })
})

describe("counts of any text", () => {
  it("are whole numbers, never negative, and the same each time", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const counts = countAll(text)
        expect(counts.every((n) => Number.isInteger(n) && n >= 0)).toBe(true)
        expect(countAll(text)).toEqual(counts)
      })
    )
  })

  it("agree with the language's own where there is one", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countText(text, "utf16")).toBe(text.length)
        expect(countText(text, "code_points")).toBe([...text].length)
        expect(countText(text, "utf8_bytes")).toBe(
          Buffer.byteLength(text, "utf8")
        )
      })
    )
  })

  it("never have more graphemes than code points, nor more of those than units", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countGraphemes(text)).toBeLessThanOrEqual([...text].length)
        expect([...text].length).toBeLessThanOrEqual(text.length)
        expect(text.length).toBeLessThanOrEqual(countText(text, "utf8_bytes"))
        expect(countText(text, "threads")).toBeLessThanOrEqual(
          countText(text, "utf8_bytes")
        )
      })
    )
  })

  it("add up where texts are joined, or join at their border", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(countText(a + b, "utf16")).toBe(a.length + b.length)
        expect(countGraphemes(a + b)).toBeLessThanOrEqual(
          countGraphemes(a) + countGraphemes(b)
        )
        expect(countGraphemes(`${a}\n\n${b}`)).toBeGreaterThanOrEqual(
          countGraphemes(a)
        )
        expect(countText(a + b, "code_points")).toBeLessThanOrEqual(
          countText(a, "code_points") + countText(b, "code_points")
        )
      })
    )
  })

  it("find the graphemes of a long text as of a short one", () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })
    const pieces = fc.constantFrom(
      ..."a|\r|\n|👩|\u200D|🏽|🇳|\u0301|한|\u1112|\u1161|न|\u094D|त|\uD83C".split(
        "|"
      )
    )
    fc.assert(
      fc.property(
        fc.array(pieces, { minLength: 200, maxLength: 900 }),
        (parts) => {
          const text = parts.join("")
          expect(countGraphemes(text)).toBe([...segmenter.segment(text)].length)
        }
      )
    )
    expect(countGraphemes(`e${"\u0301".repeat(5_000)}e`)).toBe(2)
    // Half an emoji where a window ends, right before a whole one.
    expect(countGraphemes(`${"a".repeat(255)}\uD83C🏽`)).toBe(256)
  })

  it("take time in proportion to the length", () => {
    const hostile = [
      "https://a.",
      "@a@a.",
      "@",
      "#1",
      "(",
      "https://a.example/(((",
      "<b ",
      "&#1",
      "a.",
      "👨‍",
    ]
    for (const piece of hostile) {
      const text = piece.repeat(20_000)
      const start = Date.now()
      UNITS.forEach((unit) => countText(text, unit))
      expect([piece, Date.now() - start < 5_000]).toEqual([piece, true])
    }
  })
})

describe("phone numbers", () => {
  it.each([
    ["Call +49 30 901820", "+49 30 901820"],
    ["Rufen Sie an: 030/901820.", "030/901820"],
    ["Ask at (555) 123-4567!", "(555) 123-4567"],
    ["Ask at 555-123-4567 today", "555-123-4567"],
  ])("are found in %s", (text, number) => {
    expect(findPhoneNumbers(text)).toEqual([number])
  })

  it.each([
    "From 01.12.2026 to 24.12.2026, 09:30 to 18:00",
    "2026-12-01 until 2026-12-24",
    "Code AUTUMN-0123456789, 0.99 instead of 1,299.00",
    "https://shop.example.com/0301234567",
    "Only 1000000 left",
  ])("are not found in %s", (text) => {
    expect(findPhoneNumbers(text)).toEqual([])
  })

  it("are looked for in a time that grows with the text alone", () => {
    const text = "0 (0-".repeat(20_000)
    const start = performance.now()
    findPhoneNumbers(text)
    expect(performance.now() - start).toBeLessThan(400)
  })
})
