import { createHash, webcrypto } from "node:crypto"
import * as oauth from "oauth4webapi"
import { SecretString } from "../secrets/secret-string"
import type { OAuthFetch } from "./types"

/*
 * Demonstrating Proof of Possession (RFC 9449): tokens are bound to a key, and
 * each request proves with a signature that it comes from who holds that.
 */

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" }

/** A new key pair, as its private JWK: a credential like the tokens bound to it. */
export const generateDpopKey = async (): Promise<SecretString> => {
  const { privateKey } = await oauth.generateKeyPair("ES256", {
    extractable: true,
  })
  const { kty, crv, x, y, d } = await webcrypto.subtle.exportKey(
    "jwk",
    privateKey as webcrypto.CryptoKey
  )
  return new SecretString(JSON.stringify({ kty, crv, x, y, d }))
}

/** Keys whose nonces a process remembers. */
const MAX_HANDLES = 500

/** By a digest of the key. Servers expect their last nonce back, from all requests. */
const handles = new Map<string, Promise<oauth.DPoPHandle>>()

const importKey = async (key: SecretString): Promise<oauth.DPoPHandle> => {
  const { d, ...jwk }: webcrypto.JsonWebKey = JSON.parse(key.reveal())
  const { subtle } = webcrypto
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey("jwk", { ...jwk, d }, ALGORITHM, false, ["sign"]),
    subtle.importKey("jwk", jwk, ALGORITHM, true, ["verify"]),
  ])
  return oauth.DPoP({}, { privateKey, publicKey } as CryptoKeyPair)
}

const handleOf = (key: SecretString): Promise<oauth.DPoPHandle> => {
  const name = createHash("sha256").update(key.reveal()).digest("base64url")
  const handle = handles.get(name) ?? importKey(key)
  handles.delete(name)
  handles.set(name, handle)
  const [oldest] = handles.keys()
  if (handles.size > MAX_HANDLES) {
    handles.delete(oldest)
  }
  return handle
}

/**
 * Sends a request to an authorization server with a proof of the key, and once
 * more where the server wants its newest nonce in it (section 8): it has
 * carried nothing out then.
 *
 * @param key - absent where the service binds its tokens to none
 * @param send - sends the request, and reads its response
 */
export const withProof = async <T>(
  key: SecretString | undefined,
  send: (options: oauth.DPoPRequestOptions) => Promise<T>
): Promise<T> => {
  if (!key) {
    return send({})
  }
  const DPoP = await handleOf(key)
  return send({ DPoP }).catch((error: unknown) => {
    if (!oauth.isDPoPNonceError(error)) {
      throw error
    }
    return send({ DPoP })
  })
}

/**
 * Sends a request to an API under a token that is bound to a key (section 7),
 * and once more where the server wants its newest nonce in the proof (section 9).
 * A body that is a stream is gone by then: its refusal comes through, and the
 * next request has the nonce.
 *
 * @param fetch - sends it; what else `init` holds comes to it as it is
 */
export const fetchWithProof = async <Init extends RequestInit>(
  key: SecretString,
  token: SecretString,
  fetch: (url: string | URL, init: Init) => ReturnType<OAuthFetch>,
  url: URL,
  init: Init
): Promise<Response> => {
  const DPoP = await handleOf(key)
  const send = () =>
    oauth
      .protectedResourceRequest(
        token.reveal(),
        init.method ?? "GET",
        url,
        new Headers(init.headers),
        undefined,
        {
          DPoP,
          [oauth.customFetch]: (address, { headers }) =>
            fetch(address, { ...init, headers }),
          // Which addresses will do is decided where they are allowed at all.
          [oauth.allowInsecureRequests]: true,
        }
      )
      .then(
        (response) => ({ response, wantsNonce: false }),
        (error: unknown) => {
          if (error instanceof oauth.WWWAuthenticateChallengeError) {
            const wantsNonce = oauth.isDPoPNonceError(error)
            return { response: error.response, wantsNonce }
          }
          throw error
        }
      )
  const first = await send()
  const isGone = init.body instanceof ReadableStream
  return first.wantsNonce && !isGone ? (await send()).response : first.response
}
