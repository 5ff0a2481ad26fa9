import { SecretString } from "../../../secrets/secret-string"
import { ForeignValueError } from "../errors"
import type { FernetValue } from "./fernet"

/** The token set of a Login with Amazon grant, as far as the stored value has it. */
export type ImportedTokenSet = {
  access_token: SecretString
  refresh_token: SecretString | null
  token_type: string | null
  scopes: string[] | null
  /** When the access token expires; null where the value does not tell. */
  expires_at: Date | null
  /** Names of members that have no place here, for the report of the import. */
  ignored: string[]
}

const TAKEN = new Set([
  "access_token",
  "refresh_token",
  "token_type",
  "scope",
  "scopes",
  "expires_at",
  "expires_in",
])

/** Times beyond it (the year 5138) are in milliseconds. */
const MAX_SECONDS = 1e11

const HAS_ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i

const malformed = (reason: string): ForeignValueError =>
  new ForeignValueError(
    "foreign_malformed",
    `The value opens to something that is not a token set: ${reason}. Check that the right column is imported.`
  )

function parseJson(secret: SecretString): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(secret.reveal())
  } catch {
    // The parser's error would quote the text.
    throw malformed("it is not JSON")
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw malformed("it is not a JSON object")
  }
  return parsed as Record<string, unknown>
}

/** @returns the text, or null for a member that is missing, null or empty */
function textMember(
  object: Record<string, unknown>,
  name: string
): string | null {
  const value = Object.hasOwn(object, name) ? object[name] : null
  if (value === null || value === "") {
    return null
  }
  if (typeof value !== "string") {
    throw malformed(`its ${name} is not text`)
  }
  return value
}

function scopesOf(object: Record<string, unknown>): string[] | null {
  const list = Object.hasOwn(object, "scopes") ? object.scopes : null
  if (Array.isArray(list) && list.every((scope) => typeof scope === "string")) {
    return list
  }
  const text = textMember(object, "scope") ?? textMember(object, "scopes")
  return text?.split(/[\s,]+/).filter(Boolean) ?? null
}

/** Python writes a time without a zone for UTC. */
const parseTime = (text: string): Date =>
  new Date(HAS_ZONE.test(text) ? text : `${text.trim().replace(" ", "T")}Z`)

function expiryOf(
  object: Record<string, unknown>,
  createdAt: Date
): Date | null {
  const at = Object.hasOwn(object, "expires_at") ? object.expires_at : null
  const seconds = Object.hasOwn(object, "expires_in") ? object.expires_in : null
  let expiry: Date | null = null
  if (typeof at === "number") {
    expiry = new Date(at > MAX_SECONDS ? at : at * 1000)
  } else if (typeof at === "string" && at !== "") {
    expiry = parseTime(at)
  } else if (typeof seconds === "number") {
    expiry = new Date(createdAt.getTime() + seconds * 1000)
  }
  if (expiry && Number.isNaN(expiry.getTime())) {
    throw malformed("its expiry is not a time")
  }
  return expiry
}

/**
 * Takes the token set apart that an Amazon Ads service stored as JSON inside a Fernet token.
 *
 * @param value - the opened Fernet token; a relative expiry counts from its creation
 * @returns the members by name
 * @throws ForeignValueError when it is no JSON object, has no access_token or a member of a wrong type
 */
export function parseAmazonTokenSet(value: FernetValue): ImportedTokenSet {
  const object = parseJson(value.secret)
  const access = textMember(object, "access_token")
  if (access === null) {
    throw malformed("it has no access_token")
  }
  const refresh = textMember(object, "refresh_token")

  return {
    access_token: new SecretString(access),
    refresh_token: refresh === null ? null : new SecretString(refresh),
    token_type: textMember(object, "token_type"),
    scopes: scopesOf(object),
    expires_at: expiryOf(object, value.created_at),
    ignored: Object.keys(object).filter((name) => !TAKEN.has(name)),
  }
}
