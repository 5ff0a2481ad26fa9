import { checkPost } from "../check"
import type { MediaFacts, PartDraft, PostDraft } from "../draft"
import type { PostLimits } from "../limits"
import { publishedText } from "../link"
import { countXWeighted } from "../x-weighted"

const MB = 1024 * 1024

const limits: PostLimits = {
  text: [{ field: "text", unit: "graphemes", max: 20 }],
  parts: { max: 3, as: "thread", media: true },
  media: {
    required: false,
    combinations: [{ image: { max: 4 } }, { video: { max: 1 } }],
    image: {
      types: ["image/jpeg", "image/png"],
      max_bytes: 5 * MB,
      min: { width: 100, height: 100 },
      max: { width: 4000 },
      max_pixels: 8_000_000,
      ratio: { min: 0.8, max: 1.91 },
    },
    video: {
      types: ["video/*"],
      seconds: { min: 3, max: 90 },
      fps: { min: 23, max: 60 },
      codecs: ["avc", "hevc"],
      audio_codecs: ["aac"],
      poster: "required",
    },
    alt_text: { max: 30, unit: "graphemes", on: ["image"] },
    delivery: "push",
  },
  link: { place: "text", preview: "network" },
}

const image: MediaFacts = {
  id: "media-1",
  name: "beach.png",
  kind: "image",
  content_type: "image/png",
  bytes: MB,
  width: 1000,
  height: 1000,
  duration_ms: null,
  frame_rate: null,
  video_codec: null,
  audio_codec: null,
  alt_text: "A beach",
  poster_kind: null,
}

const video: MediaFacts = {
  ...image,
  id: "media-2",
  name: "clip.mp4",
  kind: "video",
  content_type: "video/mp4",
  duration_ms: 10_000,
  frame_rate: 30_000 / 1001,
  video_codec: "avc",
  audio_codec: "aac",
  alt_text: null,
  poster_kind: "picture",
}

const part = (changes: Partial<PartDraft> = {}): PartDraft => ({
  text: "Hello",
  media: [],
  ...changes,
})

const post = (...parts: PartDraft[]): PostDraft => ({
  title: null,
  link: null,
  parts,
})

const withMedia = (...media: MediaFacts[]) => post(part({ media }))

const check = (draft: PostDraft, changes: Partial<PostLimits> = {}) =>
  checkPost(draft, { ...limits, ...changes }, "Mastodon", countXWeighted)

const messages = (draft: PostDraft, changes: Partial<PostLimits> = {}) =>
  check(draft, changes).map(({ message }) => message)

const withMediaRules = (changes: Partial<PostLimits["media"]>) => ({
  media: { ...limits.media, ...changes },
})

