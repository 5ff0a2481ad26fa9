import { decodeV1, isEnvelopeV1 } from "./format-1"
import { decodeV2, isEnvelopeV2 } from "./format-2"
import { readV2 } from "./fast-path"
import { isFernetShaped } from "../importers/fernet"
import { isScryptShaped } from "../importers/scrypt"
import type { Envelope, EnvelopeFormat, EnvelopeV1, EnvelopeV2 } from "../types"

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
  const claimsToBeOne = "encrypted" in value || "authTag" in value
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
  const quotes = "ctx" in parsed ? QUOTES.v2 + 2 : undefined
  return isEnvelope &&
    countQuotes(text) !== (quotes ?? QUOTES[recognised.format])
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
  const isObject = decoded.startsWith("{") && decoded.endsWith("}")
  if (isObject && bytes.toString("base64") === text) {
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
 * What is stored in one place:
 *
 * - `nothing`: absent, null or empty text
 * - `envelope`: of format 1 or 2, well-formed; whether it opens is another question
 * - `plaintext`: what resembles no envelope
 * - `foreign`: sealed by another system, to be imported
 * - `malformed`: what resembles an envelope and is none, so that damage never passes as plaintext
 */
export type Stored =
  | { kind: "nothing" | "plaintext" | "foreign" | "malformed" }
  | {
      kind: "envelope"
      format: EnvelopeFormat
      envelope: Envelope
      /** Stored as text, as earlier releases did in JSON columns too. */
      isText: boolean
    }

/** Whether nothing is stored: what an envelope that is not there leaves. */
export const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === ""

/** Where a value stands: in the place of envelopes, or under a credential's own name. */
export type Slot = "sealed" | "plain"

/**
 * Decides what is stored in a place, by its shape alone. Reading, counting, verifying and
 * re-encrypting all go by this.
 *
 * @param value - an object, JSON text, base64 of JSON text, or anything else
 * @param slot - a scrypt value looks like any key in base64: only in the place of envelopes it is
 * taken for one
 */
export function inspectStored(value: unknown, slot: Slot): Stored {
  if (isNothing(value)) {
    return { kind: "nothing" }
  }
  const recognised = recognise(value)
  if (recognised.format === "v1" || recognised.format === "v2") {
    const { format, envelope } = recognised
    const decoded = format === "v2" ? decodeV2(envelope) : decodeV1(envelope)
    return typeof decoded === "string"
      ? { kind: "malformed" }
      : {
          kind: "envelope",
          format: format === "v2" ? 2 : 1,
          envelope,
          isText: typeof value === "string",
        }
  }
  const isForeign =
    recognised.format === "plaintext" &&
    (isFernetShaped(value) || (slot === "sealed" && isScryptShaped(value)))
  return { kind: isForeign ? "foreign" : recognised.format }
}

/**
 * Whether re-encryption has nothing to do.
 *
 * @param active - the version that everything is to be under
 */
export const isUpToDate = (stored: Stored, active: number): boolean =>
  stored.kind === "envelope" &&
  stored.format === 2 &&
  stored.envelope.keyVersion === active

/** Whether an envelope of a JSON column is stored as text, or is not bound to a tenant. */
export const isOldForm = (stored: Stored & { kind: "envelope" }): boolean =>
  stored.isText || !("ctx" in stored.envelope)

/**
 * The secret that a plaintext value stands for. What is no text is its JSON: a number that somebody
 * stored as a key is that key.
 */
export const plaintextOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value)
