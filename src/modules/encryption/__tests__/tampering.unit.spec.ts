import * as fc from "fast-check"

import {
  MalformedEnvelopeError,
  TamperedError,
  UnknownKeyVersionError,
} from "../errors"
import type { EnvelopeV1, EnvelopeV2 } from "../types"
import { refusal, sealV1, SECRET, service } from "./refusal"
import { CONTEXT, failureOf } from "./support"

const binaryMember = fc.constantFrom("encrypted", "iv", "authTag")

const flipBit = (base64: string, bit: number): string => {
  const bytes = Buffer.from(base64, "base64")
  const at = bit % (bytes.length * 8)
  bytes[at >> 3] ^= 1 << (at & 7)
  return bytes.toString("base64")
}

const replaceCharacter = (
  text: string,
  at: number,
  character: string
): string => {
  const index = at % text.length
  return text.slice(0, index) + character + text.slice(index + 1)
}

const envelopes: [string, () => Promise<EnvelopeV1 | EnvelopeV2>][] = [
  ["format 2", () => service.encrypt(SECRET, CONTEXT)],
  ["format 1, 16-byte iv", async () => sealV1(SECRET)],
  ["format 1, 12-byte iv", async () => sealV1(SECRET, 1, 12)],
]

describe.each(envelopes)("a changed envelope (%s)", (_, seal) => {
  it("is refused as tampered after any single changed bit", async () => {
    const envelope = await seal()
    await fc.assert(
      fc.asyncProperty(binaryMember, fc.nat(), async (member, bit) => {
        const changed = {
          ...envelope,
          [member]: flipBit(envelope[member as "iv"], bit),
        }
        expect(await refusal(changed)).toBeInstanceOf(TamperedError)
      })
    )
  })

  it("is refused after any single changed character, also one that lenient decoders overlook", async () => {
    const envelope = await seal()
    await fc.assert(
      fc.asyncProperty(
        binaryMember,
        fc.nat(),
        fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 1 }),
        async (member, at, character) => {
          const text = envelope[member as "iv"]
          const changedText = replaceCharacter(text, at, character)
          fc.pre(changedText !== text)
          const error = await refusal({ ...envelope, [member]: changedText })
          expect(["tampered", "malformed_envelope"]).toContain(error.code)
        }
      ),
      { numRuns: 200 }
    )
  })

  it("is refused for every other last character of a base64 member", async () => {
    const envelope = await seal()
    const alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
    for (const member of ["encrypted", "iv", "authTag"] as const) {
      const text = envelope[member]
      const last = text.replace(/=+$/, "").length - 1
      for (const character of alphabet) {
        if (character !== text[last]) {
          const changed = replaceCharacter(text, last, character)
          await refusal({ ...envelope, [member]: changed })
        }
      }
    }
  })

  it("is refused as malformed with white space, a line break, missing or doubled padding", async () => {
    const envelope = await seal()
    for (const spoil of [
      (text: string) => ` ${text}`,
      (text: string) => `${text}\n`,
      (text: string) => `${text}=`,
      (text: string) => `${text}*`,
      (text: string) => text.replace(/(..)/, "$1\n"),
    ]) {
      for (const member of ["encrypted", "iv", "authTag"] as const) {
        const changed = { ...envelope, [member]: spoil(envelope[member]) }
        expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
      }
    }
  })

  it.each([0, 4, 8, 12, 13, 14, 15, 17, 32])(
    "is refused as malformed with a tag of %i bytes",
    async (length) => {
      const envelope = await seal()
      const tag = Buffer.concat([
        Buffer.from(envelope.authTag, "base64"),
        Buffer.alloc(16),
      ])
      const changed = {
        ...envelope,
        authTag: tag.subarray(0, length).toString("base64"),
      }
      expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
    }
  )

  it.each([0, 8, 11, 13, 15, 17])(
    "is refused as malformed with an iv of %i bytes",
    async (length) => {
      const envelope = await seal()
      const changed = {
        ...envelope,
        iv: Buffer.alloc(length, 1).toString("base64"),
      }
      expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
    }
  )

  it("is refused as malformed with an extra member", async () => {
    const envelope = await seal()
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.jsonValue(), async (name, value) => {
        fc.pre(
          !Object.keys({
            ...envelope,
            v: 2,
            kid: "",
            __proto__: null,
          }).includes(name)
        )
        fc.pre(name !== "__proto__")
        const changed = { ...envelope, [name]: value }
        expect(
          (await failureOf(() => service.decrypt(changed as never, CONTEXT)))
            .code
        ).toBe("malformed_envelope")
      })
    )
  })

  it("is refused as malformed without any one of its members", async () => {
    const envelope = await seal()
    for (const member of Object.keys(envelope)) {
      const { [member as "iv"]: __, ...changed } = envelope
      expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
    }
  })

  it("is refused as malformed when a member has another type", async () => {
    const envelope = await seal()
    for (const member of Object.keys(envelope)) {
      for (const value of [
        null,
        undefined,
        1.5,
        true,
        [],
        {},
        "x",
        ["AAAA"],
        -1,
        0,
        40000,
      ]) {
        const changed = { ...envelope, [member]: value }
        expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
      }
    }
  })

  it("is refused as malformed when one of its members is only inherited", async () => {
    const envelope = await seal()
    const { iv, ...own } = envelope
    const changed = Object.assign(Object.create({ iv }) as object, own)
    expect(await refusal(changed)).toBeInstanceOf(MalformedEnvelopeError)
  })

  it("is refused under a version that no key is configured for", async () => {
    const error = await refusal({ ...(await seal()), keyVersion: 9 })
    expect(error).toBeInstanceOf(UnknownKeyVersionError)
    expect(error).toMatchObject({ keyVersion: 9, context: CONTEXT })
  })

  it("is refused in every damaged spelling of its JSON or base64 text", async () => {
    const json = JSON.stringify(await seal())
    const base64 = Buffer.from(json).toString("base64")
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(json, base64),
        fc.nat(),
        fc.string({ unit: "binary-ascii", maxLength: 1 }),
        async (text, at, character) => {
          const changed = replaceCharacter(text, at, character)
          fc.pre(changed !== text)
          await refusal(changed)
        }
      ),
      { numRuns: 200 }
    )
  })
})
