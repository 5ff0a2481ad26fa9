/**
 * Decodes canonical base64 (RFC 4648 section 4, padded). Node's decoder skips foreign characters
 * and stray bits, which would give every value many spellings; re-encoding finds them all.
 *
 * @param text - the text to decode
 * @param length - the number of bytes it must hold, if that is fixed
 * @returns the bytes, or undefined when the text is not canonical or has another length
 */
export function decodeBase64(
  text: string,
  length?: number
): Buffer | undefined {
  const bytes = Buffer.from(text, "base64")
  if (length !== undefined && bytes.length !== length) {
    return undefined
  }
  return bytes.toString("base64") === text ? bytes : undefined
}

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const MAX_VALUE = 63
const ASCII = 127
/** Of each ASCII character; what is no base64 has a value beyond the highest. */
const VALUES = new Uint8Array(ASCII + 1).fill(MAX_VALUE + 1)
for (let value = 0; value <= MAX_VALUE; value += 1) {
  VALUES[ALPHABET.charCodeAt(value)] = value
}

// Node's own pool is given up and made anew after a few dozen values, at the price of a collection.
const shared = Buffer.alloc(4096)
const SHARED_CHARACTERS = Math.floor(shared.length / 3) * 4
/** The part that the last value filled. Those of one provider are often of one length. */
let filled = shared.subarray(0, 0)

const PADDING = "=".charCodeAt(0)
/** Settled at once for a string that V8 keeps in one byte a character. */
const BEYOND_LATIN = /[^\0-\xff]/

function countPadding(text: string): number {
  const { length } = text
  if (length === 0 || text.charCodeAt(length - 1) !== PADDING) {
    return 0
  }
  return text.charCodeAt(length - 2) === PADDING ? 2 : 1
}

/** What is left of the last character must be zero, or the bytes would have several spellings. */
function hasStrayBits(text: string, padding: number): boolean {
  if (padding === 0) {
    return false
  }
  const value = VALUES[text.charCodeAt(text.length - 1 - padding) & ASCII]
  return (value & (padding === 2 ? 15 : 3)) !== 0
}

/**
 * Like {@link decodeBase64}, without allocating for values of usual length. Not for secrets: the
 * bytes stay until the next call.
 *
 * It need not encode again. Node's decoder skips what it does not know, so any foreign character
 * leaves the result shorter than the text promises; all that it takes for another character are the
 * two of base64url and, in some releases, those beyond Latin-1 by their low byte.
 *
 * @param text - the text to decode
 * @returns the bytes, valid until the next call: use them in the same synchronous call; undefined
 * when the text is not canonical
 */
export function decodeBase64Shared(text: string): Buffer | undefined {
  if (text.length > SHARED_CHARACTERS) {
    return decodeBase64(text)
  }
  const padding = countPadding(text)
  const length = (text.length / 4) * 3 - padding
  const isCanonical =
    text.length % 4 === 0 &&
    shared.write(text, "base64") === length &&
    !hasStrayBits(text, padding) &&
    !text.includes("-") &&
    !text.includes("_") &&
    !BEYOND_LATIN.test(text)
  if (!isCanonical) {
    return undefined
  }
  if (filled.length !== length) {
    filled = shared.subarray(0, length)
  }
  return filled
}

/** Decodes four characters to three bytes, or says that it cannot. */
function decodeGroup(
  text: string,
  at: number,
  target: Uint8Array,
  end: number
): boolean {
  const c0 = text.charCodeAt(at)
  const c1 = text.charCodeAt(at + 1)
  const c2 = text.charCodeAt(at + 2)
  const c3 = text.charCodeAt(at + 3)
  if ((c0 | c1 | c2 | c3) > ASCII) {
    return false
  }
  const v0 = VALUES[c0]
  const v1 = VALUES[c1]
  const v2 = VALUES[c2]
  const v3 = VALUES[c3]
  target[end] = (v0 << 2) | (v1 >> 4)
  target[end + 1] = (v1 << 4) | (v2 >> 2)
  target[end + 2] = (v2 << 6) | v3
  return (v0 | v1 | v2 | v3) <= MAX_VALUE
}

/** Decodes the two characters and two signs of padding that hold one last byte. */
function decodeLastByte(
  text: string,
  at: number,
  target: Uint8Array,
  end: number
): boolean {
  const c0 = text.charCodeAt(at)
  const c1 = text.charCodeAt(at + 1)
  if ((c0 | c1) > ASCII || !text.endsWith("==")) {
    return false
  }
  const v0 = VALUES[c0]
  const v1 = VALUES[c1]
  target[end] = (v0 << 2) | (v1 >> 4)
  // Four bits of the last character are left; set ones would give the byte more spellings.
  return (v0 | v1) <= MAX_VALUE && (v1 & 15) === 0
}

/**
 * Decodes an iv or a tag of canonical base64 into memory that exists already. For so few bytes,
 * calling Node's decoder costs more than the decoding.
 *
 * @param text - the text to decode
 * @param target - where the bytes go, 12 or 16 of them: a multiple of three, or one more
 * @returns false when the text is not canonical or has another length; `target` is garbage then
 */
export function decodeShortBase64(text: string, target: Uint8Array): boolean {
  const { length } = target
  const whole = length - (length % 3)
  if (text.length !== Math.ceil(length / 3) * 4) {
    return false
  }
  let at = 0
  for (let end = 0; end < whole; end += 3) {
    if (!decodeGroup(text, at, target, end)) {
      return false
    }
    at += 4
  }
  return whole === length || decodeLastByte(text, at, target, whole)
}
