import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { runInNewContext } from "node:vm"
import { ESLint } from "eslint"
import { buildSync } from "esbuild"
import * as fc from "fast-check"
import { anyCharacter } from "../../__tests__/support/any-character"
import { checkPost } from "../check"
import type { MediaFacts, PostDraft } from "../draft"
import type { MediaRule, PostLimits, Range, TextUnit } from "../limits"
import { POSTER_KINDS } from "../poster"
import { countXWeighted } from "../x-weighted"

const FOLDER = join(__dirname, "..")

const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined })

/** Measures and limits, sensible or not. */
const number = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.nat(),
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, -1)
)
const fact = fc.option(number)
const text = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        "#tag",
        "@a@b.example",
        "https://a.example/1",
        " ",
        "漢",
        "👨‍👩‍👧"
      )
    )
    .map((words) => words.join(" ")),
  // Halves of surrogate pairs.
  fc.constantFrom("\uD83D", "a\uDC68", "")
)
const kind = fc.constantFrom<MediaFacts["kind"]>(
  "image",
  "gif",
  "video",
  "document"
)
const type = fc.oneof(
  fc.constantFrom(
    "image/png",
    "image/JPG; x=y",
    "video/mp4",
    "video/*",
    "",
    "/"
  ),
  text
)
const codec = fc.constantFrom("avc", "H.264", "vp9", "", "aac")

const media: fc.Arbitrary<MediaFacts> = fc.record({
  id: text,
  name: fc.option(text),
  kind,
  content_type: fc.option(type),
  bytes: fact,
  width: fact,
  height: fact,
  duration_ms: fact,
  frame_rate: fact,
  video_codec: fc.option(codec),
  audio_codec: fc.option(codec),
  alt_text: fc.option(text),
  poster_kind: fc.option(fc.constantFrom(...POSTER_KINDS, "none" as const)),
})

const draft: fc.Arbitrary<PostDraft> = fc.record({
  title: fc.option(text),
  link: fc.option(text),
  card: optional(
    fc.record({
      title: fc.option(text),
      description: fc.option(text),
      image: fc.option(media),
    })
  ),
  parts: fc.array(
    fc.record({
      text,
      media: fc.array(media, { maxLength: 4 }),
      delay_s: optional(number),
    }),
    { maxLength: 4 }
  ),
})

const range: fc.Arbitrary<Range> = fc.record({
  min: optional(number),
  max: optional(number),
})
const size = fc.record({ width: optional(number), height: optional(number) })

const mediaRule: fc.Arbitrary<MediaRule> = fc.record({
  types: fc.array(type),
  max_bytes: optional(number),
  min_bytes: optional(number),
  min: optional(size),
  max: optional(size),
  max_pixels: optional(number),
  max_sides: optional(number),
  ratio: optional(range),
  same_ratio: optional(
    fc.constantFrom("required" as const, "cropped" as const)
  ),
  same_size: optional(fc.boolean()),
  seconds: optional(range),
  fps: optional(range),
  frames: optional(range),
  codecs: optional(fc.array(codec)),
  audio_codecs: optional(fc.array(codec)),
  poster: optional(
    fc.constantFrom("required" as const, "optional" as const, "none" as const)
  ),
  poster_kinds: optional(fc.subarray([...POSTER_KINDS])),
})

const unit = fc.constantFrom<TextUnit>(
  "graphemes",
  "code_points",
  "utf16",
  "utf8_bytes",
  "x_weighted",
  "threads",
  "mastodon",
  "telegram"
)
const textRules = fc.array(
  fc.record({
    field: fc.constantFrom("text" as const, "title" as const),
    unit,
    max: number,
    min: optional(number),
    when: optional(
      fc.constantFrom("with_media" as const, "without_media" as const)
    ),
    url_weight: optional(number),
  }),
  { maxLength: 3 }
)

const words = optional(fc.array(text, { maxLength: 2 }))
const policy = optional(
  fc.constantFrom("required", "notAllowed", "none", "blacklist", "whitelist")
)
const community = fc.record({
  name: text,
  closed: fc.constant(null),
  takes: fc.constantFrom("any", "self", "link"),
  images: fc.boolean(),
  galleries: fc.boolean(),
  videos: fc.boolean(),
  flairs: fc.array(fc.record({ id: text, text }), { maxLength: 2 }),
  chosen_flair: fc.option(text),
  demands: fc.record({
    title_text_min_length: optional(number),
    title_text_max_length: optional(number),
    title_required_strings: words,
    title_blacklisted_strings: words,
    body_restriction_policy: policy,
    body_text_min_length: optional(number),
    link_restriction_policy: policy,
    domain_blacklist: words,
    domain_whitelist: words,
    is_flair_required: optional(fc.boolean()),
    gallery_min_items: optional(number),
    gallery_captions_requirement: policy,
    gallery_urls_requirement: policy,
  }),
})

