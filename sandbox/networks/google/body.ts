import { Refusal } from "./state"

/** What a request may say: names with `true`, or with what is inside. */
type Shape = { readonly [name: string]: true | Shape }

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

/** The first member that a shape does not have. */
function findUnknown(value: unknown, shape: Shape): string | undefined {
  if (Array.isArray(value)) {
    return value.map((one) => findUnknown(one, shape)).find(Boolean)
  }
  for (const [name, member] of Object.entries(value as object)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined
    const unknown =
      inner === undefined
        ? name
        : inner !== true && typeof member === "object" && member !== null
          ? findUnknown(member, inner)
          : undefined
    if (unknown) {
      return unknown
    }
  }
  return undefined
}

/**
 * Reads what was sent.
 *
 * @throws {Refusal} 400 for what is no JSON, or has a member that Google does not know
 */
export function readJson<T extends object>(body: Buffer, shape: Shape): T {
  let value: unknown
  try {
    value = JSON.parse(body.toString() || "{}")
  } catch {
    throw new Refusal(400, "parseError", "Parse Error")
  }
  if (typeof value !== "object" || value === null) {
    throw new Refusal(400, "parseError", "Parse Error")
  }
  const unknown = findUnknown(value, shape)
  if (unknown) {
    throw new Refusal(
      400,
      "badRequest",
      `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`,
      { rpc_status: "INVALID_ARGUMENT" }
    )
  }
  return value as T
}
