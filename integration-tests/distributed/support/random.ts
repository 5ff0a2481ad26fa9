import { randomInt } from "node:crypto"

/** Random decisions that a printed seed repeats. */
export interface Random {
  seed: number
  /** A whole number of at least `from` and below `to`. */
  between: (from: number, to: number) => number
  pick: <T>(items: readonly T[]) => T
}

/** The generator is Mulberry32: small, and good enough to choose moments. */
export const createRandom = (seed = randomInt(2 ** 31)): Random => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) =>
    from + Math.floor(next() * (to - from))
  return {
    seed,
    between,
    pick: (items) => items[between(0, items.length)],
  }
}
