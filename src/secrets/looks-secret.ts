/** Names that hold a secret when one of their words is among these. */
const SECRET_WORDS = new Set([
  "assertion",
  "auth",
  "authorization",
  "bearer",
  "ciphertext",
  "cookie",
  "cookies",
  "creds",
  "encrypted",
  "hmac",
  "jwt",
  "key",
  "keys",
  "otp",
  "pass",
  "passcode",
  "pem",
  "pin",
  "private",
  "pwd",
  "session",
  "sid",
  "sig",
  "totp",
  "verifier",
])

/** Telling enough to count even where the words run together: `accesstoken`, `APIKEY`, `dbpassword2`. */
const SECRET_FRAGMENT =
  /token|secret|password|passwd|passphrase|apikey|accesskey|privatekey|licen[cs]ekey|credential|signature|accountsid|codeverifier|sessionid|authorizationcode/

/** Names that contain a telling word and hold no secret. */
const HARMLESS_NAMES = new Set([
  "cache_key",
  "foreign_key",
  "idempotency_key",
  "key_version",
  "key_versions",
  "primary_key",
  "sort_key",
])

/** What is said about a secret (its kind, age, address to get one) is not the secret. */
const HARMLESS_ENDING =
  /_(?:types?|version|validity|lifetime|ttl|expiry|expiration|expires|expires_(?:at|in)|(?:created|updated|issued|refreshed|rotated|expired|expire)_at)$/

/** Where tokens are fetched, and how: `token_url`, `auth_endpoint`, `token_endpoint_auth_method`. */
const HARMLESS_ADDRESS =
  /(?:^|_)(?:token|auth|authorization)_(?:url|uri|endpoint|method|methods|scheme|style|endpoint_auth_method)$/

const toWords = (key: string): string[] =>
  key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/([A-Za-z])(\d)/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)

/**
 * Judges by its name whether a field holds a secret. Denies by default: any hint counts, and only
 * well-known harmless names are let through. Accepts camelCase, snake_case, kebab-case, header
 * names and words run together.
 *
 * @param key - the field's name
 * @returns true when the value must be sealed in storage and hidden in logs
 */
export function looksSecret(key: string): boolean {
  const words = toWords(key)
  const name = words.join("_")

  if (
    HARMLESS_NAMES.has(name) ||
    HARMLESS_ENDING.test(name) ||
    HARMLESS_ADDRESS.test(name)
  ) {
    return false
  }

  return (
    words.some((word) => SECRET_WORDS.has(word)) ||
    SECRET_FRAGMENT.test(words.join("")) ||
    name.endsWith("oauth_state")
  )
}
