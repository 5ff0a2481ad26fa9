import { readdirSync, statSync } from "node:fs"
import path from "node:path"

const source = path.resolve(__dirname, "../../../src")

/**
 * Runs the unit tests of several spec files as one: what they import is then
 * loaded once and not again for each, which takes longer than most of them.
 *
 * @param nth - which of the parts, from 0
 * @param parts - into how many the files are dealt out, so that they take about
 * as long as each other
 */
export const runTogether = (nth: number, parts: number): void => {
  for (const file of dealOut(parts)[nth]) {
    describe(file, () => {
      require(path.join(source, file))
    })
  }
}

/** Long files take longer: the longest first, each to whom has least. */
const dealOut = (parts: number): string[][] => {
  const hands = Array.from({ length: parts }, () => ({
    bytes: 0,
    files: [] as string[],
  }))
  readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".unit.spec.ts"))
    .sort()
    .map((file) => ({ file, bytes: statSync(path.join(source, file)).size }))
    .sort((a, b) => b.bytes - a.bytes)
    .forEach(({ file, bytes }) => {
      const hand = hands.reduce((a, b) => (b.bytes < a.bytes ? b : a))
      hand.bytes += bytes
      hand.files.push(file)
    })
  return hands.map(({ files }) => files)
}
