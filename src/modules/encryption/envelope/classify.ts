import { decodeV1, isEnvelopeV1 } from "./format-1"
import { decodeV2, isEnvelopeV2 } from "./format-2"
import { readV2 } from "./format-2-json"
import type { EnvelopeV1, EnvelopeV2, StoredFormat } from "../types"

/** A stored value with its envelope parsed, if it has one. */
export type Recognised =
  | { format: "v2"; envelope: EnvelopeV2 }
  | { format: "v1"; envelope: EnvelopeV1 }
  | { format: "plaintext" | "malformed" }

const PLAINTEXT: Recognised = Object.freeze({ format: "plaintext" })
const MALFORMED: Recognised = Object.freeze({ format: "malformed" })

/** A member name with its quotes, as it stands in the JSON of an envelope, or in JSON within JSON. */
const ENVELOPE_TRACE = /"(?:encrypted|authTag)\\?"/

/** Quotes around the names and text values of each format. More of them are doubled members. */
const QUOTES = { v1: 14, v2: 20 }

/** header.payload.signature: a JSON Web Token decodes to JSON at its start and is no envelope. */
const TOKEN_WITH_DOTS = /^[\w-]+\.[\w-]+\.[\w-]*(?:\.[\w-]*){0,2}$/

function countQuotes(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    count += 1
  }
  return count
}

function recogniseObject(value: object): Recognised {
  if (isEnvelopeV2(value)) {
    return { format: "v2", envelope: value }
  }
  if (isEnvelopeV1(value)) {
    return { format: "v1", envelope: value }
  }
  const claimsToBeOne =
    "encrypted" in value || "authTag" in value || "v" in value
  return claimsToBeOne ? MALFORMED : PLAINTEXT
}

function recogniseJson(text: string): Recognised {
  const written = readV2(text)
  if (written && isEnvelopeV2(written)) {
    return { format: "v2", envelope: written }
  }

  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // A cut or damaged envelope must not pass as a plaintext secret.
    return ENVELOPE_TRACE.test(text) ? MALFORMED : PLAINTEXT
  }
  if (typeof parsed !== "object" || parsed === null) {
    return PLAINTEXT
  }

  const recognised = recogniseObject(parsed)
  const isEnvelope = recognised.format === "v1" || recognised.format === "v2"
  // JSON.parse lets the last of several members with one name win, other parsers the first.
  return isEnvelope && countQuotes(text) !== QUOTES[recognised.format]
    ? MALFORMED
    : recognised
}

function recogniseText(text: string): Recognised {
  if (text.startsWith("{")) {
    return recogniseJson(text)
  }
  if (ENVELOPE_TRACE.test(text)) {
    return MALFORMED
  }
  if (TOKEN_WITH_DOTS.test(text)) {
    return PLAINTEXT
  }

  const bytes = Buffer.from(text, "base64")
  const decoded = bytes.toString("utf8")
  if (decoded.startsWith("{") && bytes.toString("base64") === text) {
    return recogniseJson(decoded)
  }
  // Decoded leniently only to see what it was meant to be; nothing of it is used.
  return ENVELOPE_TRACE.test(decoded) ? MALFORMED : PLAINTEXT
}

/**
 * Decides what a stored value is by its shape, never by trying to open it.
 *
 * @param value - an object, JSON text, base64 of JSON text, or anything else
 * @returns the format, with the parsed envelope of `v1` and `v2`; its members have the right names
 * and types, their base64 is not yet checked
 */
export function recognise(value: unknown): Recognised {
  if (typeof value === "string") {
    return recogniseText(value)
  }
  return typeof value === "object" && value !== null
    ? recogniseObject(value)
    : PLAINTEXT
}

/**
 * Decides what a stored value is by its shape alone. What looks like an envelope without being
 * exactly one is `malformed`, so that damage never passes as plaintext.
 *
 * @param value - an object, JSON text, base64 of JSON text, or anything else
 * @returns the format
 */
export function classify(value: unknown): StoredFormat {
  const recognised = recognise(value)
  if (recognised.format === "v2") {
    return typeof decodeV2(recognised.envelope) === "string"
      ? "malformed"
      : "v2"
  }
  if (recognised.format === "v1") {
    return typeof decodeV1(recognised.envelope) === "string"
      ? "malformed"
      : "v1"
  }
  return recognised.format
}
