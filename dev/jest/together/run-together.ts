import { readdirSync } from "node:fs"
import path from "node:path"

const source = path.resolve(__dirname, "../../../src")

/**
 * Runs the unit tests of several spec files as one: what they import is then
 * loaded once and not again for each, which takes longer than most of them.
 *
 * @param nth - which of the parts, from 0
 * @param parts - into how many the files are dealt out
 */
export const runTogether = (nth: number, parts: number): void => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".unit.spec.ts"))
    .sort()
    .filter((_, i) => i % parts === nth)
  for (const file of files) {
    describe(file, () => {
      require(path.join(source, file))
    })
  }
}
