import * as fc from "fast-check"
import { anyCharacter } from "../../__tests__/support/any-character"
import { fingerprintText, normalizeText, withoutCampaign } from "../duplicates"

describe("telling whether two posts say the same", () => {
  it.each([
    ["case and white space", "  New  SHOES\n\nin store ", "new shoes in store"],
    ["compatible characters", "Ｎｅｗ ﬁt ①", "new fit 1"],
    ["composed and decomposed letters", "Cafe\u0301", "café"],
    ["what cannot be seen", "New\u200B sh\u00ADoes\uFEFF", "new shoes"],
    [
      "campaigns in links",
      "See https://a.example/p?utm_source=x&id=1&fbclid=2#top.",
      "see https://a.example/p?id=1#top.",
    ],
    [
      "links with nothing but a campaign",
      "https://a.example/p?utm_source=x",
      "https://a.example/p",
    ],
  ])("makes %s alike", (_, text, normal) => {
    expect(normalizeText(text)).toBe(normal)
    expect(normalizeText(normal)).toBe(normal)
  })

  it("keeps what a link leads to", () => {
    const links = [
      "https://a.example/p?id=1&size=2",
      "https://a.example/?q=utm_source",
      "https://a.example/#utm_source=x",
      "not a link?",
    ]
    expect(links.map(withoutCampaign)).toEqual([
      ...links.slice(0, 3),
      "not a link",
    ])
  })

  it("tells posts apart by text, title, link, parts and files", () => {
    const post = {
      title: "Shoes",
      link: "https://a.example/p",
      parts: [{ text: "New shoes", media: ["file-1"] }],
    }
    const [part] = post.parts
    const others = [
      { ...post, title: "Boots" },
      { ...post, link: "https://a.example/q" },
      { ...post, parts: [{ ...part, text: "Old shoes" }] },
      { ...post, parts: [{ ...part, media: ["file-2"] }] },
      { ...post, parts: [part, { text: "", media: [] }] },
    ]

    const texts = [post, ...others].map(fingerprintText)
    expect(new Set(texts).size).toBe(texts.length)
    expect(
      fingerprintText({
        title: " shoes",
        link: "https://a.example/p?utm_campaign=2",
        parts: [{ text: "new  SHOES ", media: ["file-1"] }],
      })
    ).toBe(texts[0])
  })

  it("finds that any text says the same as itself in capitals and with more space", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const normal = normalizeText(text)
        expect(normalizeText(normal)).toBe(normal)
        expect(normalizeText(`\n ${text}\t`)).toBe(normal)
      }),
      { numRuns: 1000 }
    )
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(normalizeText(text.toUpperCase())).toBe(normalizeText(text))
      })
    )
  })
})