const limits: fc.Arbitrary<PostLimits> = fc.record({
  text: textRules,
  parts: fc.record({
    max: number,
    as: fc.constantFrom("thread" as const, "comment" as const, "none" as const),
    media: fc.boolean(),
    text: optional(textRules),
    min_delay_s: optional(number),
  }),
  media: fc.record({
    required: fc.boolean(),
    combinations: fc.array(
      fc.record({
        image: optional(range),
        gif: optional(range),
        video: optional(range),
        document: optional(range),
        total: optional(range),
      }),
      { maxLength: 3 }
    ),
    image: optional(mediaRule),
    gif: optional(mediaRule),
    video: optional(mediaRule),
    document: optional(mediaRule),
    max_total_bytes: optional(number),
    alt_text: optional(fc.record({ max: number, unit, on: fc.array(kind) })),
    delivery: fc.constantFrom("push" as const, "pull" as const),
  }),
  link: fc.oneof(
    fc.constant({ place: "text" as const, preview: "none" as const }),
    fc.record({
      place: fc.constant("card" as const),
      needs: fc.subarray(["title", "description", "image"] as const),
      title: optional(fc.record({ unit, max: number })),
      description: optional(fc.record({ unit, max: number })),
      image_max_bytes: optional(number),
      shrinks_image: optional(fc.boolean()),
      excludes_media: fc.boolean(),
    }),
    fc.record({ place: fc.constant("field" as const), max: number }),
    fc.record({
      place: fc.constant("none" as const),
      advice: fc.constantFrom(
        "bio" as const,
        "comment" as const,
        "sticker" as const
      ),
    })
  ),
  community: optional(community),
  hashtags: optional(number),
  mentions: optional(number),
  links: optional(number),
})

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value))

describe("the verdict on a post", () => {
  it("is reached about any post and any limits, in sentences that hold what was measured", () => {
    fc.assert(
      fc.property(draft, limits, text, (post, taken, who) => {
        const messages = checkPost(post, taken, who, countXWeighted).map(
          ({ message }) => message
        )
        const wrong = messages.filter(
          (message) =>
            /\b(?:undefined|null|NaN|Infinity)\b(?=[^:]*;)/.test(message) ||
            !message.endsWith(".")
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 200 }
    )
  })

  it("is the same when post and limits went through JSON", () => {
    fc.assert(
      fc.property(draft, limits, (post, taken) => {
        const verdict = checkPost(post, taken, "X", countXWeighted)
        expect(
          checkPost(throughJson(post), throughJson(taken), "X", countXWeighted)
        ).toEqual(verdict)
        expect(throughJson(verdict)).toEqual(verdict)
      }),
      { numRuns: 200 }
    )
  })

  it("never gets worse for what is not known of a file", () => {
    fc.assert(
      fc.property(media, limits, (facts, taken) => {
        const { id, name, kind: ofKind, alt_text } = facts
        const unknown = { ...NOTHING_KNOWN, id, name, kind: ofKind, alt_text }
        const errorsAbout = (file: MediaFacts) =>
          checkPost(
            { title: null, link: null, parts: [{ text: "a", media: [file] }] },
            taken,
            "X",
            countXWeighted
          ).filter(
            ({ severity, media: index }) =>
              severity === "error" && index !== null
          )
        const codes = errorsAbout(facts).map(({ code }) => code)
        expect(codes).toEqual(
          expect.arrayContaining(errorsAbout(unknown).map(({ code }) => code))
        )
      })
    )
  })
})

const NOTHING_KNOWN = {
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

describe("one set of rules for server and dashboard", () => {
  it("gives the browser's bundle the same verdict", () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `export { checkPost } from "./check"; export { countXWeighted } from "./x-weighted"`,
        resolveDir: FOLDER,
      },
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "rules",
      target: "es2020",
      logLevel: "silent",
    })
    const script = outputFiles[0].text
    // What a browser has, and nothing of Node.
    const browser = runInNewContext(`${script}; rules`, {
      TextEncoder,
      URL,
    }) as {
      checkPost: typeof checkPost
      countXWeighted: typeof countXWeighted
    }
    fc.assert(
      fc.property(draft, limits, (post, taken) => {
        const verdict = browser.checkPost(
          throughJson(post),
          throughJson(taken),
          "X",
          browser.countXWeighted
        )
        expect(throughJson(verdict)).toEqual(
          checkPost(post, taken, "X", countXWeighted)
        )
      })
    )
  })

  it("brings the dashboard twitter-text only with X's counter, and nothing of Node", () => {
    const imports = readdirSync(FOLDER)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const source = readFileSync(join(FOLDER, file), "utf8")
        return Array.from(
          source.matchAll(/from "([^"]+)"/g),
          ([, specifier]) => `${file}: ${specifier}`
        )
      })
      .filter((line) => !/: \.\/[a-z-]+$/.test(line))

    expect(imports.sort()).toEqual([
      "words.ts: ../bytes",
      "x-weighted.ts: twitter-text",
    ])
  })

  it("lets the dashboard and providers import them, and nothing of the server the other way", async () => {
    const root = join(FOLDER, "../../..")
    const { layers } = await import(join(root, "eslint.layers.mjs"))
    // The whole of ESLint's configuration takes a second to load.
    const eslint = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: layers,
    })
    expect(readFileSync(join(root, "eslint.config.mjs"), "utf8")).toContain(
      "\n  ...layers,\n"
    )
    const complaints = async (filePath: string, specifier: string) => {
      const { rules } = await eslint.calculateConfigForFile(filePath)
      const [, { patterns }] = rules["no-restricted-imports"]
      return patterns.filter(({ regex }: { regex: string }) =>
        new RegExp(regex).test(specifier)
      ).length
    }
    const ours = "../../shared/post-rules/check"

    expect(await complaints("src/admin/lib/a.ts", ours)).toBe(0)
    expect(await complaints("src/publishing/a.ts", ours)).toBe(0)
    expect(await complaints("src/providers/a/a.ts", ours)).toBe(0)
    expect(
      await complaints("src/shared/post-rules/a.ts", "../../publishing/a")
    ).toBe(1)
    expect(await complaints("src/admin/lib/a.ts", "../../publishing/a")).toBe(1)
  })
})