describe("checking a post against what an account takes", () => {
  it("finds nothing about a post that fits", () => {
    expect(check(post(part()))).toEqual([])
    expect(check(withMedia(image, image, image, image))).toEqual([])
    expect(check(withMedia(video))).toEqual([])
  })

  it("says everything about a violation as data", () => {
    const large = { ...image, bytes: 6.2 * MB }

    expect(check(post(part(), part({ media: [image, large] })))).toEqual([
      {
        severity: "error",
        code: "media_too_large",
        field: "media",
        part: 1,
        media: 1,
        allowed: 5 * MB,
        measured: 6.2 * MB,
        message: "beach.png is 6.2 MB; Mastodon takes images up to 5 MB.",
      },
    ])
  })

  it.each<[Partial<MediaFacts>, string]>([
    [
      { bytes: 5 * MB + 1 },
      "beach.png is 5,242,881 bytes; Mastodon takes images up to 5,242,880 bytes.",
    ],
    [
      { content_type: "image/webp" },
      "beach.png is WebP; Mastodon takes images as JPEG or PNG.",
    ],
    [
      { width: 90 },
      "beach.png is 90 pixels in width; Mastodon takes images with a width of 100 to 4,000 pixels.",
    ],
    [
      { width: 4000, height: 2500 },
      "beach.png has 10,000,000 pixels; Mastodon takes images of up to 8,000,000 pixels.",
    ],
    [
      { width: 1080, height: 1920 },
      "beach.png is 1,080 × 1,920 pixels, an aspect ratio of 9:16; Mastodon takes images of 4:5 to 1.91:1.",
    ],
    [
      { alt_text: "A beach with palms and a boat in the sun" },
      "The alternative text of beach.png is 40 characters; Mastodon takes up to 30.",
    ],
  ])("names the image, the rule and the measure: %j", (facts, sentence) => {
    expect(messages(withMedia({ ...image, ...facts }))).toContain(sentence)
  })

  it.each<[Partial<MediaFacts>, string]>([
    [
      { duration_ms: 95_500 },
      "clip.mp4 lasts 95.5 s; Mastodon takes videos of 3 s to 90 s.",
    ],
    [
      { frame_rate: 15 },
      "clip.mp4 has 15 frames per second; Mastodon takes videos with 23 to 60 frames per second.",
    ],
    [
      { video_codec: "vp9" },
      "clip.mp4 is encoded as VP9; Mastodon takes videos as H.264 or H.265.",
    ],
    [
      { audio_codec: "mp3" },
      "The sound of clip.mp4 is encoded as MP3; Mastodon takes videos with sound as AAC.",
    ],
    [
      { poster_kind: "none" },
      "clip.mp4 has no cover; Mastodon takes no video without one. Choose a picture of its own or a moment of the video.",
    ],
    [
      { content_type: "application/pdf" },
      "clip.mp4 is PDF; Mastodon takes videos as any type of video.",
    ],
  ])("names the video, the rule and the measure: %j", (facts, sentence) => {
    expect(messages(withMedia({ ...video, ...facts }))).toEqual([sentence])
  })

  it("forgives a ratio what rounding to whole pixels does to it", () => {
    const rounded = { ...image, width: 1080, height: 565 }

    expect(check(withMedia(rounded))).toEqual([])
    expect(messages(withMedia({ ...rounded, height: 560 }))).toHaveLength(1)
  })

  it("takes other names of a type or codec for the same", () => {
    const other = { content_type: "IMAGE/JPG; charset=binary" }

    expect(check(withMedia({ ...image, ...other }))).toEqual([])
    expect(check(withMedia({ ...video, video_codec: "H.264" }))).toEqual([])
  })

  it("never holds against a file what is not known of it", () => {
    const unknown = {
      content_type: null,
      bytes: null,
      width: null,
      height: null,
      duration_ms: null,
      frame_rate: null,
      video_codec: null,
      audio_codec: null,
      poster_kind: null,
    }
    expect(check(withMedia({ ...image, ...unknown }))).toEqual([])
    expect(check(withMedia({ ...video, ...unknown }))).toEqual([])
  })

  it("says which files go together", () => {
    expect(messages(withMedia(image, video))).toEqual([
      "Mastodon takes up to 4 images, or 1 video; this has 1 image and 1 video.",
    ])
    expect(
      messages(
        withMedia(image),
        withMediaRules({
          combinations: [{ image: {}, video: {}, total: { min: 2, max: 10 } }],
        })
      )
    ).toEqual(["Mastodon takes 2 to 10 images or videos; this has 1 image."])
    expect(
      messages(withMedia(image), withMediaRules({ combinations: [] }))
    ).toEqual(["Mastodon takes no media; this has 1 image."])
  })

  it("says what is missing where a post needs media", () => {
    const required = withMediaRules({ required: true })

    expect(messages(post(part(), part()), required)).toEqual([
      "Mastodon takes no post without media. Add an image or video.",
    ])
  })

  it("adds up the files of a part", () => {
    const rules = withMediaRules({ max_total_bytes: 3 * MB })

    expect(check(withMedia(image, image, image), rules)).toEqual([])
    expect(messages(withMedia(image, image, image, image), rules)).toEqual([
      "The files are 4 MB together; Mastodon takes up to 3 MB in one post.",
    ])
  })

  it("compares files that must be alike, or are cropped", () => {
    const draft = withMedia(image, { ...image, name: "b.png", width: 1200 })
    const like = (rule: object) =>
      withMediaRules({ image: { types: ["image/*"], ...rule } })

    expect(messages(draft, like({ same_size: true }))).toEqual([
      "b.png is 1200 × 1000 pixels and beach.png 1000 × 1000; Mastodon takes images of one size in a post.",
    ])
    expect(messages(draft, like({ same_ratio: "required" }))).toEqual([
      "b.png has an aspect ratio of 6:5 and beach.png of 1:1; Mastodon takes images of one ratio in a post.",
    ])
    expect(check(draft, like({ same_ratio: "cropped" }))).toMatchObject([
      {
        severity: "warning",
        code: "media_cropped",
        media: 1,
        message:
          "Mastodon crops b.png to the aspect ratio of beach.png, which is 1:1.",
      },
    ])
  })

  it("warns of alternative texts that are missing or not taken", () => {
    expect(check(withMedia({ ...image, alt_text: " " }))).toMatchObject([
      {
        severity: "warning",
        code: "alt_text_missing",
        message:
          "beach.png has no alternative text. Say what it shows, for people who cannot see it.",
      },
    ])
    expect(check(withMedia({ ...video, alt_text: "A clip" }))).toMatchObject([
      {
        severity: "warning",
        code: "alt_text_not_taken",
        message:
          "Mastodon takes no alternative text for videos, so clip.mp4 goes out without it.",
      },
    ])
  })

  it("calls a file without a name by its position", () => {
    expect(
      messages(withMedia(image, { ...image, name: null, bytes: 6 * MB }))
    ).toEqual([
      "The image at position 2 is 6 MB; Mastodon takes images up to 5 MB.",
    ])
  })
})

