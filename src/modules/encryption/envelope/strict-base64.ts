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
