import { randomInt } from "node:crypto"

const ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
const CLOCK_BITS = 10n

/**
 * A record key of the kind `tid`: the time in microseconds and a random clock
 * identifier, in 13 characters that sort as they follow (atproto.com/specs/tid).
 *
 * @param at - in ms since the epoch
 */
export const createTid = (at: number = Date.now()): string => {
  const microseconds = BigInt(at) * 1000n + BigInt(randomInt(1000))
  let rest = (microseconds << CLOCK_BITS) | BigInt(randomInt(1024))
  let tid = ""
  for (let index = 0; index < 13; index++) {
    tid = ALPHABET[Number(rest & 31n)] + tid
    rest >>= 5n
  }
  return tid
}
