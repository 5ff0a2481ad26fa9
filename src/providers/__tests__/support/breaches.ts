import { sizeInWords } from "../../../shared/bytes"
import type {
  MediaFacts,
  PartDraft,
  PostDraft,
} from "../../../shared/post-rules/draft"
import type {
  MediaKind,
  MediaRule,
  PostLimits,
  TextRule,
} from "../../../shared/post-rules/limits"
import { takenPosters } from "../../../shared/post-rules/poster"
import type { ViolationCode } from "../../../shared/post-rules/violations"
import {
  codecInWords,
  durationInWords,
  kindInWords,
  MEDIA_KINDS,
  numberInWords,
  ratioInWords,
  typeInWords,
} from "../../../shared/post-rules/words"

/** A post that breaks one rule of a network, and what has to be said about it. */
export interface Breach {
  code: ViolationCode
  draft: PostDraft
  limits: PostLimits
  /** Words that the sentence must have. */
  says: string[]
}

/** What the sentences call the network. */
export const NETWORK = "The network"

const UNKNOWN: Omit<MediaFacts, "kind"> = {
  id: "media",
  name: null,
  content_type: null,
  bytes: null,
  width: null,
  height: null,
  duration_ms: null,
  frame_rate: null,
  video_codec: null,
  audio_codec: null,
  alt_text: null,
  poster_kind: null,
}

const fileOf = (
  kind: MediaKind,
  facts: Partial<MediaFacts> = {}
): MediaFacts => ({
  ...UNKNOWN,
  kind,
  ...facts,
})

const postOf = (...parts: Partial<PartDraft>[]): PostDraft => ({
  title: null,
  link: null,
  parts: parts.map((part) => ({ text: "Hello", media: [], ...part })),
})

/**
 * One post for each rule that a network states, which breaks just that one.
 *
 * @param limits what the network takes
 */
export const breachesOf = (limits: PostLimits): Breach[] => [
  ...MEDIA_KINDS.flatMap((kind) => fileBreaches(kind, limits)),
  ...altTextBreaches(limits),
  ...togetherBreaches(limits),
  ...textBreaches(limits),
  ...partBreaches(limits),
]

type FileBreach = [
  code: ViolationCode,
  facts: Partial<MediaFacts>,
  says: string[],
]

/** Each once with the file's name, and once where it has none. */
const fileBreaches = (kind: MediaKind, limits: PostLimits): Breach[] => {
  const rule = limits.media[kind]
  if (!rule) {
    return []
  }
  const named = [
    { name: "scarf.bin", called: "scarf.bin" },
    { name: null, called: `The ${kindInWords(kind, 1)} at position 2` },
  ]
  const breaches: FileBreach[] = [
    ...ofType(rule),
    ...ofBytes(rule),
    ...ofSides(rule),
    ...ofRatio(rule),
    ...ofTime(rule),
    ...ofCodecs(rule),
    ...ofPoster(rule),
  ]
  return named.flatMap(({ name, called }) =>
    breaches.map(([code, facts, says]) => ({
      code,
      limits,
      draft: postOf({
        media: [fileOf(kind), fileOf(kind, { name, ...facts })],
      }),
      says: [called, ...says],
    }))
  )
}

const ofType = ({ types }: MediaRule): FileBreach[] => [
  [
    "media_type",
    { content_type: "model/x-scarf" },
    ["SCARF", ...types.map(typeInWords)],
  ],
]

const ofBytes = ({ max_bytes, min_bytes }: MediaRule): FileBreach[] => {
  const breach = (code: ViolationCode, bytes: number, allowed: number) =>
    [code, { bytes }, [sizeInWords(bytes), sizeInWords(allowed)]] as FileBreach
  return [
    ...(max_bytes ? [breach("media_too_large", max_bytes * 2, max_bytes)] : []),
    ...(min_bytes ? [breach("media_too_small", min_bytes / 2, min_bytes)] : []),
  ]
}

const ofSides = ({
  min,
  max,
  max_pixels,
  max_sides,
}: MediaRule): FileBreach[] => {
  const sides = (["width", "height"] as const).flatMap((side) => {
    const breach = (pixels: number, allowed: number): FileBreach => [
      "media_dimensions",
      { [side]: pixels },
      [
        `${numberInWords(pixels)} pixels in ${side}`,
        numberInWords(allowed),
        "pixels.",
      ],
    ]
    const [least, most] = [min?.[side], max?.[side]]
    return [
      ...(least && least > 1 ? [breach(least - 1, least)] : []),
      ...(most ? [breach(most + 1, most)] : []),
    ]
  })
  const square = (
    side: number,
    measured: number,
    allowed: number
  ): FileBreach => [
    "media_dimensions",
    { width: side, height: side },
    [
      `${numberInWords(measured)} pixels`,
      `up to ${numberInWords(allowed)} pixels`,
    ],
  ]
  const large = max_pixels ? Math.ceil(Math.sqrt(max_pixels)) + 1 : 0
  return [
    ...sides,
    ...(max_pixels ? [square(large, large * large, max_pixels)] : []),
    ...(max_sides ? [square(max_sides, max_sides * 2, max_sides)] : []),
  ]
}

