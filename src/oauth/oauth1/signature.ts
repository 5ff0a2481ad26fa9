import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import type { SecretString } from "../../secrets/secret-string"
import { percentEncode } from "./percent-encoding"
import type { OAuth1Client, OAuth1SignatureMethod } from "./types"

/**
 * Signs a base string (RFC 5849, sections 3.4.2 to 3.4.4).
 *
 * @param method - how
 * @param baseString - what; PLAINTEXT leaves it unused
 * @param client - its consumer secret, or its private key, signs
 * @param tokenSecret - of the temporary or token credentials, where there are any
 * @returns the value of `oauth_signature`, before percent-encoding; for
 * PLAINTEXT it holds the secrets themselves
 * @throws {ServiceError} `config_error` without a usable RSA key
 */
export const createSignature = (
  method: OAuth1SignatureMethod,
  baseString: string,
  client: Pick<OAuth1Client, "consumer_secret" | "private_key">,
  tokenSecret?: SecretString
): string => {
  switch (method) {
    case "HMAC-SHA1":
      return hmac("sha1", baseString, sharedKey(client, tokenSecret))
    case "HMAC-SHA256":
      return hmac("sha256", baseString, sharedKey(client, tokenSecret))
    case "PLAINTEXT":
      return sharedKey(client, tokenSecret)
    case "RSA-SHA1":
      return signRsaSha1(baseString, client.private_key)
  }
}

const hmac = (hash: "sha1" | "sha256", text: string, key: string): string =>
  createHmac(hash, key).update(text).digest("base64")

const sharedKey = (
  { consumer_secret }: Pick<OAuth1Client, "consumer_secret">,
  tokenSecret: SecretString | undefined
): string =>
  `${percentEncode(consumer_secret.reveal())}&${percentEncode(tokenSecret?.reveal() ?? "")}`

const signRsaSha1 = (text: string, pem: SecretString | undefined): string => {
  if (!pem) {
    throw new ServiceError(
      "config_error",
      "The application's private key is not configured.",
      { code: "missing_private_key" }
    )
  }
  const key = readRsaKey(pem)
  try {
    return sign("sha1", Buffer.from(text), key).toString("base64")
  } catch {
    throw new ServiceError(
      "config_error",
      "The request could not be signed: this machine's cryptography does not allow RSA-SHA1.",
      { code: "signing_failed" }
    )
  }
}

/** OpenSSL's errors can quote what they could not read, so none is passed on. */
const readRsaKey = (pem: SecretString): KeyObject => {
  try {
    const key = createPrivateKey(pem.reveal())
    if (key.asymmetricKeyType === "rsa") {
      return key
    }
  } catch {
    // Falls through to the one message below.
  }
  throw new ServiceError(
    "config_error",
    "The application's private key is not an RSA key in PEM form.",
    { code: "invalid_private_key" }
  )
}
