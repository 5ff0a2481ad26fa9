import { looksSecret } from "./looks-secret"
import { REDACTED } from "./secret-string"

/** Members of an envelope, and the one-time code of an OAuth redirect. */
const ALWAYS_SECRET_PAIRS = new Set(["encrypted", "authtag", "code"])

/** `"name": "value"`, quotes escaped or not, as provider responses appear inside error messages. */
const JSON_PAIR =
  /(\\?["'])([\w.-]{1,80})\1(\s*:\s*)(?:\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|-?\d[\d.eE+-]*)/g

/** `name: 'value'`, as Node prints objects. */
const PRINTED_PAIR = /\b([A-Za-z_]\w{0,80})(: ?)(["'`])(?:(?!\3)[^\\]|\\.)*\3?/g

/** `name=value` in query strings, forms and messages. */
const FORM_PAIR =
  /([?&#]?)([A-Za-z_][\w.-]{0,80}(?:%5B\w*%5D|\[\w*\])?)=("[^"]*"?|[^\s&#"'<>,;)\]}]+)/g

/** Credentials in an Authorization value. The word list spares prose such as "Basic authentication". */
const AUTHORIZATION_VALUE =
  /\b(Bearer|Basic|DPoP)(\s+|%20|\+)(?!(?:auth|authentication|authorization|credentials?|header|scheme|tokens?)(?![\w.~+/=%-]))[\w.~+/=%:-]+/gi

/** Header lines, to the end of the line. */
const HEADER_LINE =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z0-9-]{1,60})(:[ \t]?)(?=[^\s"'{[])[^\r\n]+/gi

/** `scheme://user:password@host` */
const URL_USERINFO = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#]+@/gi

/** A JSON Web Token, signed or encrypted. */
const JSON_WEB_TOKEN = /\beyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g

const isSecretPair = (name: string): boolean =>
  ALWAYS_SECRET_PAIRS.has(name.toLowerCase()) || looksSecret(name)

/**
 * Replaces what is recognisable as a secret inside free text: Authorization values, secret header
 * lines, `name=value` and `"name": "value"` pairs with secret names, passwords in URLs, JWTs.
 * Takes time linear in the text's length. Free text can hide a secret that no pattern finds: do not put secrets into text.
 *
 * @param text - a message, URL, header or body
 * @returns the text with `[redacted]` in the place of each secret
 */
export function redactText(text: string): string {
  return text
    .replace(HEADER_LINE, (line, name: string, colon: string) =>
      looksSecret(name) ? `${name}${colon}${REDACTED}` : line
    )
    .replace(AUTHORIZATION_VALUE, `$1$2${REDACTED}`)
    .replace(JSON_PAIR, (pair, quote: string, name: string, colon: string) =>
      isSecretPair(name)
        ? `${quote}${name}${quote}${colon}${quote}${REDACTED}${quote}`
        : pair
    )
    .replace(
      PRINTED_PAIR,
      (pair, name: string, colon: string, quote: string) =>
        isSecretPair(name) ? `${name}${colon}${quote}${REDACTED}${quote}` : pair
    )
    .replace(FORM_PAIR, (pair, before: string, name: string) =>
      isSecretPair(name) || (before && name === "state")
        ? `${before}${name}=${REDACTED}`
        : pair
    )
    .replace(URL_USERINFO, `$1${REDACTED}@`)
    .replace(JSON_WEB_TOKEN, REDACTED)
}
