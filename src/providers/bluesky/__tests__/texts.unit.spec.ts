import { RichText } from "@atproto/api"
import fc from "fast-check"
import type { Json } from "../../publication"
import { cidOfBlob, cidOfRecord } from "../cid"
import { facetsOf, findHandles } from "../facets"
import { createTid } from "../tid"

const link = (cid: string) => ({ $link: cid })

/** The network's own examples of the data model (its interoperability tests). */
const EXAMPLES: [Json, string][] = [
  [
    {
      string: "abc",
      unicode: "a~öñ©⽘☎𓋓😀👨‍👩‍👧‍👧",
      integer: 123,
      bool: true,
      null: null,
      array: ["abc", "def", "ghi"],
      object: {
        string: "abc",
        number: 123,
        bool: true,
        arr: ["abc", "def", "ghi"],
      },
    },
    "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq",
  ],
  [
    {
      a: link("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"),
      b: { $bytes: "nFERjvLLiw9qm45JrqH9QTzyC2Lu1Xb4ne6+sBrCzI0" },
      c: {
        $type: "blob",
        ref: link(
          "bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity"
        ),
        mimeType: "image/jpeg",
        size: 10000,
      },
    },
    "bafyreihldkhcwijkde7gx4rpkkuw7pl6lbyu5gieunyc7ihactn5bkd2nm",
  ],
]

describe("the content identifier of a record", () => {
  it.each(EXAMPLES)("is the network's own for its examples", (record, cid) => {
    expect(cidOfRecord(record)).toBe(cid)
  })

  it("lets undefined members go, and tells large and negative numbers apart", () => {
    const blob = {
      $type: "blob",
      ref: link("bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity"),
      mimeType: "image/jpeg",
      size: 10000,
    }
    expect(cidOfRecord({ blob, nothing: undefined })).toBe(
      cidOfRecord({ blob })
    )
    expect(cidOfRecord({ blob, size: 70_000 })).not.toBe(
      cidOfRecord({ blob, size: 70_000 + 2 ** 32 })
    )
    expect(cidOfRecord({ size: -1 })).not.toBe(cidOfRecord({ size: 1 }))
  })

  it("is refused to numbers that a record cannot have", () => {
    expect(() => cidOfRecord({ ratio: 1.5 })).toThrow("whole numbers only")
  })

  it("names a file by its bytes alone", () => {
    expect(cidOfBlob(Buffer.from("hello world"))).toBe(
      "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
    )
  })
})

describe("what is clickable in a text", () => {
  it("stands where its bytes stand, however wide the characters before it are", () => {
    const text =
      "👩‍👩‍👧 Ünïcode: https://shop.example/päth?a=1, #Größe and @ada.bsky.test!"
    const facets = facetsOf(text, { "ada.bsky.test": "did:plc:ada" })
    const bytes = Buffer.from(text)
    expect(
      facets.map(({ index: { byteStart, byteEnd }, features: [feature] }) => [
        bytes.subarray(byteStart, byteEnd).toString(),
        feature,
      ])
    ).toEqual([
      [
        "https://shop.example/päth?a=1",
        {
          $type: "app.bsky.richtext.facet#link",
          uri: "https://shop.example/päth?a=1",
        },
      ],
      ["#Größe", { $type: "app.bsky.richtext.facet#tag", tag: "Größe" }],
      [
        "@ada.bsky.test",
        { $type: "app.bsky.richtext.facet#mention", did: "did:plc:ada" },
      ],
    ])
  })

  it("is what the network's own client finds", () => {
    const words = fc.constantFrom(
      "autumn",
      "Grüße",
      "👨‍👩‍👧‍👧",
      "https://shop.example/a-b",
      "https://shop.example/?q=1#top",
      "#sale",
      "#größe",
      "@ada.bsky.test",
      "mail@ada.bsky.test",
      "…"
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (list) => {
        const text = list.join(" ")
        const theirs = new RichText({ text })
        theirs.detectFacetsWithoutResolution()
        const found = (facets: { index: object; features: object[] }[] = []) =>
          facets.map(({ index, features: [feature] }) => [
            { ...index, $type: undefined },
            (feature as { $type: string }).$type,
          ])
        const ours = facetsOf(text, { "ada.bsky.test": "did:plc:ada" })
        expect(found(ours)).toEqual(found(theirs.facets))
      })
    )
  })

  it("leaves mentions of nobody and tags that are too long as plain text", () => {
    const text = `@nobody.example #${"a".repeat(65)} #ok`
    expect(facetsOf(text, { "nobody.example": null })).toEqual([
      expect.objectContaining({
        features: [{ $type: "app.bsky.richtext.facet#tag", tag: "ok" }],
      }),
    ])
  })

  it("asks for each handle once, and for names that can be one", () => {
    expect(
      findHandles("@Ada.bsky.test @ada.bsky.test @ada a@b.example")
    ).toEqual(["ada.bsky.test"])
  })
})

describe("a record key", () => {
  it("is a TID that sorts by its time", () => {
    const [first, second] = [createTid(1_700_000_000_000), createTid()]
    expect([first, second].sort()).toEqual([first, second])
    for (const tid of [first, second]) {
      expect(tid).toMatch(/^[234567abcdefghij][234567a-z]{12}$/)
    }
  })
})
