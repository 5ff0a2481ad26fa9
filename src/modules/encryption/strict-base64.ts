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
