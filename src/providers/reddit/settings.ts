import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"

/** A community with or without its sign, or a user's profile in any of its spellings. */
const COMMUNITY =
  /^(?:\/?r\/)?[A-Za-z0-9_]{2,24}$|^\/?(?:u\/|user\/|r\/u_|u_)[\w-]{2,24}$/i

export const isCommunityName = (text: string): boolean =>
  COMMUNITY.test(text.trim())

/** What a merchant may choose for each post. */
export const redditSettings = z.object({
  subreddit: z
    .string()
    .trim()
    .regex(COMMUNITY, "must be a community's name, for example r/scarves")
    .meta({
      title: "Community",
      description:
        "Where it is posted: a community, or your own profile. Type to search.",
      "x-lookup": "subreddits",
    }),
  title: z.string().trim().optional().meta({
    title: "Title",
    description:
      "Without one, the product's title, or else the first line of the text.",
  }),
  flair: z
    .string()
    .regex(/^[\w-]{1,36}$/, "must be chosen from the community's list")
    .optional()
    .meta({
      title: "Flair",
      description: "The community's label for the post. Some demand one.",
      "x-lookup": "flairs",
    }),
  flair_text: z.string().trim().min(1).max(64).optional().meta({
    title: "Text of the flair",
    description: "Where the chosen flair's text can be changed.",
  }),
  post_as: z
    .enum(["automatic", "text"])
    .default("automatic")
    .meta({
      title: "Post a link as",
      description: "Of a post with a link and without files.",
      "x-labels": {
        automatic: "Link post: the title leads to the link",
        text: "Text post: the link stands in the text",
      },
    }),
  nsfw: z.boolean().default(false).meta({
    title: "NSFW",
    description: "For adults only.",
  }),
  spoiler: z.boolean().default(false).meta({
    title: "Spoiler",
    description: "Readers see the post when they ask for it.",
  }),
  captions: z.boolean().default(false).meta({
    title: "Captions in a gallery",
    description:
      "Shows the images' descriptions under them, up to 180 characters each.",
  }),
  loop: z.boolean().default(false).meta({
    title: "Loop a video",
    description: "Shows a video as a GIF: again and again, without sound.",
  }),
  send_replies: z.boolean().default(true).meta({
    title: "Tell me of comments",
    description: "Reddit puts a note into the account's inbox.",
  }),
  resubmit: z.boolean().default(false).meta({
    title: "Post a link again",
    description:
      "Also where somebody has posted the same link in the community before.",
  }),
})

export type RedditSettings = z.infer<typeof redditSettings>

/**
 * A community's name as the API has it: `r/scarves` is `scarves`, and the
 * profile of `u/ada` is `u_ada`.
 */
export const communityName = (text: string): string => {
  const name = text.trim().replace(/^\/?r\//i, "")
  const profile = /^\/?(?:u\/|user\/|u_)(.+)$/i.exec(name)
  return profile ? `u_${profile[1]}` : name
}

/** A community as people write it. */
export const shownName = (name: string): string =>
  /^u_/i.test(name) ? `u/${name.slice(2)}` : `r/${name}`

/**
 * Reads a publication's settings.
 *
 * @returns with the community's name as the API has it
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (
  settings: Readonly<Record<string, unknown>>
): RedditSettings => {
  const { data, error } = redditSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    const name = path.join(".")
    throw new ServiceError(
      "content_rejected",
      settings[name] === undefined
        ? `The setting "${name}" is missing, and Reddit does not publish without it. Choose it, and publish again.`
        : `The setting "${name}" ${message.replace(/\.$/, "")}. Change it, and publish again.`,
      { code: "invalid_settings" }
    )
  }
  return { ...data, subreddit: communityName(data.subreddit) }
}
