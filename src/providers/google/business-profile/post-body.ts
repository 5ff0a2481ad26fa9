import type { Media, PublishJob } from "../../publication"
import { PHOTO } from "./limits"
import { type BusinessProfileSettings, dateAndTime } from "./settings"

/** Google may take a while to fetch the photo, in s. */
const PHOTO_SECONDS = 3600

const TOPICS = { update: "STANDARD", event: "EVENT", offer: "OFFER" } as const

/** A post as it is sent (`accounts.locations.localPosts`). */
export const bodyOf = async (
  job: PublishJob,
  settings: BusinessProfileSettings
) => {
  const [{ text, media }] = job.parts
  const photo = media.find(({ kind }) => kind === "image")
  return {
    languageCode:
      settings.language ??
      job.language ??
      (typeof job.account.facts.language === "string"
        ? job.account.facts.language
        : "en"),
    summary: text.trim(),
    topicType: TOPICS[settings.topic],
    ...(photo && {
      media: [{ mediaFormat: "PHOTO", sourceUrl: await addressOf(photo) }],
    }),
    ...(settings.topic !== "update" && { event: eventOf(settings) }),
    ...(settings.topic === "offer"
      ? { offer: offerOf(job, settings) }
      : buttonOf(job, settings)),
  }
}

const addressOf = async (photo: Media): Promise<string> => {
  const taken = await photo.as({
    max_bytes: PHOTO.max_bytes,
    ...(photo.content_type !== "image/png" && { format: "jpeg" }),
  })
  return taken.publicUrl(PHOTO_SECONDS)
}

const eventOf = ({
  title,
  starts = "",
  ends = "",
}: BusinessProfileSettings) => {
  const [start, end] = [dateAndTime(starts), dateAndTime(ends)]
  return {
    title,
    schedule: {
      startDate: start.date,
      ...(start.time && { startTime: start.time }),
      endDate: end.date,
      ...(end.time && { endTime: end.time }),
    },
  }
}

const offerOf = (
  { link }: PublishJob,
  { coupon_code, terms }: BusinessProfileSettings
) => ({
  ...(coupon_code && { couponCode: coupon_code }),
  ...(link && { redeemOnlineUrl: link.url }),
  ...(terms && { termsConditions: terms }),
})

/** A button leads to the post's link; the one that calls the shop takes none. */
const buttonOf = (
  { link }: PublishJob,
  { button }: BusinessProfileSettings
) => {
  if (button === "call") {
    return { callToAction: { actionType: "CALL" } }
  }
  return link && button !== "none"
    ? { callToAction: { actionType: button.toUpperCase(), url: link.url } }
    : {}
}
