import { readShaped, type Shape } from "../shape"
import { Refusal } from "./state"

/**
 * Members that a client can write, as the discovery document of the YouTube Data
 * API (v3) and the reference of `accounts.locations.localPosts` (v4) name them.
 */
export const VIDEO: Shape = {
  id: true,
  snippet: {
    title: true,
    description: true,
    tags: true,
    categoryId: true,
    defaultLanguage: true,
    defaultAudioLanguage: true,
  },
  status: {
    privacyStatus: true,
    selfDeclaredMadeForKids: true,
    containsSyntheticMedia: true,
    embeddable: true,
    license: true,
    publicStatsViewable: true,
    publishAt: true,
  },
}

export const PLAYLIST_ITEM: Shape = {
  snippet: {
    playlistId: true,
    position: true,
    resourceId: { kind: true, videoId: true },
  },
}

const DATE: Shape = { year: true, month: true, day: true }
const TIME: Shape = { hours: true, minutes: true, seconds: true, nanos: true }

export const LOCAL_POST: Shape = {
  languageCode: true,
  summary: true,
  topicType: true,
  alertType: true,
  callToAction: { actionType: true, url: true },
  media: { mediaFormat: true, sourceUrl: true },
  event: {
    title: true,
    schedule: {
      startDate: DATE,
      startTime: TIME,
      endDate: DATE,
      endTime: TIME,
    },
  },
  offer: { couponCode: true, redeemOnlineUrl: true, termsConditions: true },
}

/**
 * Reads what was sent.
 *
 * @throws {Refusal} 400 for what is no JSON, or has a member that Google does not know
 */
export const readJson = <T extends object>(body: Buffer, shape: Shape): T =>
  readShaped(body, shape, {
    malformed: () => new Refusal(400, "parseError", "Parse Error"),
    unknown: (path) =>
      new Refusal(
        400,
        "badRequest",
        `Invalid JSON payload received. Unknown name "${path.split("/").pop()}": Cannot find field.`,
        { rpc_status: "INVALID_ARGUMENT" }
      ),
  })
