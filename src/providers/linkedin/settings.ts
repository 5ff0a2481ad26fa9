import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"
import { postUrnIn } from "./restli"

/** The post behind an address that can be shared again: LinkedIn takes no activity for it. */
export const originalIn = (address: string): string | null =>
  /^urn:li:(?:share|ugcPost):/.test(postUrnIn(address) ?? "")
    ? postUrnIn(address)
    : null

/** What a merchant may choose for a publication. */
export const linkedinSettings = z.object({
  visibility: z
    .enum(["public", "members", "connections"])
    .default("public")
    .meta({
      title: "Visibility",
      description: "Posts of a page are for everybody.",
      "x-labels": {
        public: "Everybody",
        members: "Whoever is logged in at LinkedIn",
        connections: "Connections alone",
      },
    }),
  title: z.string().trim().max(400).optional().meta({
    title: "Title",
    description:
      "Of a video, a document or the link's card. Without one, the product's title, or else the document's name.",
  }),
  allow_reshare: z.boolean().default(true).meta({
    title: "Resharing",
    description: "Others may share the post again.",
  }),
  poll: z
    .object({
      question: z.string().trim().min(1).max(140).meta({
        title: "Question",
        description: "Up to 140 characters.",
      }),
      options: z
        .array(z.string().trim().min(1).max(30))
        .min(2)
        .max(4)
        .refine(
          (options) => new Set(options).size === options.length,
          "must differ from each other"
        )
        .meta({
          title: "Options",
          description: "Two to four, of up to 30 characters each.",
        }),
      duration: z
        .enum(["one_day", "three_days", "seven_days", "fourteen_days"])
        .default("three_days")
        .meta({
          title: "Duration",
          description: "How long people can vote.",
          "x-labels": {
            one_day: "One day",
            three_days: "Three days",
            seven_days: "A week",
            fourteen_days: "Two weeks",
          },
        }),
    })
    .optional()
    .meta({
      title: "Poll",
      description: "A post with a poll has no files, and its link in the text.",
    }),
  reshare: z
    .string()
    .refine((address) => originalIn(address) !== null, {
      message:
        'must be the address of a post with "share" or "ugcPost" in it, as the publications list shows it',
    })
    .optional()
    .meta({
      title: "Shared post",
      description:
        "The address of a post to share again, for example of the page's on a profile. Such a post has no files and no poll, and its link in the text.",
    }),
})

export type LinkedInSettings = z.infer<typeof linkedinSettings>

/** Whether something takes the place that files and a link's card have. */
export const standsAlone = ({
  poll,
  reshare,
}: Readonly<Record<string, unknown>>): boolean => !!poll || !!reshare

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (
  settings: Readonly<Record<string, unknown>>
): LinkedInSettings => {
  const { data, error } = linkedinSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    throw misfit(
      `The setting "${path.join(".")}" does not fit LinkedIn: ${message.replace(/\.$/, "")}. Change it, and publish again.`
    )
  }
  if (data.poll && data.reshare) {
    throw misfit(
      "A post on LinkedIn has either a poll or a shared post. Remove one of them, and publish again."
    )
  }
  return data
}

const misfit = (message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code: "invalid_settings" })
