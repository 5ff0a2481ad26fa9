import { ServiceError } from "../../../errors/service-error"
import type { LookupOption } from "../../publication"
import type { ProviderContext } from "../../types"
import { YOUTUBE } from "./description"

/** A channel of the YouTube Data API, as far as it is read. */
export interface Channel {
  id: string
  snippet?: {
    title?: string
    /** With the sign before it: `@adasshop`. */
    customUrl?: string
    country?: string
    thumbnails?: { default?: { url?: string } }
  }
  status?: { longUploadsStatus?: string }
  contentDetails?: { relatedPlaylists?: { uploads?: string } }
  /** Numbers as text. */
  statistics?: {
    viewCount?: string
    subscriberCount?: string
    hiddenSubscriberCount?: boolean
    videoCount?: string
  }
}

/** A page of a list; a list of nothing may come without `items`. */
export interface Page<T> {
  kind?: string
  items?: T[]
  nextPageToken?: string
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `${YOUTUBE} answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/**
 * The items of a list.
 *
 * @param missing - what was asked for, for the message
 * @throws {ServiceError} for a response that is no list of YouTube's
 */
export const itemsOf = <T>(page: Page<T>, missing: string): T[] => {
  if (!Array.isArray(page.items) && !page.kind?.endsWith("ListResponse")) {
    throw malformedResponse(missing)
  }
  return page.items ?? []
}

/**
 * The one channel that the consent was given for: of an account with several,
 * Google asks for which.
 *
 * @throws {ServiceError} `account_restricted` where the account has none
 */
export const readChannel = async ({
  request,
}: ProviderContext): Promise<Channel> => {
  const [channel] = itemsOf(
    await request<Page<Channel>>("/youtube/v3/channels", {
      query: {
        part: "snippet,status,contentDetails,statistics",
        mine: true,
      },
    }),
    "a channel"
  )
  if (!channel?.id) {
    throw new ServiceError(
      "account_restricted",
      "The Google account has no YouTube channel. Create one at youtube.com, or connect again and choose the account that the channel belongs to.",
      { code: "no_channel" }
    )
  }
  return channel
}

/** More pages than this are more than a merchant looks through. */
const MAX_PAGES = 10

/** The channel's playlists, the newest first. */
export const listPlaylists = async (
  { request }: ProviderContext,
  query: string
): Promise<LookupOption[]> => {
  const options: LookupOption[] = []
  let pageToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const list: Page<{
      id: string
      snippet?: { title?: string }
      contentDetails?: { itemCount?: number }
    }> = await request("/youtube/v3/playlists", {
      query: {
        part: "snippet,contentDetails",
        mine: true,
        maxResults: 50,
        pageToken,
      },
    })
    options.push(
      ...itemsOf(list, "a list of playlists").map(
        ({ id, snippet, contentDetails }) => ({
          value: id,
          label: snippet?.title ?? id,
          hint:
            contentDetails?.itemCount === 1
              ? "1 video"
              : `${contentDetails?.itemCount ?? 0} videos`,
        })
      )
    )
    pageToken = list.nextPageToken
    if (!pageToken) {
      break
    }
  }
  const words = query.trim().toLowerCase()
  return options.filter(({ label }) => label.toLowerCase().includes(words))
}

/** Where no channel says its country, YouTube's own. */
const DEFAULT_REGION = "US"

/** The categories that a country's videos can have. */
export const listCategories = async (
  { request }: ProviderContext,
  country: unknown
): Promise<LookupOption[]> => {
  const categories = itemsOf(
    await request<
      Page<{ id: string; snippet?: { title?: string; assignable?: boolean } }>
    >("/youtube/v3/videoCategories", {
      query: {
        part: "snippet",
        regionCode:
          typeof country === "string" && country ? country : DEFAULT_REGION,
      },
    }),
    "a list of categories"
  )
  return categories
    .filter(({ snippet }) => snippet?.assignable)
    .map(({ id, snippet }) => ({ value: id, label: snippet?.title ?? id }))
}
