import { createHash, randomBytes } from "node:crypto"

/** How long a person has to answer the consent page, in ms. */
export const OAUTH_SESSION_TTL_MS = 10 * 60 * 1000

/**
 * A new `state` of 256 random bits (RFC 6749, section 10.10). It is short and
 * opaque on purpose: some services cut long ones.
 */
export const generateState = (): string => randomBytes(32).toString("base64url")

/**
 * The form in which a state is stored. A copy of the database must not let its
 * reader finish somebody's pending authorization.
 *
 * @returns SHA-256 in base64url; a plain hash is enough for 256 random bits
 */
export const hashState = (state: string): string =>
  createHash("sha256").update(state).digest("base64url")
