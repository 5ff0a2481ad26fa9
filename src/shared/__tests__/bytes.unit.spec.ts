import { sizeInWords } from "../bytes"

describe("a size in words", () => {
  it.each([
    [10, "10 bytes"],
    [1024, "1 kB"],
    [1_500_000, "1.4 MB"],
    [5_242_880, "5 MB"],
    [3 * 1024 ** 4, "3072 GB"],
  ])("writes %d as %s", (bytes, words) => {
    expect(sizeInWords(bytes)).toBe(words)
  })
})
