import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../../errors/service-error"

/** A day, or a minute of it, where the shop is. */
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?$/

const isMoment = (text: string): boolean => {
  const [, year, month, day, hours = 0, minutes = 0] = (
    MOMENT.exec(text) ?? []
  ).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return (
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    !(hours > 23) &&
    !(minutes > 59)
  )
}

const moment = () =>
  z
    .string()
    .trim()
    .refine(
      isMoment,
      "must be a day such as 2026-12-01, or a time such as 2026-12-01 09:30"
    )

/** What a merchant may choose for each post. */
export const businessProfileSettings = z
  .object({
    topic: z.enum(["update", "event", "offer"]).default("update").meta({
      title: "Kind of post",
      description:
        "update: news. event: with a title and its days. offer: with a title, its days, and a coupon.",
    }),
    title: z.string().trim().min(1).optional().meta({
      title: "Title of the event or offer",
      description: "Events and offers need one.",
    }),
    starts: moment().optional().meta({
      title: "Starts",
      description:
        "Where the shop is: a day (2026-12-01), or a time (2026-12-01 09:30).",
    }),
    ends: moment().optional().meta({
      title: "Ends",
      description: "The last day of the event or offer, or its last minute.",
    }),
    coupon_code: z.string().trim().min(1).max(58).optional().meta({
      title: "Coupon code",
      description: "Of an offer: what customers enter or show.",
    }),
    terms: z.string().trim().min(1).max(5000).optional().meta({
      title: "Terms of the offer",
      description: "What customers have to know of it.",
    }),
    button: z
      .enum(["shop", "order", "book", "learn_more", "sign_up", "call", "none"])
      .default("shop")
      .meta({
        title: "Button",
        description:
          "What the button to the post's link says. Without a link there is none, but call, which calls the shop. An offer has a button of its own.",
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
        description: "For example en. Without one, the location's.",
      }),
  })
  .superRefine(
    ({ topic, title, starts, ends, coupon_code, terms }, context) => {
      const refuse = (name: string, message: string) =>
        context.addIssue({ code: "custom", path: [name], message })
      if (topic === "update") {
        return
      }
      for (const [name, value] of Object.entries({ title, starts, ends })) {
        if (!value) {
          refuse(name, `must be there for an ${topic}`)
        }
      }
      if (starts && ends && endOf(ends) < startOf(starts)) {
        refuse("ends", "must not be before the start")
      }
      if (topic === "event" && (coupon_code || terms)) {
        refuse(
          coupon_code ? "coupon_code" : "terms",
          "is for offers alone: choose the kind offer"
        )
      }
    }
  )

const startOf = (text: string): string => text.replace("T", " ")

/** The last minute of a day, for what names a day alone. */
const endOf = (text: string): string =>
  text.length > 10 ? startOf(text) : `${text} 24:00`

export type BusinessProfileSettings = z.infer<typeof businessProfileSettings>

/** `google.type.Date` and `google.type.TimeOfDay` */
export const dateAndTime = (text: string) => {
  const [, year, month, day, hours, minutes] = (MOMENT.exec(text) ?? []).map(
    (part) => (part === undefined ? undefined : Number(part))
  )
  return {
    date: { year, month, day },
    time: hours === undefined ? undefined : { hours, minutes },
  }
}

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (settings: unknown): BusinessProfileSettings => {
  const { data, error } = businessProfileSettings.safeParse(settings)
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
