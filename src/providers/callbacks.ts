import { createHmac, timingSafeEqual } from "node:crypto"
import type { SecretString } from "../secrets/secret-string"

/** The credential that a service signs its callbacks with. */
export const CALLBACK_SECRET = "client_secret"

/** A request that somebody has sent to the store in a service's name. */
export interface CallbackRequest {
  /** One of its headers, whatever the case of the name. */
  header: (name: string) => string | undefined
  /** As it came in: signatures are over the bytes. */
  body: Buffer
}

/** What a service tells by itself, in the plugin's words. */
export type CallbackEvent =
  /** Somebody has taken back at the service what was granted. */
  | { type: "access_withdrawn"; user_id: string }
  /** Somebody wants their data to be deleted. */
  | { type: "data_deletion"; user_id: string }
  /** What was published is not to be seen any more. */
  | {
      type: "post_removed"
      account_id: string
      /** Under which the post may be known here: services have several for one. */
      external_ids: string[]
      /** In a sentence, for the merchant. */
      reason: string
    }
  /** It is to be seen again. */
  | { type: "post_restored"; account_id: string; external_ids: string[] }
  /**
   * What the account's publications wait for may have happened, or what is known
   * under one of the ids has changed: the service is asked soon.
   */
  | { type: "post_moved_on"; account_id: string; external_ids: string[] }

/** A callback as it claims to be. */
export interface ReadCallback {
  /** The same for all deliveries of one callback: it is worked on once. */
  content: Buffer
  /** When the service says that it happened; null where it does not. */
  at: Date | null
  events: CallbackEvent[]
  /** Whether it was signed with this secret, found out in constant time. */
  isSignedWith: (secret: SecretString) => boolean
}

/** One kind of request that a service sends to an address of the store's. */
export interface Callback {
  /** What the service calls the address where it is entered. */
  label: string
  /** @returns null for what the service does not send */
  read: (request: CallbackRequest) => ReadCallback | null
  /**
   * Present where the service asks whether the address is the store's before it
   * uses it, with a token that a person has entered there.
   *
   * @returns that token, and the response if it is the right one; null for
   * another request
   */
  handshake?: (
    query: Readonly<Record<string, unknown>>
  ) => { token: string; response: string } | null
  /** What the response to it tells, where the service wants to be told something. */
  receipt?: (code: string, address: string) => Readonly<Record<string, string>>
}

/**
 * The callbacks of a service by the last segment of their addresses. Providers
 * of one family, whose platforms share an application at the service, have the
 * same object.
 */
export type Callbacks = Readonly<Record<string, Callback>>

/**
 * Whether a signature is the HMAC-SHA256 of a content, in constant time.
 *
 * @param signature - of 32 bytes
 */
export const isHmacSha256 = (
  secret: SecretString,
  content: Buffer | string,
  signature: Buffer
): boolean => {
  const due = createHmac("sha256", secret.reveal()).update(content).digest()
  return signature.length === due.length && timingSafeEqual(due, signature)
}

/** Reads an object as JSON; null for what is none. */
export const readObject = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/**
 * An identifier as a service sends it: some send theirs as numbers.
 *
 * @returns null for anything else
 */
export const readId = (value: unknown): string | null => {
  const text =
    typeof value === "string" || typeof value === "number" ? String(value) : ""
  return /^[\w.:~-]{1,200}$/.test(text) ? text : null
}

/** A time in s since the epoch, or in ms as some services have it; null for anything else. */
export const readTime = (value: unknown): Date | null => {
  if (typeof value !== "number" || !(value > 0)) {
    return null
  }
  const time = new Date(value > 1e11 ? value : value * 1000)
  return Number.isNaN(time.getTime()) ? null : time
}
