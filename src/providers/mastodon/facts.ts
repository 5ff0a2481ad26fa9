import { isServiceError } from "../../errors/service-error"
import type { AccountFacts } from "../publication"
import type { ProviderContext } from "../types"

/** What an instance says of itself, as far as it decides about posts. */
interface Instance {
  configuration?: {
    statuses?: {
      max_characters?: number
      max_media_attachments?: number
      characters_reserved_per_url?: number
    }
    media_attachments?: {
      supported_mime_types?: string[]
      description_limit?: number
      image_size_limit?: number
      image_matrix_limit?: number
      video_size_limit?: number
      video_matrix_limit?: number
      video_frame_rate_limit?: number
    }
    polls?: {
      max_options?: number
      max_characters_per_option?: number
      min_expiration?: number
      max_expiration?: number
    }
  }
  /** Of servers that do not have `configuration`. */
  max_toot_chars?: number
}

/** An instance's limits. What one does not say is as Mastodon has it. */
export type InstanceFacts = {
  max_characters: number
  max_media: number
  url_weight: number
  types: string[]
  max_description: number
  image_bytes: number
  image_pixels: number
  video_bytes: number
  video_pixels: number
  video_frame_rate: number
  poll_options: number
  poll_option_characters: number
  poll_min_seconds: number
  poll_max_seconds: number
}

/** Mastodon's own (entities/V1_Instance and V2_Instance of its documentation). */
const USUAL: InstanceFacts = {
  max_characters: 500,
  max_media: 4,
  url_weight: 23,
  types: [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "video/quicktime",
  ],
  max_description: 1500,
  image_bytes: 16_777_216,
  image_pixels: 33_177_600,
  video_bytes: 103_809_024,
  video_pixels: 8_294_400,
  video_frame_rate: 120,
  poll_options: 4,
  poll_option_characters: 50,
  poll_min_seconds: 300,
  poll_max_seconds: 2_629_746,
}

const readFacts = ({
  configuration = {},
  max_toot_chars,
}: Instance): Partial<InstanceFacts> => {
  const { statuses = {}, media_attachments = {}, polls = {} } = configuration
  return {
    max_characters: statuses.max_characters ?? max_toot_chars,
    max_media: statuses.max_media_attachments,
    url_weight: statuses.characters_reserved_per_url,
    types: media_attachments.supported_mime_types,
    max_description: media_attachments.description_limit,
    image_bytes: media_attachments.image_size_limit,
    image_pixels: media_attachments.image_matrix_limit,
    video_bytes: media_attachments.video_size_limit,
    video_pixels: media_attachments.video_matrix_limit,
    video_frame_rate: media_attachments.video_frame_rate_limit,
    poll_options: polls.max_options,
    poll_option_characters: polls.max_characters_per_option,
    poll_min_seconds: polls.min_expiration,
    poll_max_seconds: polls.max_expiration,
  }
}

/** Asks the instance for its limits; before Mastodon 4.0 they are in the first version of its API. */
export const fetchFacts = async ({
  request,
}: ProviderContext): Promise<AccountFacts> => {
  try {
    return readFacts(await request<Instance>("/api/v2/instance"))
  } catch (error) {
    if (isServiceError(error) && error.status === 404) {
      return readFacts(await request<Instance>("/api/v1/instance"))
    }
    throw error
  }
}

/** What is known of an account's instance; a value of another kind than expected counts for nothing. */
export const instanceFacts = (facts: AccountFacts): InstanceFacts => ({
  ...USUAL,
  ...Object.fromEntries(
    Object.entries(USUAL).flatMap(([name, usual]) => {
      const told = facts[name]
      const isUsable = Array.isArray(usual)
        ? Array.isArray(told) && told.length > 0
        : typeof told === "number" && told > 0
      return isUsable ? [[name, told]] : []
    })
  ),
})
