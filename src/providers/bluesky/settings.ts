import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"

/** Where a language is named as in BCP 47, such as `de` or `pt-BR`. */
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/

/** What a merchant may choose for each post. */
export const blueskySettings = z.object({
  who_can_reply: z
    .enum(["everyone", "followers", "following", "mentioned", "nobody"])
    .default("everyone")
    .meta({
      title: "Who can reply",
      description:
        "Everyone, followers, accounts that you follow, accounts that the post mentions, or nobody.",
    }),
  allow_quotes: z.boolean().default(true).meta({
    title: "Allow quotes",
    description: "Whether other posts may quote this one.",
  }),
  content_warning: z
    .enum(["none", "sexual", "nudity", "porn", "graphic-media"])
    .default("none")
    .meta({
      title: "Content warning",
      description:
        "Covers images and videos until the reader wants to see them: suggestive, non-sexual nudity, pornography, or violence.",
    }),
  languages: z.array(z.string().regex(LANGUAGE)).max(3).optional().meta({
    title: "Languages",
    description:
      "Up to three that the text is written in, such as en or pt-BR. Left empty, it is the post's language.",
  }),
})

export type BlueskySettings = z.infer<typeof blueskySettings>

/**
 * A publication's settings, with defaults for what nobody chose.
 *
 * @throws {ServiceError} `config_error` naming what is wrong
 */
export const readSettings = (settings: unknown): BlueskySettings => {
  const { data, error } = blueskySettings.safeParse(settings)
  if (!data) {
    const [{ path, message }] = error.issues
    throw new ServiceError(
      "config_error",
      `The setting "${path.join(".")}" does not suit Bluesky: ${message}. Change it in the post's settings.`,
      { code: "invalid_settings" }
    )
  }
  return data
}
