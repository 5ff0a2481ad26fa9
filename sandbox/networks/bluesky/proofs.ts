import {
  createHash,
  createPublicKey,
  type JsonWebKey,
  randomUUID,
  verify,
} from "node:crypto"
import type { SimulatorRequest } from "../simulator"

/*
 * Demonstrating Proof of Possession as a server checks it (RFC 9449, section
 * 4.3): each server has a nonce of its own, which changes.
 */

/** Why a proof is refused: the code of RFC 9449. */
export class ProofError extends Error {
  constructor(
    readonly code: "use_dpop_nonce" | "invalid_dpop_proof",
    message: string
  ) {
    super(message)
  }
}

const MAX_AGE_SECONDS = 300

export const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("base64url")

const refuse = (message: string): never => {
  throw new ProofError("invalid_dpop_proof", message)
}

const decoded = (part: string | undefined): Record<string, any> => {
  try {
    return JSON.parse(Buffer.from(part ?? "", "base64url").toString())
  } catch {
    return refuse("The proof is no JWT.")
  }
}

/** The thumbprint of a key (RFC 7638). */
const thumbprintOf = ({ crv, kty, x, y }: JsonWebKey): string =>
  sha256(JSON.stringify({ crv, kty, x, y }))

/** Checks the proofs that come to one server. */
export const createProofs = () => {
  const seen = new Set<string>()
  let nonce = randomUUID()
  return {
    /** What the next proof must carry. */
    nonce: () => nonce,
    /** Ends the nonce that clients have. */
    rotate: () => {
      nonce = randomUUID()
    },
    /**
     * @param accessToken - which the proof must be for
     * @returns the thumbprint of the key
     * @throws {ProofError}
     */
    check: (request: SimulatorRequest, accessToken?: string): string => {
      const proof = request.headers.dpop
      if (typeof proof !== "string") {
        return refuse("There is no proof.")
      }
      const [head, body, signature] = proof.split(".")
      const { typ, alg, jwk } = decoded(head)
      const claims = decoded(body)
      if (typ !== "dpop+jwt" || alg !== "ES256" || !jwk || jwk.d) {
        return refuse("The header of the proof is wrong.")
      }
      const isSigned = verify(
        "sha256",
        Buffer.from(`${head}.${body}`),
        {
          key: createPublicKey({ key: jwk, format: "jwk" }),
          dsaEncoding: "ieee-p1363",
        },
        Buffer.from(signature ?? "", "base64url")
      )
      const address = `http://${request.headers.host}${request.url.pathname}`
      if (
        !isSigned ||
        claims.htm !== request.method ||
        claims.htu !== address
      ) {
        return refuse("The proof is for another request.")
      }
      if (Math.abs(Date.now() / 1000 - claims.iat) > MAX_AGE_SECONDS) {
        return refuse("The proof is too old.")
      }
      if (accessToken !== undefined && claims.ath !== sha256(accessToken)) {
        return refuse("The proof is for another token.")
      }
      if (claims.nonce !== nonce) {
        throw new ProofError("use_dpop_nonce", "Use the newest nonce.")
      }
      if (!claims.jti || seen.has(claims.jti)) {
        return refuse("The proof was used before.")
      }
      seen.add(claims.jti)
      return thumbprintOf(jwk)
    },
  }
}
