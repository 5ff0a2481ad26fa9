import { countGraphemes, objectionsTo, type PostLimits } from "../post-rules"

const limits: PostLimits = {
  max_text_length: 5,
  max_media: 1,
  supports_link: false,
  requires_media: false,
}
const post = { caption: "Hello", link: null, mediaCount: 0 }

describe("what a service takes of a post", () => {
  it("counts characters as a reader sees them", () => {
    expect(countGraphemes("a👨‍👩‍👧‍👦é🇳🇱!")).toBe(5)
  })

  it("finds nothing wrong with a post that fits", () => {
    expect(objectionsTo(post, limits, "S")).toEqual([])
  })

  it("names every objection in a sentence", () => {
    const tooMuch = {
      caption: "123456",
      link: "https://a.example",
      mediaCount: 2,
    }

    expect(objectionsTo(tooMuch, limits, "S")).toEqual([
      "S takes at most 5 characters; this is 6.",
      "S takes at most 1 image; this has 2.",
      "S takes no link.",
    ])
    expect(
      objectionsTo({ ...post, mediaCount: 1 }, { ...limits, max_media: 0 }, "S")
    ).toEqual(["S takes no images."])
    expect(
      objectionsTo(post, { ...limits, requires_media: true }, "S")
    ).toEqual(["S needs at least one image."])
  })
})
