import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../../errors/service-error"

/** In characters, with what YouTube adds: commas, and quotes around words with spaces. */
const MAX_TAGS = 500

const lengthOfTags = (tags: readonly string[]): number =>
  tags.reduce(
    (sum, tag) => sum + tag.length + (tag.includes(" ") ? 2 : 0),
    Math.max(tags.length - 1, 0)
  )

/** What a merchant may choose for each video. */
export const youtubeSettings = z.object({
  title: z
    .string()
    .trim()
    .max(100)
    .regex(/^[^<>]*$/, "must be without < and >")
    .optional()
    .meta({
      title: "Title",
      description:
        "Up to 100 characters. Without one, the product's title, or else the first line of the text.",
    }),
  made_for_kids: z.enum(["no", "yes"]).meta({
    title: "Made for kids",
    description:
      "Whether the video is made for children. The law (COPPA) has you say it of each video; YouTube switches comments and personal ads off where it is.",
    "x-labels": { no: "No, it is not made for kids", yes: "Yes" },
  }),
  privacy: z.enum(["public", "unlisted", "private"]).default("public").meta({
    title: "Visibility",
    description:
      "public: for everybody. unlisted: for whoever has the address. private: for you alone.",
  }),
  category: z
    .string()
    .regex(/^\d+$/, "must be chosen from YouTube's list")
    .optional()
    .meta({
      title: "Category",
      description: "Without one, the channel's own default.",
      "x-lookup": "categories",
    }),
  tags: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .regex(/^[^<>,"]*$/, 'must be without < > , and "')
    )
    .refine(
      (tags) => lengthOfTags(tags) <= MAX_TAGS,
      `must have up to ${MAX_TAGS} characters in all, commas and the quotes around words with spaces included`
    )
    .optional()
    .meta({
      title: "Tags",
      description:
        "Words that help where a name is often misspelt. Up to 500 characters in all.",
    }),
  playlist: z.string().min(1).max(100).optional().meta({
    title: "Playlist",
    description: "Where the video is added, at the end.",
    "x-lookup": "playlists",
  }),
  language: z
    .string()
    .regex(
      /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/,
      "must be a language, for example en"
    )
    .optional()
    .meta({
      title: "Language",
      description: "What is spoken and written, for example en.",
    }),
  notify_subscribers: z.boolean().default(true).meta({
    title: "Tell the subscribers",
    description: "Switch it off where many videos go out at once.",
  }),
  synthetic_media: z.boolean().default(false).meta({
    title: "Altered or synthetic",
    description:
      "The video shows people, places or events that look real and were made or changed with software, such as AI.",
  }),
  embeddable: z.boolean().default(true).meta({
    title: "Embedding",
    description: "Others may show the video on their sites.",
  }),
  license: z
    .enum(["youtube", "creativeCommon"])
    .default("youtube")
    .meta({
      title: "Licence",
      description: "creativeCommon: others may use parts of the video.",
      "x-labels": {
        youtube: "YouTube's own",
        creativeCommon: "Creative Commons (CC BY)",
      },
    }),
})

export type YouTubeSettings = z.infer<typeof youtubeSettings>

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (
  settings: Readonly<Record<string, unknown>>
): YouTubeSettings => {
  const { data, error } = youtubeSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    const name = path.join(".")
    throw new ServiceError(
      "content_rejected",
      settings[name] === undefined
        ? `The setting "${name}" is missing, and YouTube does not publish without it. Choose it, and publish again.`
        : `The setting "${name}" ${message.replace(/\.$/, "")}. Change it, and publish again.`,
      { code: "invalid_settings" }
    )
  }
  return data
}
