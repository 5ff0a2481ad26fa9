import { createHmac, type KeyObject, verify } from "node:crypto"

export type SignatureMethod =
  "HMAC-SHA1" | "HMAC-SHA256" | "RSA-SHA1" | "PLAINTEXT"

/** A request as it came in. */
export interface Received {
  method: string
  url: URL
  body: string
  /** Whether the body is a form, which is signed. */
  isForm: boolean
  authorization: string
  oauth: Record<string, string>
}

/** Its own encoding, so that an error in the client's cannot hide behind the same error here. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )

/** @returns the parameters of the header; none where it is not well-formed */
export const readAuthorization = (header: string): Record<string, string> => {
  const pairs = [...header.matchAll(/([A-Za-z0-9_%.-]+)="((?:[^"\\]|\\.)*)"/g)]
  const names = pairs.map(([, name]) => name)
  if (
    !/^OAuth /.test(header) ||
    /%(?![0-9A-F]{2})/.test(header) ||
    new Set(names).size !== names.length
  ) {
    return {}
  }
  return Object.fromEntries(
    pairs.map(([, name, value]) =>
      name === "realm"
        ? [name, value.replace(/\\(.)/g, "$1")]
        : [decodeURIComponent(name), decodeURIComponent(value)]
    )
  )
}

const baseStringOf = ({
  method,
  url,
  oauth,
  body,
  isForm,
}: Received): string => {
  const pairs = [
    ...url.searchParams,
    ...(isForm ? new URLSearchParams(body) : []),
    ...Object.entries(oauth).filter(([name]) => name !== "realm"),
  ]
    .filter(([name]) => name !== "oauth_signature")
    .map(([name, value]) => [encode(name), encode(value)])
  const compare = (a: string, b: string) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b))
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  const normalized = pairs.map((pair) => pair.join("=")).join("&")
  const address = `${url.origin}${url.pathname}`
  return `${method}&${encode(address)}&${encode(normalized)}`
}

/** What a service knows to check a signature with. */
export interface Verification {
  signature_method: SignatureMethod
  consumer_secret: string
  public_key?: KeyObject
}

/** Whether the request was signed with these secrets. */
export const isSigned = (
  received: Received,
  { signature_method, consumer_secret, public_key }: Verification,
  tokenSecret: string
): boolean => {
  const key = `${encode(consumer_secret)}&${encode(tokenSecret)}`
  const { oauth_signature: signature = "" } = received.oauth
  const baseString = Buffer.from(baseStringOf(received))
  switch (signature_method) {
    case "PLAINTEXT":
      return signature === key
    case "RSA-SHA1":
      return (
        !!public_key &&
        verify("sha1", baseString, public_key, Buffer.from(signature, "base64"))
      )
    default:
      return (
        signature ===
        createHmac(signature_method.slice(5), key)
          .update(baseString)
          .digest("base64")
      )
  }
}