const ofRatio = ({ ratio }: MediaRule): FileBreach[] => {
  const breach = (
    width: number,
    height: number,
    allowed: number
  ): FileBreach => [
    "media_ratio",
    { width, height },
    [
      `${numberInWords(width)} × ${numberInWords(height)} pixels`,
      ratioInWords(width / height),
      ratioInWords(allowed),
    ],
  ]
  return [
    ...(ratio?.max ? [breach(ratio.max * 2_000, 1_000, ratio.max)] : []),
    ...(ratio?.min ? [breach(1_000, 2_000 / ratio.min, ratio.min)] : []),
  ]
}

const ofTime = ({ seconds, fps }: MediaRule): FileBreach[] => {
  const lasting = (measured: number, allowed: number): FileBreach => [
    "media_duration",
    { duration_ms: measured * 1000 },
    [`lasts ${durationInWords(measured)}`, durationInWords(allowed)],
  ]
  const rated = (measured: number, allowed: number): FileBreach => [
    "media_frame_rate",
    { frame_rate: measured },
    [
      `${numberInWords(measured)} frames per second`,
      numberInWords(allowed),
      "frames per second.",
    ],
  ]
  return [
    ...(seconds?.max ? [lasting(seconds.max + 1, seconds.max)] : []),
    ...(seconds?.min ? [lasting(seconds.min / 2, seconds.min)] : []),
    ...(fps?.max ? [rated(fps.max + 1, fps.max)] : []),
    ...(fps?.min ? [rated(fps.min - 1, fps.min)] : []),
  ]
}

const ofCodecs = ({ codecs, audio_codecs }: MediaRule): FileBreach[] => [
  ...(codecs
    ? [
        [
          "media_codec",
          { video_codec: "scarf" },
          ["SCARF", ...codecs.map(codecInWords)],
        ] as FileBreach,
      ]
    : []),
  ...(audio_codecs
    ? [
        [
          "media_audio_codec",
          { audio_codec: "scarf" },
          ["SCARF", ...audio_codecs.map(codecInWords)],
        ] as FileBreach,
      ]
    : []),
]

const ofPoster = (rule: MediaRule): FileBreach[] => {
  const other = (["picture", "moment"] as const).find(
    (kind) => !takenPosters(rule).includes(kind)
  )
  return [
    ...(rule.poster === "required"
      ? [
          [
            "media_cover_missing",
            { poster_kind: "none" },
            ["has no cover", "Choose"],
          ] as FileBreach,
        ]
      : []),
    ...(other
      ? [
          [
            rule.poster === "required"
              ? "media_cover_missing"
              : "media_cover_not_taken",
            { poster_kind: other },
            ["cover"],
          ] as FileBreach,
        ]
      : []),
  ]
}

const altTextBreaches = (limits: PostLimits): Breach[] => {
  const rule = limits.media.alt_text
  return MEDIA_KINDS.filter((kind) => limits.media[kind]).flatMap(
    (kind): Breach[] => {
      const breach = (
        code: ViolationCode,
        alt_text: string | null,
        says: string[]
      ): Breach => ({
        code,
        limits,
        draft: postOf({
          media: [fileOf(kind, { name: "scarf.bin", alt_text })],
        }),
        says: ["scarf.bin", ...says],
      })
      if (!rule?.on.includes(kind)) {
        return [breach("alt_text_not_taken", "A scarf", [kindInWords(kind)])]
      }
      const { max } = rule
      return [
        breach("alt_text_missing", null, ["no alternative text"]),
        breach("alt_text_too_long", "a".repeat(max + 7), [
          `${numberInWords(max + 7)} `,
          `up to ${numberInWords(max)}`,
        ]),
      ]
    }
  )
}

/** What is wrong about the files of a post together. */
const togetherBreaches = (limits: PostLimits): Breach[] => {
  const { media } = limits
  const kinds = MEDIA_KINDS.filter((kind) => media[kind])
  return [
    ...(media.required
      ? [
          {
            code: "media_required" as const,
            limits,
            draft: postOf({}),
            says: ["without media", "Add"],
          },
        ]
      : []),
    ...kinds.map((kind) => ({
      code: "media_combination" as const,
      limits,
      draft: postOf({ media: Array.from({ length: 99 }, () => fileOf(kind)) }),
      says: [`this has 99 ${kindInWords(kind)}`],
    })),
    ...(media.max_total_bytes
      ? [
          {
            code: "media_total_too_large" as const,
            limits,
            draft: postOf({
              media: [fileOf(kinds[0], { bytes: media.max_total_bytes * 2 })],
            }),
            says: [
              sizeInWords(media.max_total_bytes * 2),
              sizeInWords(media.max_total_bytes),
            ],
          },
        ]
      : []),
    ...kinds.flatMap((kind) => unlikeBreaches(kind, limits)),
  ]
}

