import { createHmac, timingSafeEqual } from "node:crypto"

/** Whom an access token stands for, and what it may do. */
export type Access = {
  scopes: Set<string>
  /** The one page that it is the token of; `null` for the person's own token. */
  page: string | null
  /** Makes the token of a page that the person manages, where pages have one. */
  tokenOf(page: string): string | undefined
}

/** What a page's token says of itself. */
export type PageGrant = {
  page: string
  /** The person's grant that it comes from: it ends with that. */
  grant: string
  /** Another one in the settings ends it. */
  generation: number
}

const PREFIX = "page."

function signatureOf(body: string, key: string): string {
  return createHmac("sha256", key).update(body).digest("base64url")
}

/** Makes a page's token, which is signed rather than kept. */
export function makePageToken(grant: PageGrant, key: string): string {
  const body = PREFIX + Buffer.from(JSON.stringify(grant)).toString("base64url")
  return `${body}.${signatureOf(body, key)}`
}

/** What a page's token stands for; `null` if it is none of ours. */
export function readPageToken(token: string, key: string): PageGrant | null {
  const at = token.lastIndexOf(".")
  const body = token.slice(0, at)
  const signature = Buffer.from(token.slice(at + 1))
  const expected = Buffer.from(signatureOf(body, key))
  if (
    !token.startsWith(PREFIX) ||
    signature.length !== expected.length ||
    !timingSafeEqual(signature, expected)
  ) {
    return null
  }
  const text = Buffer.from(body.slice(PREFIX.length), "base64url")
  return JSON.parse(text.toString()) as PageGrant
}
