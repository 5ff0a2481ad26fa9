import type { ErrorRule } from "../../../http/classify"
import type {
  ProviderDescription,
  ProviderSettings,
  SettingField,
} from "../../types"
import { GOOGLE_ERROR_RULES, readGoogleError } from "../errors"
import {
  GOOGLE_CLIENT_FIELDS,
  googleAddress,
  googleConsent,
  ownAddress,
} from "../oauth"

export const YOUTUBE = "YouTube"

const ADDRESS = "https://www.googleapis.com"

/** Where a video is watched. */
export const watchAddress = (settings: ProviderSettings, id: string): string =>
  `${ownAddress(settings) ?? "https://www.youtube.com"}/watch?v=${encodeURIComponent(id)}`

/** Reasons of the YouTube Data API (its pages "Errors" and of each method). */
const YOUTUBE_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: /^(?:youtubeSignupRequired|authenticatedUserNotChannel|channelNotFound)$/,
    errorClass: "account_restricted",
    next_action:
      "Create a channel at youtube.com with this Google account, or connect again and choose the account that the channel belongs to.",
  },
  {
    code: /^(?:authenticatedUserAccountClosed|authenticatedUserAccountSuspended|channelClosed|channelSuspended|accountDelegationForbidden)$/,
    errorClass: "account_restricted",
    next_action: "Log in at YouTube Studio to see what became of the channel.",
  },
  {
    code: "uploadLimitExceeded",
    errorClass: "rate_limited",
    retry_after: 86_400,
    next_action:
      "The channel has uploaded as many videos as YouTube takes in 24 hours. A channel with a verified phone number may upload more.",
  },
  {
    code: /^(?:uploadRateLimitExceeded|tooManyRequests)$/,
    errorClass: "rate_limited",
    retry_after: 300,
  },
  {
    code: "forbidden",
    subcode: "youtube.thumbnail",
    errorClass: "account_restricted",
    next_action:
      "Verify the channel's phone number at youtube.com/verify, which own thumbnails need, or take the cover off the video.",
  },
  {
    code: "invalidTitle",
    errorClass: "content_rejected",
    next_action: "Change the title: up to 100 characters, without < and >.",
  },
  {
    code: "invalidDescription",
    errorClass: "content_rejected",
    next_action: "Change the text: up to 5,000 bytes, without < and >.",
  },
  {
    code: "invalidTags",
    errorClass: "content_rejected",
    next_action:
      "Change the tags: up to 500 characters in all, and nothing but words.",
  },
  {
    code: "invalidCategoryId",
    errorClass: "content_rejected",
    next_action: "Choose another category: this one takes no uploads.",
  },
  {
    code: /^forbidden(?:Privacy|License|Embed)Setting$/,
    errorClass: "content_rejected",
    next_action:
      "The channel may not have this setting: change visibility, licence or embedding.",
  },
  {
    code: /^(?:playlistNotFound|playlistForbidden|playlistItemsNotAccessible)$/,
    errorClass: "content_rejected",
    next_action: "Choose another playlist: this one is not there any more.",
  },
  {
    code: /^(?:playlistContainsMaximumNumberOfVideos|playlistOperationUnsupported|manualSortRequired)$/,
    errorClass: "content_rejected",
    next_action: "Choose another playlist: this one takes no more videos.",
  },
  {
    code: "videoNotFound",
    errorClass: "content_rejected",
    next_action: "The video is not in the channel any more.",
  },
  {
    code: /^(?:invalidImage|imageFormatUnsupported|imageTooTall|imageTooWide)$/,
    errorClass: "content_rejected",
    next_action: "Use another cover: a JPEG or PNG of up to 2 MB.",
  },
  {
    code: /^(?:invalidVideoMetadata|invalidPublishAt|invalidFilename|invalidRecordingDetails|defaultLanguageNotSet(?:Error)?|mediaBodyRequired)$/,
    errorClass: "content_rejected",
    next_action: "Change the video's settings as YouTube says.",
  },
  { code: "processingFailure", errorClass: "transient" },
  ...GOOGLE_ERROR_RULES,
]

/** What a project may do in a day, as Google gives it to new ones. */
export const QUOTA = {
  videos_a_day: 100,
  units_a_day: 10_000,
  upload_units: 0,
} as const

const QUOTA_HELP =
  "As Google Cloud says under APIs & Services, YouTube Data API v3, Quotas."

const QUOTA_FIELDS: readonly SettingField[] = [
  {
    name: "videos_a_day",
    label: "Videos a day",
    required: false,
    input: "number",
    default: String(QUOTA.videos_a_day),
    help: QUOTA_HELP,
  },
  {
    name: "units_a_day",
    label: "Units a day",
    required: false,
    input: "number",
    default: String(QUOTA.units_a_day),
    help: QUOTA_HELP,
  },
  {
    name: "upload_units",
    label: "Units of an upload",
    required: false,
    input: "number",
    default: String(QUOTA.upload_units),
    help: "0 where videos are counted on their own, as they are today; 1600 for older projects.",
  },
]

/** A channel of YouTube's, by the consent of somebody who may upload to it. */
export const youtubeDescription: ProviderDescription = {
  identifier: "youtube",
  label: YOUTUBE,
  description: "Publishes videos and Shorts on a YouTube channel.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  ...GOOGLE_CLIENT_FIELDS,
  setting_fields: [...GOOGLE_CLIENT_FIELDS.setting_fields, ...QUOTA_FIELDS],
  docs_url: "https://developers.google.com/youtube/registering_an_application",
  // The one scope that allows to upload, to make public and to put into a playlist.
  oauth2: googleConsent(["youtube"]),
  api: {
    base_address: (settings) => googleAddress(settings, ADDRESS),
    read_error: readGoogleError,
  },
  error_rules: YOUTUBE_ERROR_RULES,
}
