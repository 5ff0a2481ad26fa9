import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"

/** The id in an address of X's, or the id itself. */
const idIn = (text: string, place: string): string | null =>
  new RegExp(`^(?:https?://\\S+/${place}/)?(\\d{1,19})(?![\\w-])\\S*$`).exec(
    text.trim()
  )?.[1] ?? null

/** The id of the post that an address leads to: `https://x.com/ada/status/17`. */
export const postIdIn = (address: string): string | null =>
  idIn(address, "status")

const communityIdIn = (address: string): string | null =>
  idIn(address, "communities")

const poll = z.object({
  options: z.array(z.string().trim().min(1).max(25)).min(2).max(4).meta({
    title: "Options",
    description: "Two to four, of up to 25 characters each.",
  }),
  duration_minutes: z.number().int().min(5).max(10_080).meta({
    title: "Duration in minutes",
    description: "How long readers can vote: 1440 is a day, 10080 the longest.",
  }),
})

/** What a merchant may choose for a publication. */
export const xSettings = z.object({
  reply_settings: z
    .enum(["following", "mentionedUsers", "subscribers", "verified"])
    .optional()
    .meta({
      title: "Who can reply",
      description:
        "Following: whom the account follows. Mentioned users: who is mentioned. Subscribers: the account's subscribers. Verified: verified accounts. By default everybody.",
    }),
  poll: poll.optional().meta({
    title: "Poll",
    description: "A post with a poll has no images and no videos.",
  }),
  quote: z
    .string()
    .refine((text) => postIdIn(text) !== null, {
      message: "must be the address of a post on X.",
    })
    .optional()
    .meta({
      title: "Quoted post",
      description:
        "The address of the post to quote. X allows it to enterprise customers only.",
    }),
  community: z
    .string()
    .refine((text) => communityIdIn(text) !== null, {
      message: "must be the address of a community on X.",
    })
    .optional()
    .meta({
      title: "Community",
      description:
        "The address of a community that the account is a member of. The post goes there.",
    }),
  sensitive_media: z
    .enum(["adult_content", "graphic_violence", "other"])
    .optional()
    .meta({
      title: "Content warning",
      description:
        "What readers are warned of before they see the images and videos.",
      "x-labels": {
        adult_content: "Adult content",
        graphic_violence: "Violence",
        other: "Something else that is sensitive",
      },
    }),
  made_with_ai: z.boolean().optional().meta({
    title: "Made with AI",
    description: "Says that images or videos were made with AI.",
  }),
  paid_partnership: z.boolean().optional().meta({
    title: "Paid partnership",
    description: "Labels the post as a paid promotion.",
  }),
})

/** Settings as they are sent: ids in place of addresses. */
export type XSettings = Omit<
  z.infer<typeof xSettings>,
  "quote" | "community"
> & { quote_tweet_id?: string; community_id?: string }

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (settings: unknown): XSettings => {
  const { data, error } = xSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    throw misfit(
      `The setting "${path.join(".")}" does not fit X: ${message.replace(/\.$/, "")}. Change it, and publish again.`
    )
  }
  const { quote, community, ...rest } = data
  if (quote && data.poll) {
    throw misfit(
      "A post on X has either a poll or a quoted post. Remove one of them, and publish again."
    )
  }
  return {
    ...rest,
    ...(quote && { quote_tweet_id: postIdIn(quote) ?? undefined }),
    ...(community && { community_id: communityIdIn(community) ?? undefined }),
  }
}

const misfit = (message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code: "invalid_settings" })
