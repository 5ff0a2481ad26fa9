import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"
import { PRIVACY_LEVELS } from "./creator"

/**
 * What a merchant chooses for each post. TikTok's rules for apps
 * (developers.tiktok.com/doc/content-sharing-guidelines) allow no default for
 * who can see it, and nothing that is switched on beforehand.
 */
export const tiktokSettings = z
  .object({
    post_mode: z
      .enum(["direct", "inbox"])
      .default("direct")
      .meta({
        title: "Where it goes",
        description:
          "inbox: TikTok tells you in its app, where you add sounds and effects and publish. A video goes there without its text.",
        "x-labels": {
          direct: "On the profile, at once",
          inbox: "Into the TikTok inbox, to be finished in the app",
        },
      }),
    privacy_level: z.enum(PRIVACY_LEVELS).optional().meta({
      title: "Who can see it",
      description:
        "As the account offers it now. Before TikTok's audit of your app only SELF_ONLY works. Whoever publishes agrees to TikTok's Music Usage Confirmation.",
      "x-lookup": "privacy_levels",
    }),
    allow_comments: z.boolean().default(false).meta({
      title: "Allow comments",
      description: "Unless the account has switched them off.",
    }),
    allow_duet: z.boolean().default(false).meta({
      title: "Allow duets",
      description: "Others may show the video beside one of their own.",
    }),
    allow_stitch: z.boolean().default(false).meta({
      title: "Allow stitches",
      description: "Others may use some seconds of the video.",
    }),
    your_brand: z.boolean().default(false).meta({
      title: "Promotes your own business",
      description: 'TikTok marks the post as "Promotional content".',
    }),
    branded_content: z.boolean().default(false).meta({
      title: "Paid partnership",
      description:
        "It promotes somebody else's business in return for something: TikTok marks the post as \"Paid partnership\". Not for SELF_ONLY. Whoever publishes agrees to TikTok's Branded Content Policy.",
    }),
    ai_generated: z.boolean().default(false).meta({
      title: "AI-generated",
      description: "TikTok marks the video as made with AI.",
    }),
    title: z.string().trim().max(90).optional().meta({
      title: "Title of photos",
      description: "Up to 90 characters. Videos have none.",
    }),
    add_music: z.boolean().default(false).meta({
      title: "Add music to photos",
      description: "TikTok chooses it.",
    }),
  })
  .superRefine((chosen, context) => {
    const { post_mode, privacy_level, branded_content } = chosen
    if (post_mode === "inbox") {
      return
    }
    const refuse = (message: string) =>
      context.addIssue({ code: "custom", path: ["privacy_level"], message })
    if (!privacy_level) {
      refuse("must be chosen: who can see the post")
    }
    if (branded_content && privacy_level === "SELF_ONLY") {
      refuse(
        "must not be SELF_ONLY for a paid partnership: TikTok shows branded content to others"
      )
    }
  })

export type TikTokSettings = z.infer<typeof tiktokSettings>

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (settings: unknown): TikTokSettings => {
  const { data, error } = tiktokSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    throw new ServiceError(
      "content_rejected",
      `The setting "${path.join(".")}" ${message.replace(/\.$/, "")}. Change it, and publish again.`,
      { code: "invalid_settings" }
    )
  }
  return data
}
