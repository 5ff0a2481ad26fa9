import * as fc from "fast-check"

import { recognise } from "../envelope/classify"
import { readV2 } from "../envelope/fast-path"
import { isEnvelopeV2, sealV2 } from "../envelope/format-2"
import { createKeyring } from "../keys/keyring"
import type { EnvelopeV2 } from "../types"
import { CONTEXT, material } from "./support"

const key = createKeyring([material(32767)]).active!
const envelope = sealV2(key, "a token of some length", CONTEXT)
const text = JSON.stringify(envelope)

describe("format 2 as JSON text", () => {
  it("is written and read like JSON", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom(undefined, null, "acme"),
        (secret, tenant) => {
          const context = { ...CONTEXT, tenant }
          const written = JSON.stringify(sealV2(key, secret, context))
          expect(readV2(written)).toEqual(JSON.parse(written))
          expect(JSON.stringify(readV2(written))).toBe(written)
        }
      )
    )
  })

  it("is never read as anything but what a JSON parser sees, whatever changed in it", () => {
    let changedAndRead = 0
    const piece = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 3 }),
      fc.constantFrom(
        '"',
        "\\",
        '","iv":"',
        ',"kid":"',
        "0",
        '"}',
        " ",
        "\\u0041",
        ',"x":1',
        "{"
      )
    )
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(3),
        piece,
        (at, removed, inserted) => {
          const changed =
            text.slice(0, at) + inserted + text.slice(at + removed)
          const read = readV2(changed)
          if (!read || !isEnvelopeV2(read)) {
            return
          }
          changedAndRead += 1
          // Control characters may not stand in JSON; decoding refuses them.
          fc.pre(!/[\0-\x1f]/.test(changed))
          expect(read).toEqual(JSON.parse(changed))
          expect(Object.keys(JSON.parse(changed) as object)).toEqual(
            Object.keys(envelope)
          )
        }
      ),
      { numRuns: 5000 }
    )
    expect(changedAndRead).toBeGreaterThan(500)
  })

  it.each<[string, string]>([
    ["a doubled member", text.replace('"iv"', '"iv":"AAAAAAAAAAAAAAAA","iv"')],
    [
      "a doubled member in front",
      text.replace('"encrypted"', '"encrypted":"AAAA","encrypted"'),
    ],
    ["an extra member", text.replace(',"kid"', ',"x":1,"kid"')],
    [
      "a version with a leading zero",
      text.replace('"keyVersion":', '"keyVersion":0'),
    ],
    ["a version that is too high", text.replace("32767", "32768")],
    ["no version", text.replace("32767", "")],
    ["a version as text", text.replace("32767", '"32767"')],
    ["something behind it", `${text}x`],
    ["a cut end", text.slice(0, -1)],
  ])("is malformed with %s", (_, changed) => {
    expect(changed).not.toBe(text)
    expect(recognise(changed).format).toBe("malformed")
  })

  it("is read in another order or with blanks too", () => {
    const reordered = Object.fromEntries(
      Object.entries(envelope).reverse()
    ) as EnvelopeV2
    for (const other of [
      JSON.stringify(reordered),
      JSON.stringify(envelope, null, 2),
    ]) {
      expect(readV2(other)).toBeUndefined()
      expect(recognise(other)).toEqual({ format: "v2", envelope })
    }
  })
})
