import { ServiceError } from "../../errors/service-error"
import type { RemoteRef } from "../publication"
import type { ProviderContext, ProviderSettings } from "../types"
import { LINKEDIN, siteOf } from "./description"

/** A page of a list (Rest.li, collection responses). */
export interface Elements<T> {
  elements?: T[]
  paging?: { links?: { rel?: string }[] }
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `${LINKEDIN} answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/**
 * The elements of a list.
 *
 * @param missing - what was asked for, for the message
 * @throws {ServiceError} for a response that is no list of LinkedIn's
 */
export const elementsOf = <T>(
  { elements }: Elements<T>,
  missing: string
): T[] => {
  if (!Array.isArray(elements)) {
    throw malformedResponse(missing)
  }
  return elements
}

/** The most that LinkedIn lists at once. */
const COUNT = 100

/** What is longer than this many pages is not read to its end. */
const MAX_PAGES = 10

/** What was read of a list. */
export interface ReadList<T> {
  elements: T[]
  /** Whether that is all that was asked for. */
  isWhole: boolean
}

/**
 * Reads a list page by page (learn.microsoft.com/linkedin/shared/api-guide/concepts/pagination).
 *
 * @param asked - `missing`: what is asked for, for the message; `isEnough`: whether
 * what follows a page is not wanted
 * @throws {ServiceError} for a response that is no list of LinkedIn's
 */
export const readList = async <T>(
  { request }: Pick<ProviderContext, "request">,
  path: string,
  {
    missing,
    isEnough = () => false,
    ...options
  }: {
    missing: string
    query?: Readonly<Record<string, string>>
    headers?: Readonly<Record<string, string>>
    isEnough?: (page: readonly T[]) => boolean
  }
): Promise<ReadList<T>> => {
  const elements: T[] = []
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await request<Elements<T>>(path, {
      ...options,
      query: { ...options.query, start: page * COUNT, count: COUNT },
    })
    const found = elementsOf(response, missing)
    elements.push(...found)
    // LinkedIn leaves out what the person may not see: a page can be short with another one after it.
    const isLast =
      found.length < COUNT &&
      !response.paging?.links?.some(({ rel }) => rel === "next")
    if (isLast || isEnough(found)) {
      return { elements, isWhole: true }
    }
  }
  return { elements, isWhole: false }
}

/** A URN as a part of a path or of a Rest.li value, where its colons mean something. */
export const encodedUrn = (urn: string): string =>
  encodeURIComponent(urn).replace(/[()]/g, (sign) =>
    sign === "(" ? "%28" : "%29"
  )

/** A comment's URN names what it stands under. */
const COMMENT_URN = /^urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)$/

/** @returns null for what is no comment */
export const readCommentUrn = (
  urn: string
): { object: string; id: string } | null => {
  const [, object, id] = COMMENT_URN.exec(urn) ?? []
  return object && id ? { object, id } : null
}

/** The post that an address leads to: what a person copies often names its activity. */
export const postUrnIn = (url: string): string | null => {
  const address = url.replace(/%3A/gi, ":")
  const [urn] = /urn:li:(?:share|ugcPost|activity):\d+/.exec(address) ?? []
  const [, kind, id] = /-(share|ugcPost|activity)-(\d+)/.exec(address) ?? []
  return urn ?? (kind ? `urn:li:${kind}:${id}` : null)
}

/** Something public, with where people see it. */
export const refOf = (settings: ProviderSettings, urn: string): RemoteRef => {
  const comment = readCommentUrn(urn)
  const post = `${siteOf(settings)}/feed/update/${comment?.object ?? urn}/`
  return {
    external_id: urn,
    url: comment ? `${post}?commentUrn=${encodedUrn(urn)}` : post,
  }
}
