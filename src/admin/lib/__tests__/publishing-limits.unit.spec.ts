import type { PublishingFacts } from "../../../shared/api-types"
import { publishingProblems, strictestTextLimit } from "../publishing-limits"

const facts: PublishingFacts = {
  max_text_length: 10,
  max_media: 1,
  media_types: ["image/png"],
  supports_link: false,
  requires_media: false,
}

const post = { caption: "Hello", link: null, mediaCount: 0 }

describe("publishing limits", () => {
  it("takes the limit of the strictest service", () => {
    const limit = strictestTextLimit([
      { label: "Wide", facts: { ...facts, max_text_length: 500 } },
      { label: "Narrow", facts },
    ])

    expect(limit).toEqual({ label: "Narrow", max: 10 })
    expect(strictestTextLimit([])).toBeNull()
  })

  it("names each service that would refuse, once for each reason", () => {
    const target = { label: "S", facts }
    const problems = publishingProblems(
      { caption: "x".repeat(11), link: "https://example.com", mediaCount: 2 },
      [target, target]
    )

    expect(problems).toEqual([
      "S takes at most 10 characters; this is 11.",
      "S takes at most 1 image; this has 2.",
      "S takes no link.",
    ])
  })
})
