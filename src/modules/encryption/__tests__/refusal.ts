import { createCipheriv } from "node:crypto"

import type { EncryptionError } from "../errors"
import type { EnvelopeV1 } from "../types"
import {
  CONTEXT,
  createService,
  everythingItPrints,
  failureOf,
  material,
  rootOf,
} from "./support"

export const SECRET = "EAAB-this-is-the-secret-token-0123456789"
export const { service } = createService({
  keys: [material(2), material(1, "decrypt_only")],
})

/** Seals as earlier releases did. */
export function sealV1(text: string, version = 1, ivLength = 16): EnvelopeV1 {
  const iv = Buffer.alloc(ivLength, 5)
  const cipher = createCipheriv("aes-256-gcm", rootOf(version), iv)
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return {
    encrypted: encrypted.toString("base64"),
    iv: iv.toString("base64"),
    authTag: cipher.getAuthTag().toString("base64"),
    keyVersion: version,
  }
}

/** Opens a changed value: it must fail, and tell nothing of what it was given. */
export async function refusal(
  data: unknown,
  context = CONTEXT
): Promise<EncryptionError> {
  const error = await failureOf(() => service.decrypt(data as never, context))
  const printed = everythingItPrints(error)
  const strings =
    typeof data === "string" ? [data] : Object.values(data as object)
  const told = [SECRET, ...strings].filter(
    (text) =>
      typeof text === "string" && text.length >= 8 && printed.includes(text)
  )
  // One comparison: thousands of changed values come through here.
  expect({ told, type: error.type, hasCause: "cause" in error }).toEqual({
    told: [],
    type: "unexpected_state",
    hasCause: false,
  })
  return error
}
