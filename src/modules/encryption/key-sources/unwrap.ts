import { createSecretKey, type KeyObject } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"

import { NAMESPACE } from "../envelope/context"
import { InvalidKeyError, KeySourceError, MissingKeyError } from "../errors"
import { isKeyVersion, KEY_LENGTH, MAX_KEY_VERSION } from "../keys/key-rules"
import type { KeyMaterial, KeySource, WrappedKey } from "../keys/key-source"
import { chooseActive, stateOf } from "./states"

export type RetryOptions = {
  /** Tries in all, for each key. @default 5 */
  attempts?: number
  /** Milliseconds before the second try; it doubles each time. @default 200 */
  base_delay?: number
  /** Milliseconds that no wait is longer than. @default 5000 */
  max_delay?: number
  /** Milliseconds for each try. @default 5000 */
  timeout?: number
}

/** Why one call of the service failed. */
export type UnwrapFailure =
  /** Down, throttled or slow: worth another try. */
  | "unavailable"
  /** The service knows the caller and refuses, or does not know it. */
  | "denied"
  /** Wrong key, wrong context or a damaged wrapped key. */
  | "rejected"

/** Thrown by an adapter; the text is its own, never the service's. */
export class UnwrapError extends Error {
  constructor(
    readonly failure: UnwrapFailure,
    reason: string
  ) {
    super(reason)
    this.name = "UnwrapError"
  }
}

/**
 * What a wrapped key is bound to: a key that was wrapped for something else, or for another version,
 * does not unwrap.
 *
 * @param version - key version
 * @returns the pairs, in the order in which they are written
 */
export const wrapContext = (version: number): Record<string, string> => ({
  plugin: NAMESPACE,
  purpose: "credentials",
  version: String(version),
})

export type UnwrappingOptions = {
  /** Shown to operators. */
  name: string
  keys: readonly WrappedKey[]
  /**
   * The active version, where an operator names it. Without it the key registry's active key stays
   * the active one, and the first start takes the highest version.
   */
  active_version?: number
  retry?: RetryOptions
  /**
   * @param key - the wrapped key
   * @param signal - aborts when the try has taken too long
   * @returns 32 bytes, which the caller wipes
   * @throws UnwrapError
   */
  unwrap(key: WrappedKey, signal: AbortSignal): Promise<Buffer>
  /**
   * Makes a new root key that leaves the service only wrapped.
   *
   * @param version - of the new key
   * @param signal - aborts when the try has taken too long
   * @throws UnwrapError
   */
  make(version: number, signal: AbortSignal): Promise<WrappedKey>
}

const ADVICE: Record<UnwrapFailure, string> = {
  unavailable: "Check that the service is up and reachable, then start again.",
  denied: "Check the credentials of this server and its rights to that key.",
  rejected:
    "Check that the wrapped key is complete, and that it was wrapped with that key and the context of its version.",
}

const WORD = /^[A-Za-z_]{1,64}$/

const CODES = {
  unavailable: "key_source_unavailable",
  denied: "key_source_denied",
  rejected: "key_unwrap_failed",
} as const

function assertKeys(name: string, keys: readonly WrappedKey[]): void {
  if (keys.length === 0) {
    throw new MissingKeyError(
      `The key source ${name} has no keys. List at least one wrapped key.`
    )
  }
  const seen = new Set<number>()
  for (const { version, wrapped, kek_id } of keys) {
    if (!isKeyVersion(version) || seen.has(version)) {
      throw new InvalidKeyError(
        `The key source ${name} needs a version from 1 to ${MAX_KEY_VERSION} for each key, and no version twice.`
      )
    }
    if (!wrapped || !kek_id) {
      throw new InvalidKeyError(
        `The key source ${name} lacks the wrapped key or the kek_id of version ${version}.`,
        { keyVersion: version }
      )
    }
    seen.add(version)
  }
}

/**
 * @param error - of a client or of the network; its message can quote a request
 * @returns one word for it: the system's error code, or else its class
 */
export function kindOf(error: unknown): string {
  const { name, code, cause } = (error ?? {}) as {
    name?: unknown
    code?: unknown
    cause?: { code?: unknown }
  }
  const words = [code, cause?.code, name]
  return (
    words.find(
      (word): word is string => typeof word === "string" && WORD.test(word)
    ) ?? "unknown error"
  )
}

const failureOf = (error: unknown): UnwrapError =>
  error instanceof UnwrapError
    ? error
    : new UnwrapError("unavailable", `it could not be asked (${kindOf(error)})`)

