import { jsonToLex, lexicons } from "@atproto/api"
import { cidOfRecord } from "../../../src/providers/bluesky/cid"
import type { Json } from "../../../src/providers/publication"
import { type BlueskyState, type StoredRecord, XrpcError } from "./state"

/*
 * The records of an account. What may be in them is judged by the network's own
 * lexicons, as a server does.
 */

export type RecordWrite = {
  collection: string
  rkey: string
  value: Record<string, unknown>
}

const MAX_IMAGE_BYTES = 2_000_000
const MAX_THUMB_BYTES = 1_000_000

const invalid = (message: string) =>
  new XrpcError(400, "InvalidRequest", message)

export const uriOf = (did: string, collection: string, rkey: string): string =>
  `at://${did}/${collection}/${rkey}`

const requireLexicon = (collection: string, value: unknown): void => {
  try {
    lexicons.assertValidRecord(collection, jsonToLex(value as never))
  } catch (error) {
    throw invalid(
      `Invalid ${collection} record: ${(error as Error).message.replace(/^Record\//, "")}`
    )
  }
}

type BlobRef = { $type?: string; ref?: { $link?: string } }

const requireBlobs = (
  { blobs }: BlueskyState,
  value: unknown,
  name = ""
): void => {
  if (typeof value !== "object" || value === null) {
    return
  }
  const { $type, ref } = value as BlobRef
  if ($type !== "blob") {
    Object.entries(value).forEach(([key, member]) =>
      requireBlobs({ blobs } as BlueskyState, member, key)
    )
    return
  }
  const blob = blobs.get(ref?.$link ?? "")
  if (!blob) {
    throw new XrpcError(
      400,
      "BlobNotFound",
      `Could not find blob: ${ref?.$link}`
    )
  }
  const max = { image: MAX_IMAGE_BYTES, thumb: MAX_THUMB_BYTES }[name]
  if (max !== undefined && blob.bytes.length > max) {
    throw new XrpcError(
      400,
      "BlobTooLarge",
      `This file is too large. It is ${blob.bytes.length} bytes but the maximum size is ${max}.`
    )
  }
}

/**
 * Writes all of the records, or none.
 *
 * @throws {XrpcError} `InternalServerError` for a key that is taken, as the
 * reference server has it
 */
export const createRecords = (
  state: BlueskyState,
  did: string,
  writes: readonly RecordWrite[]
): StoredRecord[] => {
  const made = writes.map(({ collection, rkey, value }): StoredRecord => {
    requireLexicon(collection, value)
    requireBlobs(state, value)
    return {
      uri: uriOf(did, collection, rkey),
      cid: cidOfRecord(value as Json),
      value,
      indexedAt: new Date().toISOString(),
    }
  })
  if (made.some(({ uri }) => state.records.has(uri))) {
    throw new XrpcError(500, "InternalServerError", "Internal Server Error")
  }
  made.forEach((record) => state.records.set(record.uri, record))
  return made
}

/** The posts with the given collection, oldest first. */
export const postsOf = ({ records }: BlueskyState): StoredRecord[] =>
  [...records.values()].filter(({ uri }) =>
    uri.includes("/app.bsky.feed.post/")
  )

export const readRecord = (
  { records }: BlueskyState,
  uri: string
): StoredRecord => {
  const record = records.get(uri)
  if (!record) {
    throw new XrpcError(
      400,
      "RecordNotFound",
      `Could not locate record: ${uri}`
    )
  }
  return record
}
