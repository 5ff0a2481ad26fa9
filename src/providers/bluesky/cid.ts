import assert from "node:assert"
import { createHash } from "node:crypto"
import type { Json } from "../publication"

/*
 * The content identifier of a record. A reply names its parent's, so a thread
 * that is written in one call has to know it before the records exist.
 *
 * Sources: atproto.com/specs/data-model (DAG-CBOR, CIDv1, SHA-256), RFC 8949.
 */

const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAG = 6
/** The tag of a link in DAG-CBOR. */
const CID_TAG = 42

const FALSE = Buffer.from([0xf4])
const TRUE = Buffer.from([0xf5])
const NULL = Buffer.from([0xf6])

const head = (major: number, value: number): Buffer => {
  const first = major << 5
  if (value < 24) {
    return Buffer.from([first | value])
  }
  if (value < 0x1_00) {
    return Buffer.from([first | 24, value])
  }
  if (value < 0x1_00_00) {
    const bytes = Buffer.from([first | 25, 0, 0])
    bytes.writeUInt16BE(value, 1)
    return bytes
  }
  if (value < 0x1_00_00_00_00) {
    const bytes = Buffer.from([first | 26, 0, 0, 0, 0])
    bytes.writeUInt32BE(value, 1)
    return bytes
  }
  const bytes = Buffer.alloc(9)
  bytes[0] = first | 27
  bytes.writeBigUInt64BE(BigInt(value), 1)
  return bytes
}

const textOf = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([head(TEXT, bytes.length), bytes])
}

const integer = (value: number): Buffer => {
  assert(
    Number.isSafeInteger(value),
    `A record has whole numbers only, and no ${value}.`
  )
  return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value)
}

/** Keys in the order of DAG-CBOR: shorter ones first, then by their bytes. */
const byLengthAndBytes = (a: Buffer, b: Buffer): number =>
  a.length - b.length || Buffer.compare(a, b)

const map = (value: Readonly<Record<string, Json | undefined>>): Buffer => {
  const entries = Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .map(([key, member]) => [Buffer.from(key), member] as const)
    .sort(([a], [b]) => byLengthAndBytes(a, b))
  return Buffer.concat([
    head(MAP, entries.length),
    ...entries.flatMap(([key, member]) => [
      head(TEXT, key.length),
      key,
      encode(member),
    ]),
  ])
}

const bytesOf = (bytes: Buffer): Buffer =>
  Buffer.concat([head(BYTES, bytes.length), bytes])

const linkTo = (cid: string): Buffer =>
  Buffer.concat([
    head(TAG, CID_TAG),
    bytesOf(Buffer.concat([Buffer.from([0]), fromBase32(cid.slice(1))])),
  ])

/** A JSON value of the data model, with its links and bytes, in DAG-CBOR. */
const encode = (value: Json): Buffer => {
  if (value === null) {
    return NULL
  }
  if (typeof value === "boolean") {
    return value ? TRUE : FALSE
  }
  if (typeof value === "number") {
    return integer(value)
  }
  if (typeof value === "string") {
    return textOf(value)
  }
  if (Array.isArray(value)) {
    return Buffer.concat([head(ARRAY, value.length), ...value.map(encode)])
  }
  const members = value as Readonly<Record<string, Json | undefined>>
  if (typeof members.$link === "string") {
    return linkTo(members.$link)
  }
  return typeof members.$bytes === "string"
    ? bytesOf(Buffer.from(members.$bytes, "base64"))
    : map(members)
}

/** RFC 4648, section 6, in lower case and without padding. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567"

const toBase32 = (bytes: Uint8Array): string => {
  let text = ""
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(value >> bits) & 31]
    }
  }
  return bits ? text + BASE32[(value << (5 - bits)) & 31] : text
}

const fromBase32 = (text: string): Buffer => {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text) {
    value = ((value << 5) | BASE32.indexOf(character)) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 0xff)
    }
  }
  return Buffer.from(bytes)
}

const DAG_CBOR = 0x71
const RAW = 0x55
const SHA2_256 = 0x12

const cidOf = (codec: number, bytes: Uint8Array): string => {
  const digest = createHash("sha256").update(bytes).digest()
  const prefix = Buffer.from([1, codec, SHA2_256, digest.length])
  return `b${toBase32(Buffer.concat([prefix, digest]))}`
}

/**
 * The content identifier that a record has in every repository.
 *
 * @param record - as JSON; members that are undefined are none
 * @throws {AssertionError} for numbers that are not whole
 */
export const cidOfRecord = (record: Json): string =>
  cidOf(DAG_CBOR, encode(record))

/** The content identifier of a file. */
export const cidOfBlob = (bytes: Uint8Array): string => cidOf(RAW, bytes)
