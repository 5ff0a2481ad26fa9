import {
  type EncodedParameter,
  percentEncode,
  reencodeForm,
} from "./percent-encoding"

export interface SignedParts {
  method: string
  /** The address as it is requested, with its query. */
  url: URL
  /** Protocol parameters of the Authorization header, without `realm`. */
  oauthParameters: Readonly<Record<string, string>>
  /** The body, where it is `application/x-www-form-urlencoded`. */
  form?: string
}

/** Everything in the encoded form is ASCII, so this is the order of bytes that the RFC asks for. */
const byCodeUnit = (a: string, b: string): number =>
  a < b ? -1 : a > b ? 1 : 0

const normalizeParameters = (parameters: EncodedParameter[]): string =>
  parameters
    .filter(([name]) => name !== "oauth_signature")
    .sort(
      ([name, value], [otherName, otherValue]) =>
        byCodeUnit(name, otherName) || byCodeUnit(value, otherValue)
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

/**
 * The text that is signed (RFC 5849, section 3.4.1). `URL` has put scheme and
 * host in lower case and left out a default port already, and it is the
 * address in that form that gets requested.
 */
export const signatureBaseString = ({
  method,
  url,
  oauthParameters,
  form = "",
}: SignedParts): string => {
  const parameters: EncodedParameter[] = [
    ...reencodeForm(url.search.slice(1)),
    ...Object.entries(oauthParameters).map(
      ([name, value]): EncodedParameter => [
        percentEncode(name),
        percentEncode(value),
      ]
    ),
    ...reencodeForm(form),
  ]

  return [
    method.toUpperCase(),
    `${url.protocol}//${url.host}${url.pathname}`,
    normalizeParameters(parameters),
  ]
    .map(percentEncode)
    .join("&")
}
