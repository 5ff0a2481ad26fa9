/** The characters that stay as they are (RFC 3986, section 2.3). */
const UNRESERVED = /[A-Za-z0-9\-._~]/

const ENCODED_BYTES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => {
    const character = String.fromCharCode(byte)
    return UNRESERVED.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
  }
)

const encodeBytes = (bytes: Uint8Array): string => {
  let encoded = ""
  for (const byte of bytes) {
    encoded += ENCODED_BYTES[byte]
  }
  return encoded
}

/**
 * Encodes a text as OAuth 1.0a wants it (RFC 5849, section 3.6): UTF-8, all but
 * unreserved characters, hexadecimal digits in upper case. `encodeURIComponent`
 * is no substitute: it leaves `!'()*` alone.
 */
export const percentEncode = (text: string): string =>
  encodeBytes(Buffer.from(text, "utf8"))

/**
 * Brings one name or value of a query or form, as it is transferred, into the
 * form that is signed. It works on bytes: text that is not UTF-8 must be signed
 * as the bytes that are sent.
 */
const reencode = (transferred: string): string => {
  const bytes: number[] = []
  const source = Buffer.from(transferred.replace(/\+/g, " "), "utf8")
  for (let at = 0; at < source.length; at++) {
    const digits = source.toString("latin1", at + 1, at + 3)
    if (source[at] === 0x25 && /^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes.push(parseInt(digits, 16))
      at += 2
      continue
    }
    bytes.push(source[at])
  }
  return encodeBytes(Uint8Array.from(bytes))
}

/** A parameter whose name and value are percent-encoded already. */
export type EncodedParameter = readonly [name: string, value: string]

/**
 * Splits a query or an `application/x-www-form-urlencoded` body into its
 * parameters, encoded anew for the signature (RFC 5849, section 3.4.1.3.1). A
 * parameter may come twice, and one without `=` has an empty value.
 *
 * @param form - without a leading `?`
 */
export const reencodeForm = (form: string): EncodedParameter[] =>
  form
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const end = pair.indexOf("=")
      return end === -1
        ? [reencode(pair), ""]
        : [reencode(pair.slice(0, end)), reencode(pair.slice(end + 1))]
    })
