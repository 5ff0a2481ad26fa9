import * as fc from "fast-check"

/** Where the halves of surrogate pairs are: no characters by themselves. */
const SURROGATES = { first: 0xd800, count: 0x800 }

const toCharacter = (nth: number): string =>
  String.fromCodePoint(nth < SURROGATES.first ? nth : nth + SURROGATES.count)

const toNumber = (text: unknown): number => {
  const point = typeof text === "string" ? (text.codePointAt(0) ?? 0) : 0
  const nth = point < SURROGATES.first ? point : point - SURROGATES.count
  if (toCharacter(nth) !== text) {
    throw new Error("no single character")
  }
  return nth
}

/**
 * Every character there is, as the unit of `fc.string`. Its own unit "binary"
 * means the same, and makes a table of all the million of them first.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map(toCharacter, toNumber)
