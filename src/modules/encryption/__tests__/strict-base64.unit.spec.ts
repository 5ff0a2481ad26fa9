import * as fc from "fast-check"

import { anyCharacter } from "../../../shared/__tests__/support/any-character"
import { decodeBase64Shared, decodeShortBase64 } from "../envelope/fast-path"
import { decodeBase64 } from "../envelope/strict-base64"

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** Written without Node's decoder: one spelling for each sequence of bytes. */
function decodeByHand(text: string): number[] | undefined {
  const body = text.replace(/={1,2}$/, "")
  const values = [...body].map((character) => ALPHABET.indexOf(character))
  if (text.length % 4 !== 0 || body.length % 4 === 1 || values.includes(-1)) {
    return undefined
  }
  const bits = values
    .map((value) => value.toString(2).padStart(6, "0"))
    .join("")
  const whole = bits.length - (bits.length % 8)
  if (
    bits.slice(whole).includes("1") ||
    text.length - body.length !== (4 - (body.length % 4)) % 4
  ) {
    return undefined
  }
  return (bits.slice(0, whole).match(/.{8}/g) ?? []).map((byte) =>
    parseInt(byte, 2)
  )
}

const short = (text: string, length: number): number[] | undefined => {
  const target = Buffer.alloc(length)
  return decodeShortBase64(text, target) ? [...target] : undefined
}

/** Canonical text, text that is nearly so, and anything else. */
const texts = fc.oneof(
  fc.base64String({ maxLength: 60 }),
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString("base64")),
  fc
    .tuple(
      fc.base64String({ maxLength: 60 }),
      fc.nat(),
      fc.string({ unit: anyCharacter, maxLength: 2 })
    )
    .map(([text, at, inserted]) => {
      const index = at % (text.length + 1)
      return (
        text.slice(0, index) + inserted + text.slice(index + inserted.length)
      )
    }),
  fc.string({ unit: anyCharacter, maxLength: 20 })
)

describe("strict base64", () => {
  it("has every decoder accept the one canonical spelling and nothing else", () => {
    let accepted = 0
    fc.assert(
      fc.property(texts, (text) => {
        const expected = decodeByHand(text)
        const bytes = decodeBase64(text)
        const shared = decodeBase64Shared(text)
        const length = expected?.length ?? 16
        expect([
          bytes && [...bytes],
          shared && [...shared],
          length % 3 === 2 ? expected : short(text, length),
        ]).toEqual([expected, expected, expected])
        accepted += expected ? 1 : 0
      }),
      { numRuns: 3000 }
    )
    expect(accepted).toBeGreaterThan(500)
  })

  it.each([12, 16])(
    "decodes short texts of exactly %i bytes only",
    (length) => {
      for (const other of [length - 1, length + 1, length - 3, 0]) {
        expect(
          short(Buffer.alloc(other, 7).toString("base64"), length)
        ).toBeUndefined()
      }
      expect(short(Buffer.alloc(length, 7).toString("base64"), length)).toEqual(
        Array(length).fill(7)
      )
    }
  )

  it.each([12, 16])(
    "reads %i bytes as Node does, and refuses every other last character",
    (length) => {
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: length, maxLength: length }),
          (bytes) => {
            const text = Buffer.from(bytes).toString("base64")
            expect(short(text, length)).toEqual([...bytes])
            const last = text.replace(/=+$/, "").length - 1
            const others = [...`${ALPHABET}-_= \u0141`].map(
              (character) =>
                text.slice(0, last) + character + text.slice(last + 1)
            )
            expect(others.map((other) => short(other, length))).toEqual(
              others.map((other) => {
                const expected = decodeByHand(other)
                return expected?.length === length ? expected : undefined
              })
            )
          }
        )
      )
    }
  )

  it.each([
    ["url-safe characters", "-_-_-_-_-_-_-_-_"],
    [
      "characters that share their low byte with the alphabet",
      "\u0141".repeat(16),
    ],
    ["white space", "AAAA AAAA AAAA A"],
    ["padding in the middle", "AAAAAA==AAAAAAAA"],
  ])("refuses %s everywhere", (_, text) => {
    expect(decodeBase64(text)).toBeUndefined()
    expect(decodeBase64Shared(text)).toBeUndefined()
    expect(short(text, 12)).toBeUndefined()
  })

  it("refuses every single character of another kind at every place, at every length", () => {
    const foreign = [
      "-",
      "_",
      "=",
      " ",
      "\n",
      "*",
      "\0",
      "\x80",
      "\xe1",
      "\u0141",
      "\u4141",
      "\ud83d",
    ]
    for (let length = 1; length <= 12; length += 1) {
      const text = Buffer.alloc(length, 0x5a).toString("base64")
      for (let at = 0; at < text.length; at += 1) {
        const changed = foreign.map(
          (character) => text.slice(0, at) + character + text.slice(at + 1)
        )
        const decoded = changed.map((one) => decodeBase64Shared(one))
        expect(decoded.map((bytes) => bytes && [...bytes])).toEqual(
          changed.map(decodeByHand)
        )
      }
    }
  })

  it.each([4095, 4096, 4097, 20000])(
    "decodes %i bytes, beyond the shared memory too",
    (length) => {
      const bytes = Buffer.alloc(length, 0xa5)
      expect(decodeBase64Shared(bytes.toString("base64"))?.equals(bytes)).toBe(
        true
      )
      expect(decodeBase64Shared(`${bytes.toString("base64")}*`)).toBeUndefined()
    }
  )
})