describe("checking the texts of a post", () => {
  it("holds every rule that applies", () => {
    const text: PostLimits["text"] = [
      { field: "text", unit: "graphemes", max: 10 },
      { field: "text", unit: "utf8_bytes", max: 30 },
      { field: "text", unit: "graphemes", max: 4, when: "with_media" },
    ]
    expect(check(post(part({ text: "👨‍👩‍👧‍👦" })), { text })).toEqual([])
    expect(messages(post(part({ text: "👨‍👩‍👧‍👦👨‍👩‍👧‍👦" })), { text })).toEqual([
      "The text is 50 bytes; Mastodon takes up to 30.",
    ])
    expect(messages(withMedia(image), { text })).toEqual([
      "The text is 5 characters; Mastodon takes up to 4.",
    ])
  })

  it("counts in the service's unit, and leaves out X's while its counter is loading", () => {
    const text: PostLimits["text"] = [
      { field: "text", unit: "x_weighted", max: 9 },
    ]
    const draft = post(part({ text: "漢字漢字漢" }))

    expect(messages(draft, { text })).toEqual([
      "The text is 10 characters; Mastodon takes up to 9.",
    ])
    expect(checkPost(draft, { ...limits, text }, "X", null)).toEqual([])
  })

  it("asks for a title where one is needed", () => {
    const text: PostLimits["text"] = [
      { field: "title", unit: "utf16", min: 2, max: 5 },
    ]
    const titled = (title: string | null) => ({ ...post(part()), title })

    expect(messages(titled(null), { text })).toEqual([
      "Mastodon needs a title.",
    ])
    expect(messages(titled("a"), { text })).toEqual([
      "The title is 1 character; Mastodon needs at least 2.",
    ])
    expect(messages(titled("Shoes!"), { text })).toEqual([
      "The title is 6 characters; Mastodon takes up to 5.",
    ])
    expect(check(titled("Shoes"), { text })).toEqual([])
  })

  it("counts the link where it goes into the text, and sends what it counted", () => {
    const draft = { ...post(part()), link: "https://a.example/1" }

    expect(messages(draft)).toEqual([
      "The text with its link is 26 characters; Mastodon takes up to 20.",
    ])
    expect(publishedText(draft, 0, limits)).toBe("Hello\n\nhttps://a.example/1")
    const inText = post(part({ text: "https://a.example/1." }))
    expect(publishedText({ ...inText, link: draft.link }, 0, limits)).toBe(
      "https://a.example/1."
    )
  })

  it("puts the link into the text where a card has no room beside media", () => {
    const card: Partial<PostLimits> = {
      link: { place: "card", needs: [], excludes_media: true },
    }
    const link = "https://a.example/1"

    expect(check({ ...post(part()), link }, card)).toEqual([])
    expect(messages({ ...withMedia(image), link }, card)).toEqual([
      "The text with its link is 26 characters; Mastodon takes up to 20.",
    ])
  })

  it("refuses a link that its field cannot take", () => {
    expect(
      messages(
        { ...post(part()), link: "https://a.example/1" },
        { link: { place: "field", max: 10 } }
      )
    ).toEqual(["The link is 19 characters; Mastodon takes up to 10."])
  })

  it("warns of links that nobody can follow", () => {
    const link: PostLimits["link"] = { place: "none", advice: "bio" }
    const draft = {
      ...post(part({ text: "https://b.example" })),
      link: "https://a.example",
    }
    expect(check(draft, { link })).toMatchObject([
      {
        severity: "warning",
        code: "link_left_out",
        message:
          "Mastodon has no place for a link, so the post goes out without it. Put it into the profile's bio instead.",
      },
      {
        severity: "warning",
        code: "link_not_clickable",
        part: 0,
        message:
          "Nobody can click https://b.example at Mastodon: links in a text are plain words there. Put it into the profile's bio instead.",
      },
    ])
  })

  it("counts hashtags, mentions and different links", () => {
    const text =
      "#a #b #1 ana@a.example @c @d@e.example https://f.example/#g https://f.example/#g"
    const rules = { text: [], hashtags: 1, mentions: 1, links: 0 }

    expect(messages(post(part({ text })), rules)).toEqual([
      "The text has 2 hashtags; Mastodon takes up to 1.",
      "The text has 2 mentions; Mastodon takes up to 1.",
      "The text has 1 link; Mastodon takes none.",
    ])
  })
})

