import { ServiceError } from "../../errors/service-error"
import type { RemoteRef } from "../publication"
import type { ProviderSettings } from "../types"
import { LINKEDIN, siteOf } from "./description"

/** A page of a list (Rest.li, collection responses). */
export interface Elements<T> {
  elements?: T[]
  paging?: { start?: number; count?: number; total?: number }
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

/** Something public, with where people see it. */
export const refOf = (settings: ProviderSettings, urn: string): RemoteRef => {
  const comment = readCommentUrn(urn)
  const post = `${siteOf(settings)}/feed/update/${comment?.object ?? urn}/`
  return {
    external_id: urn,
    url: comment ? `${post}?commentUrn=${encodedUrn(urn)}` : post,
  }
}
