import type { OAuthFetch } from "../types"
import { signRequest } from "./sign-request"
import type { OAuth1Client, OAuth1Credentials, OAuth1Server } from "./types"

export interface SignedFetchOptions {
  server: Pick<OAuth1Server, "signature_method" | "realm">
  client: OAuth1Client
  /** What the person granted. */
  credentials: OAuth1Credentials
  fetch: OAuthFetch
}

/**
 * Makes a `fetch` that signs every request (RFC 5849, section 3) with a nonce
 * and a time of its own. Answers come through as they are; a redirect is not
 * followed, since the signature holds for one address.
 *
 * @throws {ServiceError} `config_error` when a request cannot be signed safely,
 * and whatever the given `fetch` throws
 */
export const createSignedFetch =
  ({ server, client, credentials, fetch }: SignedFetchOptions): OAuthFetch =>
  async (address, init = {}) => {
    const url = new URL(address)
    // `fetch` leaves some methods in lower case, and a service signs what it got.
    const method = (init.method ?? "GET").toUpperCase()
    const headers = new Headers(init.headers)
    headers.set(
      "authorization",
      signRequest({
        server,
        client,
        credentials,
        request: { method, url, headers, body: init.body },
      })
    )
    return fetch(url, { ...init, method, headers, redirect: "manual" })
  }
