import { bareMedia } from "../bare-media"
import { checkFile } from "../check-file"
import type { MediaFacts } from "../draft"
import type { MediaRule, PostLimits } from "../limits"
import { offeredPosters, posterKindOf } from "../poster"

const limits = (video?: Partial<MediaRule>): Pick<PostLimits, "media"> => ({
  media: {
    required: false,
    combinations: [],
    delivery: "push",
    ...(video && { video: { types: ["video/*"], ...video } }),
  },
})
const picture = limits({ poster: "required", poster_kinds: ["picture"] })
const moment = limits({ poster_kinds: ["moment"] })
const none = limits({ poster: "none" })

describe("the cover of a video", () => {
  it.each([
    ["before an account is chosen", [], ["picture", "moment"]],
    ["where a rule says nothing of it", [limits({})], ["picture", "moment"]],
    ["of what one of the accounts takes", [none, moment], ["moment"]],
    ["of what they take together", [picture, moment], ["picture", "moment"]],
    ["where no account takes one", [none, none], []],
    ["by the accounts that take videos", [limits(), picture], ["picture"]],
  ])("is offered %s", (_, accounts, offered) => {
    expect(offeredPosters(accounts)).toEqual(offered)
  })

  it.each([
    [null, "none"],
    [{ media_id: "smed_1" }, "picture"],
    [{ at_ms: 0 }, "moment"],
  ])("is known by what the library keeps of it: %j", (poster, kind) => {
    expect(posterKindOf(poster)).toBe(kind)
  })
})

describe("a video with a cover that is not taken", () => {
  const facts = {
    ...bareMedia("https://shop.example.com/clip.mp4", null),
    name: "clip.mp4",
  }
  const verdict = (
    poster_kind: MediaFacts["poster_kind"],
    rule: Partial<MediaRule>
  ) =>
    checkFile(
      { ...facts, poster_kind },
      { types: ["video/*"], ...rule },
      "clip.mp4",
      "Tok"
    ).map(({ severity, message }) => `${severity}: ${message}`)

  it.each<[MediaFacts["poster_kind"], Partial<MediaRule>, string[]]>([
    [
      "picture",
      { poster_kinds: ["moment"] },
      [
        "warning: The cover of clip.mp4 is a picture of its own; Tok takes only a moment of the video, so clip.mp4 goes out without its cover.",
      ],
    ],
    [
      "moment",
      { poster_kinds: ["picture"] },
      [
        "warning: The cover of clip.mp4 is a moment of the video; Tok takes only a picture of its own, so clip.mp4 goes out without its cover.",
      ],
    ],
    [
      "picture",
      { poster: "none" },
      ["warning: Tok takes no cover, so clip.mp4 goes out without it."],
    ],
    [
      "moment",
      { poster: "required", poster_kinds: ["picture"] },
      [
        "error: The cover of clip.mp4 is a moment of the video; Tok takes videos with a picture of its own as the cover.",
      ],
    ],
    [
      "none",
      { poster: "required", poster_kinds: ["picture"] },
      [
        "error: clip.mp4 has no cover; Tok takes no video without one. Choose a picture of its own.",
      ],
    ],
    ["picture", { poster_kinds: ["picture"] }, []],
    ["moment", {}, []],
    [null, { poster: "required", poster_kinds: ["picture"] }, []],
  ])("is told what becomes of it: %s, %j", (kind, rule, told) => {
    expect(verdict(kind, rule)).toEqual(told)
  })
})
