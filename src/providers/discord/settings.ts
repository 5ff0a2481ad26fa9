import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../shared/post-rules/limits"
import type { Destination } from "../publication"

const MB = 1024 * 1024

/** Of a server without boosts ("Uploading Files"). */
const MAX_FILE_MB = 10
/** Of a request with all its files. */
const MAX_REQUEST_MB = 25

/** Of an embed ("Embed Limits"); what is longer is cut off. */
export const EMBED_TITLE = { unit: "code_points", max: 256 } as const
export const EMBED_DESCRIPTION = { unit: "code_points", max: 4096 } as const

const snowflake = () => z.string().regex(/^\d{15,22}$/, "must be an id")

export const discordWebhookSettings = z.object({
  title: z.string().trim().min(1).max(100).optional().meta({
    title: "Title",
    description: "Of the post in a forum channel, which cannot be without.",
  }),
  tags: z.array(snowflake()).max(5).optional().meta({
    title: "Tags",
    description: "Of the post in a forum channel, by their ids.",
  }),
  thread: snowflake().optional().meta({
    title: "Thread",
    description: "Posts into the thread of this id instead of the channel.",
  }),
  link_as: z.enum(["text", "card"]).default("text").meta({
    title: "Link",
    description:
      "At the end of the text, where Discord shows a preview of the page, or as a card with the product's title, text and picture.",
  }),
  hide_preview: z.boolean().default(false).meta({
    title: "No previews of links",
  }),
  spoiler: z.boolean().default(false).meta({
    title: "Hide files",
    description: "They are shown once somebody clicks on them.",
  }),
  silent: z.boolean().default(false).meta({
    title: "Without sound",
    description: "Members are notified silently.",
  }),
})

/** What a bot can do besides. */
export const discordSettings = discordWebhookSettings.extend({
  tags: discordWebhookSettings.shape.tags.meta({
    title: "Tags",
    description: "Of the post in a forum channel.",
    "x-ui": { lookup: "tags" },
  }),
  thread: discordWebhookSettings.shape.thread.meta({
    title: "Thread",
    description: "Posts into this thread instead of the channel.",
    "x-ui": { lookup: "threads" },
  }),
  discussion: z.string().trim().min(1).max(100).optional().meta({
    title: "Open a thread",
    description:
      "The name of a thread that is opened under the post; what follows the post goes in there.",
  }),
  crosspost: z.boolean().default(false).meta({
    title: "Publish to followers",
    description:
      "In an announcement channel: sends the post to all servers that follow it.",
  }),
})

export type DiscordSettings = z.infer<typeof discordSettings>

/** What a channel takes ("Create Message", "Start Thread in Forum or Media Channel"). */
export const limits = (
  { kind, facts }: Pick<Destination, "kind" | "facts">,
  { settings }: { settings: Readonly<Record<string, unknown>> }
): PostLimits => {
  const fileMb = Number(facts.max_file_mb) || MAX_FILE_MB
  const max_bytes = fileMb * MB
  return {
    text: [
      { field: "text", unit: "code_points", max: 2000 },
      ...(kind === "forum" && !settings.thread
        ? [
            {
              field: "title" as const,
              unit: "code_points" as const,
              min: 1,
              max: 100,
            },
          ]
        : []),
    ],
    parts: { max: 10, as: "thread", media: true },
    media: {
      required: false,
      combinations: [
        {
          image: {},
          gif: {},
          video: {},
          document: {},
          total: { min: 1, max: 10 },
        },
      ],
      max_total_bytes: Math.max(MAX_REQUEST_MB, fileMb) * MB,
      image: { types: ["image/*"], max_bytes },
      gif: { types: ["image/gif", "video/mp4"], max_bytes },
      video: { types: ["video/*"], max_bytes, poster: "none" },
      document: {
        types: ["application/*", "text/*", "image/*", "audio/*"],
        max_bytes,
      },
      alt_text: {
        max: 1024,
        unit: "code_points",
        on: ["image", "gif", "video", "document"],
      },
      delivery: "push",
    },
    link:
      settings.link_as === "card"
        ? {
            place: "card",
            needs: ["title", "description", "image"],
            title: EMBED_TITLE,
            description: EMBED_DESCRIPTION,
            image_max_bytes: max_bytes,
            excludes_media: false,
          }
        : {
            place: "text",
            preview: settings.hide_preview ? "none" : "network",
          },
  }
}
