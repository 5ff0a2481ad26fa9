import { looksSecret } from "./looks-secret"
import { redactText } from "./redact-text"
import { REDACTED, SecretString } from "./secret-string"

type Seen = WeakMap<object, unknown>

const CIRCULAR = "[circular]"

const isEnvelopeLike = (value: object): boolean =>
  "encrypted" in value && "authTag" in value

/** `code` beside `state` is the answer of an OAuth redirect; `code` alone is an error code. */
const isOAuthAnswer = (value: object): boolean =>
  "code" in value && "state" in value

/** A flag or an absent value says that a secret is there, never which. */
const cannotBeSecret = (value: unknown): boolean =>
  value === null || value === undefined || typeof value === "boolean"

const redactEntry = (key: string, value: unknown, seen: Seen): unknown =>
  looksSecret(key) && !cannotBeSecret(value) ? REDACTED : visit(value, seen)

function readProperty(owner: object, key: string): unknown {
  try {
    return (owner as Record<string, unknown>)[key]
  } catch {
    return "[unreadable]"
  }
}

function redactEntries(
  entries: Iterable<[string, unknown]>,
  seen: Seen
): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) {
    // The key itself can be a secret where a map is keyed by token.
    copy[redactText(key)] = redactEntry(key, value, seen)
  }
  return { ...copy }
}

function redactError(error: Error, seen: Seen): Record<string, unknown> {
  const copy: Record<string, unknown> = {
    name: redactText(error.name),
    message: redactText(error.message),
  }
  const code = readProperty(error, "code")
  if (code !== undefined) {
    copy.code = visit(code, seen)
  }
  const cause = readProperty(error, "cause")
  if (cause !== undefined) {
    copy.cause = visit(cause, seen)
  }
  return copy
}

function redactObject(value: object, seen: Seen): unknown {
  if (value instanceof Error) {
    return redactError(value, seen)
  }
  if (isEnvelopeLike(value)) {
    return REDACTED
  }

  const secretKeys = isOAuthAnswer(value) ? ["code", "state"] : []
  const entries = Object.keys(value).map((key): [string, unknown] => [
    key,
    secretKeys.includes(key) ? REDACTED : readProperty(value, key),
  ])
  return redactEntries(entries, seen)
}

function copyOf(value: object, seen: Seen): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => visit(item, seen))
  }
  if (value instanceof Set) {
    return [...value].map((item) => visit(item, seen))
  }
  if (value instanceof Map || value instanceof Headers) {
    const entries = [...value.entries()].map(
      ([key, item]): [string, unknown] => [String(key), item]
    )
    return redactEntries(entries, seen)
  }
  return redactObject(value, seen)
}

function visit(value: unknown, seen: Seen): unknown {
  if (typeof value === "string") {
    return redactText(value)
  }
  if (typeof value === "function" || typeof value === "symbol") {
    return `[${typeof value}]`
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  if (value instanceof SecretString) {
    return REDACTED
  }
  if (value instanceof Date) {
    return value
  }
  if (value instanceof URL || value instanceof URLSearchParams) {
    return redactText(value.toString())
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[binary, ${value.byteLength} bytes]`
  }
  if (seen.has(value)) {
    return seen.get(value)
  }

  // While its members are visited an object stands for itself as "[circular]"; afterwards a second
  // mention gets the finished copy, so the result has no cycles and shared parts cost once.
  seen.set(value, CIRCULAR)
  const copy = copyOf(value, seen)
  seen.set(value, copy)
  return copy
}

/**
 * Makes a deep copy that is safe to log. Hidden are: values under secret-looking names
 * ({@link looksSecret}), {@link SecretString}s, envelopes, binary data, the code and state of an
 * OAuth answer, and secrets recognisable inside strings. Errors keep name, message (redacted),
 * code and cause. The copy has no cycles.
 *
 * @param value - anything
 * @returns a copy made of plain objects, arrays and primitives
 */
export function redact(value: unknown): unknown {
  return visit(value, new WeakMap())
}
