import { randomFillSync } from "node:crypto"
import { startupSnapshot } from "node:v8"

/** Bytes in the nonce of AES-GCM (NIST SP 800-38D recommends exactly 96 bits). */
export const IV_LENGTH = 12

// Asking the system for 12 bytes at a time costs as much as the encryption itself. A larger pool
// than this gains nothing measurable and keeps more future nonces in memory.
const POOL_SIZE = 341

const pool = Buffer.alloc(IV_LENGTH * POOL_SIZE)
// Made once: a view costs more than the nonce in it.
const views = Array.from({ length: POOL_SIZE }, (_, at) =>
  pool.subarray(at * IV_LENGTH, (at + 1) * IV_LENGTH)
)
let next = POOL_SIZE

// A process started from a snapshot must not use the nonces that another one inherited too.
if (startupSnapshot?.isBuildingSnapshot()) {
  startupSnapshot.addDeserializeCallback(() => {
    next = POOL_SIZE
  })
}

/**
 * Takes a fresh random nonce from the pool.
 *
 * @returns a view of 12 bytes that is valid until control returns to the event loop: use and encode
 * it in the same synchronous call, never keep it across an `await`
 */
export function takeIv(): Buffer {
  if (next === POOL_SIZE) {
    randomFillSync(pool)
    next = 0
  }
  const iv = views[next]
  next += 1
  return iv
}