const unlikeBreaches = (kind: MediaKind, limits: PostLimits): Breach[] => {
  const rule = limits.media[kind]
  if (!rule?.same_ratio && !rule?.same_size) {
    return []
  }
  const draft = postOf({
    media: [
      fileOf(kind, { name: "first.bin", width: 1000, height: 1000 }),
      fileOf(kind, { name: "second.bin", width: 1600, height: 1000 }),
    ],
  })
  const code =
    rule.same_size || rule.same_ratio === "required"
      ? "media_not_alike"
      : "media_cropped"
  return [{ code, limits, draft, says: ["first.bin", "second.bin"] }]
}

/** The media that a text's rule asks for; nothing is known of the file. */
const mediaFor = ({ when }: TextRule, { media }: PostLimits): MediaFacts[] => {
  if (when === "with_video") {
    return [fileOf("video")]
  }
  const kind = MEDIA_KINDS.find((known) => media[known]) ?? "image"
  return when === "with_media" || (when === "without_video" && media.required)
    ? [fileOf(kind === "video" ? "image" : kind)]
    : []
}

const textBreaches = (limits: PostLimits): Breach[] =>
  [...limits.text, ...(limits.parts.text ?? [])].flatMap((rule) => {
    const isOfPart = !limits.text.includes(rule)
    const text = (length: number): PostDraft => {
      const part = { media: mediaFor(rule, limits) }
      const words = "a".repeat(length)
      if (rule.field === "title") {
        return { ...postOf(part), title: words }
      }
      return isOfPart
        ? postOf(part, { ...part, text: words })
        : postOf({ ...part, text: words })
    }
    const unit = rule.unit === "utf8_bytes" ? "byte" : "character"
    const breach = (code: ViolationCode, length: number, allowed: string) => ({
      code,
      limits,
      draft: text(length),
      says: [`${numberInWords(length)} ${unit}`, allowed],
    })
    return [
      breach("text_too_long", rule.max + 7, `up to ${numberInWords(rule.max)}`),
      ...(rule.min && rule.min > 1
        ? [
            breach(
              "text_too_short",
              rule.min - 1,
              `at least ${numberInWords(rule.min)}`
            ),
          ]
        : []),
    ]
  })

const ENTITIES = [
  ["hashtags", "too_many_hashtags", (n: number) => `#scarf${n}`],
  ["mentions", "too_many_mentions", (n: number) => `@scarf${n}`],
  ["links", "too_many_links", (n: number) => `https://scarf.example/${n}`],
] as const

const partBreaches = (limits: PostLimits): Breach[] => {
  const { parts, link } = limits
  const many = parts.as === "none" ? 1 : parts.max
  const entities = ENTITIES.flatMap(([name, code, write]): Breach[] => {
    const max = limits[name]
    const words = Array.from({ length: (max ?? 0) + 1 }, (_, n) => write(n))
    return max === undefined
      ? []
      : [
          {
            code,
            limits,
            draft: postOf({ text: words.join(" ") }),
            says: [
              `${max + 1} ${name.slice(0, -1)}`,
              max ? `up to ${max}` : "none",
            ],
          },
        ]
  })
  return [
    ...entities,
    {
      code: "too_many_parts",
      limits,
      draft: postOf(...Array.from({ length: many + 1 }, () => ({}))),
      says: [`${many + 1} parts`, `up to ${many}`],
    },
    ...(parts.min_delay_s
      ? [
          {
            code: "delay_too_short" as const,
            limits,
            draft: postOf({}, { delay_s: 0.5 }),
            says: ["after 0.5 s", durationInWords(parts.min_delay_s)],
          },
        ]
      : []),
    ...(parts.max > 1 && parts.as !== "none" && !parts.media
      ? [
          {
            code: "media_not_in_parts" as const,
            limits,
            draft: postOf({}, { media: [fileOf("image")] }),
            says: ["part 2 has 1"],
          },
        ]
      : []),
    ...(link.place === "field"
      ? [
          {
            code: "link_too_long" as const,
            limits,
            draft: {
              ...postOf({}),
              link: `https://scarf.example/${"a".repeat(link.max)}`,
            },
            says: [
              numberInWords(link.max + "https://scarf.example/".length),
              numberInWords(link.max),
            ],
          },
        ]
      : []),
  ]
}