describe("checking the parts of a post", () => {
  it("names the part of a thread", () => {
    const long = part({ text: "A text that is too long" })

    expect(messages(post(part(), long))).toEqual([
      "Part 2 of the thread is 23 characters; Mastodon takes up to 20.",
    ])
  })

  it("holds the rules of comments against comments", () => {
    const parts: PostLimits["parts"] = {
      max: 2,
      as: "comment",
      media: false,
      text: [{ field: "text", unit: "graphemes", max: 3 }],
      min_delay_s: 60,
    }
    const draft = post(part(), part({ media: [image], delay_s: 5 }))

    expect(messages(draft, { parts })).toEqual([
      "Comment 1 follows after 5 s; Mastodon takes it after 1 min at the earliest.",
      "Comment 1 is 5 characters; Mastodon takes up to 3.",
      "Mastodon takes media with the post itself only; part 2 has 1.",
    ])
  })

  it("refuses more parts than are taken", () => {
    const four = post(part(), part(), part(), part())

    expect(messages(four)).toEqual([
      "The post has 4 parts; Mastodon takes up to 3 parts in a thread.",
    ])
    expect(
      messages(post(part(), part()), {
        parts: { max: 1, as: "none", media: false },
      })
    ).toEqual([
      "The post has 2 parts; Mastodon takes up to 1 part: the post alone.",
    ])
  })

  it("refuses a part that has nothing in it", () => {
    expect(messages(post(part({ text: " " }), part({ text: "" })))).toEqual([
      "The post for Mastodon has neither text nor media. Write something or add a file.",
      "Part 2 of the thread has neither text nor media. Write something, or remove it.",
    ])
    expect(check({ ...post(), link: "https://a.example" })).toEqual([])
  })
})