/** Waits longer each time, and not as long as its neighbours that failed at the same moment. */
const backOff = (
  retry: Required<RetryOptions>,
  attempt: number
): Promise<void> =>
  delay(
    Math.min(retry.max_delay, retry.base_delay * 2 ** attempt) *
      (0.5 + Math.random() / 2)
  )

/** Gives a try its time, also where the adapter does not heed the signal. */
function withTimeout<T>(
  run: (signal: AbortSignal) => Promise<T>,
  timeout: number
): Promise<T> {
  const signal = AbortSignal.timeout(timeout)
  return new Promise<T>((resolve, reject) => {
    const expire = () =>
      reject(
        new UnwrapError("unavailable", `it did not answer within ${timeout} ms`)
      )
    signal.addEventListener("abort", expire, { once: true })
    run(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", expire))
  })
}

async function withRetries<T>(
  retry: Required<RetryOptions>,
  run: (signal: AbortSignal) => Promise<T>,
  describe: (reason: string) => { message: string; keyVersion: number }
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await withTimeout(run, retry.timeout)
    } catch (error) {
      if (error instanceof InvalidKeyError) {
        throw error
      }
      const { failure, message: reason } = failureOf(error)
      if (failure === "unavailable" && attempt + 1 < retry.attempts) {
        await backOff(retry, attempt)
        continue
      }
      const tries = attempt > 0 ? ` after ${attempt + 1} tries` : ""
      const { message, keyVersion } = describe(`${tries}: ${reason}`)
      throw new KeySourceError(
        CODES[failure],
        `${message}. ${ADVICE[failure]}`,
        { keyVersion }
      )
    }
  }
}

async function unwrapWithRetries(
  { name, unwrap }: UnwrappingOptions,
  retry: Required<RetryOptions>,
  key: WrappedKey
): Promise<KeyObject> {
  const secret = await withRetries(
    retry,
    (signal) => unwrap(key, signal),
    (reason) => ({
      message: `The key source ${name} did not unwrap key version ${key.version} with ${key.kek_id}${reason}`,
      keyVersion: key.version,
    })
  )
  return toKeyObject(name, key, secret)
}

function toKeyObject(
  name: string,
  { version }: WrappedKey,
  secret: Buffer
): KeyObject {
  try {
    if (secret.length !== KEY_LENGTH || secret.every((byte) => byte === 0)) {
      throw new InvalidKeyError(
        `The key source ${name} unwrapped something for version ${version} that is not ${KEY_LENGTH} random bytes. Wrap a key of that length, for example a data key of AES_256.`,
        { keyVersion: version }
      )
    }
    return createSecretKey(secret)
  } finally {
    secret.fill(0)
  }
}

/**
 * Turns a service that unwraps keys into a key source. Each key is unwrapped once in the life of the
 * source, however often and by however many callers at once it is loaded; a failure is not kept, so
 * that the next load asks again.
 *
 * @param options - keys and the call of the service
 * @returns the source
 * @throws MissingKeyError, InvalidKeyError when the configuration is unusable
 */
export function unwrappingKeySource(options: UnwrappingOptions): KeySource {
  const { name, keys, active_version } = options
  assertKeys(name, keys)
  const active = chooseActive(
    keys.map(({ version }) => version),
    active_version,
    "active_version"
  )
  const retry = {
    attempts: options.retry?.attempts ?? 5,
    base_delay: options.retry?.base_delay ?? 200,
    max_delay: options.retry?.max_delay ?? 5000,
    timeout: options.retry?.timeout ?? 5000,
  }
  const unwrapped = new Map<number, Promise<KeyObject>>()

  const unwrapOnce = (key: WrappedKey): Promise<KeyObject> => {
    const known = unwrapped.get(key.version)
    if (known) {
      return known
    }
    const asked = unwrapWithRetries(options, retry, key)
    unwrapped.set(key.version, asked)
    asked.catch(() => unwrapped.delete(key.version))
    return asked
  }

  return {
    name,
    active_is_a_guess: active_version === undefined,
    make: (version) =>
      withRetries(
        retry,
        (signal) => options.make(version, signal),
        (reason) => ({
          message: `The key source ${name} did not make key version ${version}${reason}`,
          keyVersion: version,
        })
      ),
    // A copy: the receiver wipes it.
    unwrap: async (key) => (await unwrapOnce(key)).export(),
    async load(): Promise<KeyMaterial[]> {
      // All are waited for, so that a load that failed leaves nothing under way.
      const asked = keys.map(unwrapOnce)
      await Promise.allSettled(asked)
      const roots = await Promise.all(asked)
      return keys.map(({ version }, index) => ({
        version,
        state: stateOf(version, active),
        // A copy: the receiver wipes it.
        secret: roots[index].export(),
      }))
    },
  }
}
