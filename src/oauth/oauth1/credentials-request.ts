import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import type { OAuthFetch } from "../types"
import { malformedResponse, type RefusalMeaning, toOAuth1Error } from "./errors"
import {
  createNonce,
  currentTimestamp,
  type RequestSigning,
  signRequest,
} from "./sign-request"
import type { OAuth1Credentials } from "./types"

/** Largest response that is read, in bytes: real ones have a few hundred. */
const MAX_ANSWER_BYTES = 65_536

export interface CredentialsRequest extends Omit<RequestSigning, "request"> {
  endpoint: URL
  fetch: OAuthFetch
  meaning: RefusalMeaning
}

export interface CredentialsResponse extends OAuth1Credentials {
  /** All other parameters of the response. */
  rest: Map<string, string>
}

/**
 * Asks one of the two credential endpoints (RFC 5849, sections 2.1 and 2.3),
 * which take and answer the same things.
 *
 * @throws {ServiceError}
 */
export const requestCredentials = async ({
  endpoint,
  fetch,
  meaning,
  nonce = createNonce(),
  timestamp = currentTimestamp(),
  ...signing
}: CredentialsRequest): Promise<CredentialsResponse> => {
  const { what } = meaning
  const request = { method: "POST", url: endpoint }
  const authorization = signRequest({ ...signing, request, nonce, timestamp })
  const { status, headers, text, complete } = await send(what, () =>
    fetch(endpoint, {
      method: "POST",
      headers: { authorization },
      redirect: "manual",
    })
  )

  if (status >= 300 && status <= 399) {
    throw new ServiceError(
      "transient",
      `${what} was answered with a redirect, which is not followed because it would carry credentials elsewhere. Check the configured address.`,
      { code: "unexpected_redirect", status }
    )
  }
  if (status >= 400) {
    throw toOAuth1Error({ status, headers, text, timestamp }, meaning)
  }
  if (!complete) {
    throw new ServiceError(
      "transient",
      `${what} was answered with more than ${MAX_ANSWER_BYTES} bytes.`,
      { code: "response_too_large", status, outcomeUnknown: true }
    )
  }
  return parseResponse(what, status, text)
}

interface ReadResponse {
  status: number
  headers: Headers
  text: string
  /** False where the response was longer than what is read of it. */
  complete: boolean
}

const send = async (
  what: string,
  request: () => Promise<Response>
): Promise<ReadResponse> => {
  try {
    const response = await request()
    const { status, headers } = response
    return { status, headers, ...(await readText(response)) }
  } catch (error) {
    if (error instanceof ServiceError) {
      throw error
    }
    // The error of a bare `fetch` may hold the request, and with it the header.
    throw new ServiceError(
      "transient",
      `${what} could not be used: the service could not be reached.`,
      { code: "connection_failed", outcomeUnknown: true }
    )
  }
}

const readText = async (
  response: Response
): Promise<Pick<ReadResponse, "text" | "complete">> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) {
      break
    }
    chunks.push(chunk)
  }
  return {
    text: Buffer.concat(chunks).toString("utf8"),
    complete: size <= MAX_ANSWER_BYTES,
  }
}

/** The content type is no help: services label their forms `text/html`. */
const parseResponse = (
  what: string,
  status: number,
  text: string
): CredentialsResponse => {
  const form = text.trim()
  const parameters = new URLSearchParams(form)
  const rest = new Map(parameters)
  const token = rest.get("oauth_token")
  const secret = rest.get("oauth_token_secret")

  // A page can contain the words; of two tokens nobody knows which is meant.
  const isForm = !/[\s<>"]/.test(form)
  const isUnambiguous = rest.size === [...parameters.keys()].length
  if (!isForm || !isUnambiguous || !token || !secret) {
    throw malformedResponse(what, status)
  }

  rest.delete("oauth_token")
  rest.delete("oauth_token_secret")
  return {
    token: new SecretString(token),
    token_secret: new SecretString(secret),
    rest,
  }
}
