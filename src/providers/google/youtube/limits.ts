import type { PostLimits } from "../../../shared/post-rules/limits"
import type { AccountFacts, Destination, QuotaRule } from "../../publication"
import type { ProviderContext, ProviderSettings } from "../../types"
import { withUsual } from "../../usual"
import { readChannel } from "./channel"
import { QUOTA } from "./description"

/** In bytes: 256 GiB (its API's description of `videos.insert`). */
const MAX_BYTES = 274_877_906_944

/** Of what is written under a video. */
export const MAX_DESCRIPTION_BYTES = 5000

/** In s, for channels with and without a verified phone number. */
const LONG_SECONDS = 43_200
const SHORT_SECONDS = 900

/** What YouTube shows as a Short, whatever one calls it. */
const SHORTS = {
  name: "a Short",
  ratio: { max: 1 },
  seconds: { max: 180 },
} as const

/** What decides the channel's limits: whether it may upload long videos, and where it is. */
export const fetchFacts = async (
  context: ProviderContext
): Promise<AccountFacts> => {
  const { status, snippet } = await readChannel(context)
  return {
    long_uploads: status?.longUploadsStatus === "allowed",
    country: snippet?.country,
    videos_a_day: videosADay(context.settings),
  }
}

/** Units of a video besides its upload: to make it visible, and a few looks. */
const VIDEO_UNITS = 55

/** How many videos the project's units are enough for. */
const videosADay = (settings: ProviderSettings): number => {
  const { videos_a_day, units_a_day, upload_units } = withUsual(settings, QUOTA)
  const enoughFor = Math.floor(units_a_day / (VIDEO_UNITS + upload_units))
  return Math.max(1, Math.min(videos_a_day, enoughFor))
}

/** As many videos as the platform's project may send in a day. */
export const quotas = ({
  facts,
}: Pick<Destination, "facts">): readonly QuotaRule[] => [
  {
    label: "videos a day",
    count: Number(facts.videos_a_day) || QUOTA.videos_a_day,
    window_seconds: 86_400,
  },
]

/** What a channel takes: one video, whose description is the post's text. */
export const limits = ({ facts }: Pick<Destination, "facts">): PostLimits => ({
  text: [
    { field: "text", unit: "utf8_bytes", max: MAX_DESCRIPTION_BYTES },
    { field: "title", unit: "utf16", max: 100 },
  ],
  parts: { max: 1, as: "none", media: false },
  media: {
    required: true,
    combinations: [{ video: { min: 1, max: 1 } }],
    video: {
      types: ["video/*"],
      max_bytes: MAX_BYTES,
      seconds: {
        max: facts.long_uploads === false ? SHORT_SECONDS : LONG_SECONDS,
      },
      poster: "optional",
      poster_kinds: ["picture"],
      shown_as: SHORTS,
    },
    delivery: "push",
  },
  link: { place: "text", preview: "none" },
})
