import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../shared/post-rules/limits"
import type { Destination } from "../publication"

const MB = 1024 * 1024

/** What bots may send to api.telegram.org ("Sending files"). */
const MAX_UPLOAD_MB = 50
const MAX_PHOTO_BYTES = 10 * MB

export const MAX_CAPTION = 1024

export const telegramSettings = z.object({
  format: z.enum(["plain", "html"]).default("plain").meta({
    title: "Text format",
    description:
      "HTML takes <b>, <i>, <u>, <s>, <a href>, <code>, <pre>, <blockquote> and <tg-spoiler>.",
  }),
  link_as: z.enum(["text", "button"]).default("text").meta({
    title: "Link",
    description:
      "At the end of the text, or as a button beneath. An album has no buttons: its link stays in the text.",
  }),
  button_text: z.string().trim().min(1).max(64).default("Open").meta({
    title: "Text of the button",
  }),
  link_preview: z
    .enum(["auto", "large", "small", "none"])
    .default("auto")
    .meta({
      title: "Link preview",
      description: "How Telegram shows the page that a link leads to.",
    }),
  text_below: z.boolean().default(false).meta({
    title: "Text beneath the preview",
    description: "Shows the link's preview above the text.",
  }),
  text_above_media: z.boolean().default(false).meta({
    title: "Text above photos and videos",
  }),
  spoiler: z.boolean().default(false).meta({
    title: "Hide photos and videos",
    description: "They are shown once somebody taps on them.",
  }),
  silent: z.boolean().default(false).meta({
    title: "Without sound",
    description: "Subscribers are notified silently.",
  }),
  protect_content: z.boolean().default(false).meta({
    title: "No forwarding",
    description: "The post cannot be forwarded or saved.",
  }),
  topic: z.number().int().positive().optional().meta({
    title: "Topic",
    description:
      "For groups with topics: the number that stands before the last one in a message's link.",
  }),
})

export type TelegramSettings = z.infer<typeof telegramSettings>

/** What a chat takes (core.telegram.org/bots/api, sendMessage to sendMediaGroup). */
export const limits = (
  { facts }: Pick<Destination, "facts">,
  { settings }: { settings: Readonly<Record<string, unknown>> }
): PostLimits => {
  const unit = settings.format === "html" ? "telegram" : "utf16"
  const max_bytes = (Number(facts.max_upload_mb) || MAX_UPLOAD_MB) * MB
  return {
    text: [
      { field: "text", unit, max: 4096, when: "without_media" },
      { field: "text", unit, max: MAX_CAPTION, when: "with_media" },
    ],
    parts: { max: 10, as: "thread", media: true },
    media: {
      required: false,
      combinations: [
        { image: {}, video: {}, total: { min: 1, max: 10 } },
        { gif: { max: 1 } },
        { document: { max: 10 } },
      ],
      image: {
        types: ["image/jpeg", "image/png", "image/webp"],
        max_bytes: MAX_PHOTO_BYTES,
        max_sides: 10_000,
        ratio: { min: 1 / 20, max: 20 },
      },
      gif: { types: ["image/gif", "video/mp4"], max_bytes },
      video: { types: ["video/mp4"], max_bytes, poster_kinds: ["picture"] },
      document: { types: ["application/*", "text/*", "image/*"], max_bytes },
      delivery: "push",
    },
    link:
      settings.link_as === "button"
        ? { place: "button", kinds: ["url"] }
        : {
            place: "text",
            preview: settings.link_preview === "none" ? "none" : "network",
          },
  }
}
