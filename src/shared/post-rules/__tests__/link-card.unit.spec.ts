import { checkPost } from "../check"
import type { CardFacts, MediaFacts } from "../draft"
import type { LinkPolicy, PostLimits } from "../limits"
import { takesPicture } from "../link-card"
import { countXWeighted } from "../x-weighted"

const MB = 1024 * 1024

const picture: MediaFacts = {
  id: "media-1",
  name: "scarf.png",
  kind: "image",
  content_type: "image/png",
  bytes: 3 * MB,
  width: 1000,
  height: 1000,
  duration_ms: null,
  frame_rate: null,
  video_codec: null,
  audio_codec: null,
  alt_text: null,
  poster_kind: null,
}

const whole: CardFacts = {
  title: "Scarf",
  description: "Of wool",
  image: picture,
}

const cardPolicy: LinkPolicy & { place: "card" } = {
  place: "card",
  needs: ["title", "description", "image"],
  title: { unit: "graphemes", max: 5 },
  description: { unit: "graphemes", max: 10 },
  image_max_bytes: 2 * MB,
  shrinks_image: true,
  excludes_media: true,
}

const found = (
  card: CardFacts | undefined,
  link: LinkPolicy = cardPolicy,
  media: MediaFacts[] = []
) => {
  const limits: PostLimits = {
    text: [],
    parts: { max: 1, as: "none", media: true },
    media: {
      required: false,
      combinations: [{ image: {} }],
      image: { types: ["image/*"] },
      delivery: "push",
    },
    link,
  }
  return checkPost(
    {
      title: null,
      link: "https://shop.example",
      card,
      parts: [{ text: "Hello", media }],
    },
    limits,
    "Bluesky",
    countXWeighted
  )
}

describe("the card of a link", () => {
  it("is found good where it has all that is shown, and its picture fits or is made smaller", () => {
    expect(found(whole)).toEqual([])
    expect(found({ ...whole, image: { ...picture, bytes: null } })).toEqual([])
  })

  it("is worth a warning where the product has not all that is shown", () => {
    expect(found({ ...whole, description: " ", image: null })).toMatchObject([
      {
        severity: "warning",
        code: "link_card_incomplete",
        field: "link",
        allowed: ["title", "description", "picture"],
        measured: ["description", "picture"],
        message:
          "Bluesky shows the link as a card of title, description and picture, and this one has no description or picture: they come from the first product that is linked to the post.",
      },
    ])
  })

  it("is worth a warning where its texts are cut, with the rule and the measure", () => {
    expect(
      found({ ...whole, title: "Scarves", description: "Of wool and silk" })
    ).toMatchObject([
      {
        severity: "warning",
        code: "link_card_cut",
        allowed: 5,
        measured: 7,
        message:
          "The title of the link's card is 7 characters; Bluesky shows the first 5.",
      },
      {
        code: "link_card_cut",
        message:
          "The description of the link's card is 16 characters; Bluesky shows the first 10.",
      },
    ])
  })

  it.each([
    ["is not made smaller", picture, { ...cardPolicy, shrinks_image: false }],
    ["moves", { ...picture, kind: "gif" as const }, cardPolicy],
  ])(
    "goes out without a picture that is too large and %s",
    (_, image, policy) => {
      expect(takesPicture(policy, image)).toBe(false)
      expect(found({ ...whole, image }, policy)).toMatchObject([
        {
          severity: "warning",
          code: "link_card_picture_too_large",
          allowed: 2 * MB,
          measured: 3 * MB,
          message:
            "The picture of the link's card, scarf.png, is 3 MB; Bluesky takes up to 2 MB, so the card goes out without it.",
        },
      ])
    }
  )

  it("is not judged where there is none, or nothing is known of it", () => {
    const nothing = { title: null, description: null, image: null }
    expect(found(undefined)).toEqual([])
    expect(found(nothing, cardPolicy, [picture])).toEqual([])
    expect(found(nothing, { place: "text", preview: "network" })).toEqual([])
    expect(takesPicture({ place: "text", preview: "network" }, picture)).toBe(
      true
    )
  })
})
