import { generateKeyPairSync, randomBytes } from "node:crypto"
import type { JWKS } from "oidc-provider"
import { openDocument } from "./document"

export type ServerKeys = { cookies: string[]; jwks: JWKS }

function makeKeys(): ServerKeys {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const jwk = privateKey.export({ format: "jwk" })
  return {
    cookies: [randomBytes(32).toString("base64url")],
    jwks: {
      keys: [{ ...jwk, kty: "EC", use: "sig", alg: "ES256", kid: "sandbox" }],
    },
  }
}

/**
 * The keys that sign the server's cookies and tokens, made at the first start.
 *
 * @param dataDir folder to keep them in; none makes new ones at each start
 */
export function openServerKeys(dataDir?: string): ServerKeys {
  const document = openDocument<ServerKeys>(dataDir, "keys", makeKeys)
  document.save()
  return document.value
}
