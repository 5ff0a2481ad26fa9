import { createHash, timingSafeEqual } from "node:crypto"
import { inspect } from "node:util"

/** What every printed form of a secret shows instead of the secret. */
export const REDACTED = "[redacted]"

const digest = (text: string): Buffer =>
  createHash("sha256").update(text, "utf8").digest()

/**
 * An opened secret on its way from the database to the one call that needs it.
 *
 * Every way of printing it by accident (template strings, JSON, console, util.format,
 * structuredClone) gives `[redacted]` or nothing; only {@link SecretString.reveal} gives the value.
 * JavaScript strings cannot be wiped, so keep the revealed value in the narrowest scope there is.
 */
export class SecretString {
  readonly #value: string

  /**
   * @param value - the secret text
   */
  constructor(value: string) {
    this.#value = value
    Object.freeze(this)
  }

  /**
   * @returns the secret itself; pass it straight to the call that needs it
   */
  reveal(): string {
    return this.#value
  }

  /**
   * Compares in constant time. Both sides are hashed first, so not even the length shows.
   *
   * @param other - the value to compare with
   * @returns true when both hold the same text
   */
  equals(other: SecretString | string): boolean {
    const text = other instanceof SecretString ? other.#value : other
    return timingSafeEqual(digest(this.#value), digest(text))
  }

  /** @returns `[redacted]` */
  toString(): string {
    return REDACTED
  }

  /** @returns `[redacted]` */
  toJSON(): string {
    return REDACTED
  }

  /** @returns `[redacted]`, also where a number is asked for */
  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  /** @returns `[redacted]` for console.log, util.inspect and util.format */
  [inspect.custom](): string {
    return REDACTED
  }
}
