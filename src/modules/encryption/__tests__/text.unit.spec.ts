import { decodeUtf8 } from "../envelope/text"

describe("decoding of opened bytes", () => {
  it.each([
    ["text", "a token", "a token"],
    ["U+FFFD of its own", "a\ufffdb", "a\ufffdb"],
    ["nothing", "", ""],
  ])("gives %s", (_, text, expected) => {
    expect(decodeUtf8(Buffer.from(text))).toBe(expected)
  })

  it.each([
    ["text", Buffer.from("a token")],
    ["what is no text", Buffer.from([0x61, 0xc3, 0x28])],
  ])("wipes the bytes of %s", (_, bytes) => {
    decodeUtf8(bytes)
    expect(bytes.every((byte) => byte === 0)).toBe(true)
  })

  it.each([
    [[0xff]],
    [[0xc3, 0x28]],
    [[0xed, 0xa0, 0x80]],
    [[0xf0, 0x9f, 0x94]],
  ])("refuses bytes that are not UTF-8: %p", (bytes) => {
    expect(decodeUtf8(Buffer.from(bytes))).toBeUndefined()
  })
})
