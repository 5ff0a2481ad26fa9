import { randomBytes } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import { signatureBaseString } from "./base-string"
import { percentEncode } from "./percent-encoding"
import { isConfidential } from "./secure-address"
import { createSignature } from "./signature"
import type { OAuth1Client, OAuth1Credentials, OAuth1Server } from "./types"

export interface RequestToSign {
  method: string
  url: string | URL
  headers?: RequestInit["headers"]
  body?: RequestInit["body"]
}

export interface RequestSigning {
  server: Pick<OAuth1Server, "signature_method" | "realm">
  client: OAuth1Client
  /** Temporary or token credentials; the very first request has none. */
  credentials?: OAuth1Credentials
  request: RequestToSign
  /** Further protocol parameters, for example `oauth_callback`. */
  parameters?: Readonly<Record<`oauth_${string}`, string>>
  /** @default 128 random bits */
  nonce?: string
  /** In s since the epoch. @default now */
  timestamp?: number
}

/** A nonce of letters and digits alone, which every service takes. */
export const createNonce = (): string => randomBytes(16).toString("hex")

/** @returns the current time in s since the epoch */
export const currentTimestamp = (): number => Math.floor(Date.now() / 1000)

/**
 * Signs one request (RFC 5849, section 3). The header is good for exactly that
 * method, address and form body, and for one use.
 *
 * @returns the value of the Authorization header; a secret for as long as the
 * request is on its way, and with PLAINTEXT for ever
 * @throws {ServiceError} `config_error` when it cannot be signed safely
 */
export const signRequest = ({
  server: { signature_method, realm },
  client,
  credentials,
  request,
  parameters,
  nonce = createNonce(),
  timestamp = currentTimestamp(),
}: RequestSigning): string => {
  const url = new URL(request.url)
  if (signature_method === "PLAINTEXT" && !isConfidential(url)) {
    throw new ServiceError(
      "config_error",
      "Requests with PLAINTEXT signatures carry the secrets themselves and go to https addresses only.",
      { code: "insecure_endpoint" }
    )
  }

  const oauthParameters: Record<string, string> = {
    ...parameters,
    oauth_consumer_key: client.consumer_key,
    ...(credentials && { oauth_token: credentials.token.reveal() }),
    oauth_signature_method: signature_method,
    oauth_timestamp: String(timestamp),
    oauth_nonce: nonce,
    oauth_version: "1.0",
  }
  const baseString = signatureBaseString({
    method: request.method,
    url,
    oauthParameters,
    form: formOf(request),
  })
  const oauth_signature = createSignature(
    signature_method,
    baseString,
    client,
    credentials?.token_secret
  )
  return authorizationHeader({ ...oauthParameters, oauth_signature }, realm)
}

/**
 * Writes the Authorization header (RFC 5849, section 3.5.1).
 *
 * @param parameters - protocol parameters, with the signature, not yet encoded
 * @param realm - sent as it is, and never signed
 * @throws {ServiceError} `config_error` for a realm that no header can hold
 */
export const authorizationHeader = (
  parameters: Readonly<Record<string, string>>,
  realm?: string
): string => {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`
  )
  return `OAuth ${[...realmPair(realm), ...pairs].join(", ")}`
}

const realmPair = (realm: string | undefined): string[] => {
  if (realm === undefined) {
    return []
  }
  // A line break would let a setting write headers of its own.
  if (!/^[\x20-\x7e]*$/.test(realm)) {
    throw new ServiceError(
      "config_error",
      "The realm may hold printable ASCII characters only.",
      { code: "invalid_realm" }
    )
  }
  return [`realm="${realm.replace(/["\\]/g, "\\$&")}"`]
}

const FORM = "application/x-www-form-urlencoded"

/** The body where it takes part in the signature (RFC 5849, section 3.4.1.3.1). */
const formOf = ({ headers, body }: RequestToSign): string | undefined => {
  const declared = new Headers(headers).get("content-type")
  const isForm =
    declared === null
      ? body instanceof URLSearchParams
      : declared.split(";")[0].trim().toLowerCase() === FORM

  if (!isForm || body === undefined || body === null) {
    return undefined
  }
  if (typeof body === "string" || body instanceof URLSearchParams) {
    return String(body)
  }
  throw new ServiceError(
    "config_error",
    "A form can be signed as a text or as URLSearchParams only.",
    { code: "unsignable_body" }
  )
}
