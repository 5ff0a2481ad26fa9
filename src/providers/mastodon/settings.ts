import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"
import { countGraphemes } from "../../shared/post-rules/text"
import { durationInWords, rangeInWords } from "../../shared/post-rules/words"
import type { AccountFacts } from "../publication"
import { type InstanceFacts, instanceFacts } from "./facts"

const focalPoint = z.object({
  x: z.number().min(-1).max(1).meta({
    title: "From left to right",
    description: "-1 is the left edge, 1 the right one.",
  }),
  y: z.number().min(-1).max(1).meta({
    title: "From bottom to top",
    description: "-1 is the bottom edge, 1 the top one.",
  }),
})

/** What a merchant may choose for a publication. What is absent is as the account has it. */
export const mastodonSettings = z.object({
  visibility: z
    .enum(["public", "unlisted", "private", "direct"])
    .optional()
    .meta({
      title: "Visibility",
      description:
        "Public: for everybody. Unlisted: for everybody, but not in the public timelines. Private: for followers. Direct: for those who are mentioned. By default as the account has it.",
    }),
  spoiler_text: z.string().trim().optional().meta({
    title: "Content warning",
    description: "Shown in place of the post until a reader opens it.",
  }),
  sensitive: z.boolean().optional().meta({
    title: "Sensitive media",
    description: "Hides images and videos until a reader wants to see them.",
  }),
  language: z
    .string()
    .regex(
      /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/,
      "must be a language, for example en."
    )
    .optional()
    .meta({
      title: "Language",
      description: "As a code of two or three letters, for example en.",
    }),
  poll: z
    .object({
      options: z.array(z.string().trim().min(1)).min(2).meta({
        title: "Options",
        description: "What readers choose from.",
      }),
      expires_in: z.number().int().positive().meta({
        title: "Duration in seconds",
        description: "How long readers can vote: 86400 is a day.",
      }),
      multiple: z.boolean().optional().meta({
        title: "Several choices",
        description: "Whether a reader can choose more than one option.",
      }),
      hide_totals: z.boolean().optional().meta({
        title: "Hide the counts",
        description: "Hides the votes until the poll has ended.",
      }),
    })
    .optional()
    .meta({
      title: "Poll",
      description: "A post with a poll has no images and no videos.",
    }),
  focus: z.array(focalPoint.nullable()).optional().meta({
    title: "Focal points",
    description:
      "For each file of the post, the point that stays in view where the picture is cropped.",
  }),
})

export type MastodonSettings = z.infer<typeof mastodonSettings>

const misfit = (message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code: "invalid_settings" })

/**
 * Reads a publication's settings.
 *
 * @param facts - of the account, for what its instance takes
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (
  settings: unknown,
  facts: AccountFacts
): MastodonSettings => {
  const { data, error } = mastodonSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    throw misfit(
      `The setting "${path.join(".")}" does not fit Mastodon: ${message.replace(/\.$/, "")}. Change it, and publish again.`
    )
  }
  if (data.poll) {
    checkPoll(data.poll, instanceFacts(facts))
  }
  return data
}

const checkPoll = (
  { options, expires_in }: NonNullable<MastodonSettings["poll"]>,
  known: InstanceFacts
): void => {
  if (options.length > known.poll_options) {
    throw misfit(
      `The poll has ${options.length} options, and the instance takes up to ${known.poll_options}. Remove some.`
    )
  }
  const long = options.find(
    (option) => countGraphemes(option) > known.poll_option_characters
  )
  if (long) {
    throw misfit(
      `The poll's option "${long}" has ${countGraphemes(long)} characters, and the instance takes up to ${known.poll_option_characters}. Shorten it.`
    )
  }
  if (
    expires_in < known.poll_min_seconds ||
    expires_in > known.poll_max_seconds
  ) {
    throw misfit(
      `The poll ends after ${durationInWords(expires_in)}, and the instance takes ${rangeInWords({ min: known.poll_min_seconds, max: known.poll_max_seconds }, durationInWords)}. Change its duration.`
    )
  }
}
