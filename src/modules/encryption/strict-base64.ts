/**
 * Decodes canonical base64 (RFC 4648 section 4, padded). Node's decoder skips foreign characters
 * and stray bits, which would give every value many spellings; re-encoding finds them all.
 *
 * @param text - the text to decode
 * @param length - the number of bytes it must hold, if that is fixed
 * @returns the bytes, or undefined when the text is not canonical or has another length
 */
export function decodeBase64(text: string, length?: number): Buffer | undefined {
  const bytes = Buffer.from(text, "base64")
  if (length !== undefined && bytes.length !== length) {
    return undefined
  }
  return bytes.toString("base64") === text ? bytes : undefined
}

// Node's own pool is given up and made anew after a few dozen values, at the price of a collection.
const shared = Buffer.alloc(4096)
const SHARED_CHARACTERS = (shared.length / 3) * 4

/**
 * Like {@link decodeBase64}, without allocating for values of usual length. Not for secrets: the
 * bytes stay until the next call.
 *
 * @param text - the text to decode
 * @returns the bytes, valid until the next call: use them in the same synchronous call; undefined
 * when the text is not canonical
 */
export function decodeBase64Shared(text: string): Buffer | undefined {
  if (text.length > SHARED_CHARACTERS) {
    return decodeBase64(text)
  }
  const length = shared.write(text, "base64")
  return shared.toString("base64", 0, length) === text
    ? shared.subarray(0, length)
    : undefined
}

const INVALID = 255
const VALUES = new Uint8Array(128).fill(INVALID)
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
for (let value = 0; value < ALPHABET.length; value += 1) {
  VALUES[ALPHABET.charCodeAt(value)] = value
}

/**
 * Decodes a few bytes of canonical base64 into memory that exists already. For so few, calling
 * Node's decoder costs more than the decoding.
 *
 * @param text - the text to decode
 * @param target - where the bytes go; it is filled exactly, or the text is refused
 * @returns false when the text is not canonical or has another length; `target` is garbage then
 */
export function decodeShortBase64(text: string, target: Uint8Array): boolean {
  const rest = target.length % 3
  const padding = rest ? 3 - rest : 0
  const characters = text.length - padding
  if (text.length !== Math.ceil(target.length / 3) * 4) {
    return false
  }
  for (let at = characters; at < text.length; at += 1) {
    if (text[at] !== "=") {
      return false
    }
  }

  let bits = 0
  let pending = 0
  let end = 0
  for (let at = 0; at < characters; at += 1) {
    const code = text.charCodeAt(at)
    const value = code < 128 ? VALUES[code] : INVALID
    if (value === INVALID) {
      return false
    }
    pending = ((pending << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      target[end] = pending >> bits
      end += 1
    }
  }
  // What is left of the last character must be zero, or the bytes would have several spellings.
  return (pending & ((1 << bits) - 1)) === 0
}
