import { createSecretKey, randomBytes } from "node:crypto"

import * as fc from "fast-check"

import { openBytes, sealBytes } from "../envelope/aes-gcm"
import {
  InvalidKeyError,
  MalformedEnvelopeError,
  TamperedError,
} from "../errors"
import { readVectors } from "./support"

type Case = {
  tcId: number
  key: string
  iv: string
  aad: string
  msg: string
  ct: string
  tag: string
  result: "valid" | "invalid"
}
type Wycheproof = {
  numberOfTests: number
  testGroups: { ivSize: number; tests: Case[] }[]
}
const hex = (text: string): Buffer => Buffer.from(text, "hex")

const input = () => ({
  key: randomBytes(32),
  iv: randomBytes(12),
  aad: Buffer.from("where"),
  plaintext: Buffer.from("a secret that is longer than one block of AES"),
})

describe("AES-GCM", () => {
  it("answers 313 of the 316 Wycheproof cases as they demand; Node refuses the 3 nonces of 2056 bits", () => {
    const file = readVectors<Wycheproof>("wycheproof-aes-gcm.json")
    const counts = { opened: 0, refused: 0 }
    const notRunnable: number[] = []

    for (const { ivSize, tests } of file.testGroups) {
      for (const test of tests) {
        const [key, iv, aad, plaintext, ciphertext, tag] = [
          test.key,
          test.iv,
          test.aad,
          test.msg,
          test.ct,
          test.tag,
        ].map(hex)
        if (ivSize === 2056) {
          expect(() => sealBytes({ key, iv, aad, plaintext })).toThrow(
            /initialization vector/i
          )
          notRunnable.push(test.tcId)
          continue
        }
        if (test.result === "invalid") {
          expect(() => openBytes({ key, iv, aad, ciphertext, tag })).toThrow(
            iv.length ? TamperedError : MalformedEnvelopeError
          )
          counts.refused += 1
          continue
        }
        expect(sealBytes({ key, iv, aad, plaintext })).toEqual({
          ciphertext,
          tag,
        })
        const opened = openBytes({
          key: createSecretKey(key),
          iv,
          aad,
          ciphertext,
          tag,
        })
        expect(opened.equals(plaintext)).toBe(true)
        counts.opened += 1
      }
    }

    expect(file.numberOfTests).toBe(316)
    expect(notRunnable).toEqual([268, 272, 276])
    expect(counts.opened + counts.refused).toBe(313)
    expect(counts).toEqual({ opened: 226, refused: 87 })
  })

  it("agrees with @noble/ciphers in both directions on random input", async () => {
    const { gcm } = await import("@noble/ciphers/aes.js")
    const bytes = (constraints: fc.IntArrayConstraints) =>
      fc.uint8Array(constraints).map((array) => Buffer.from(array))

    fc.assert(
      fc.property(
        bytes({ minLength: 32, maxLength: 32 }),
        bytes({ minLength: 12, maxLength: 12 }),
        bytes({ maxLength: 200 }),
        bytes({ maxLength: 600 }),
        (key, iv, aad, plaintext) => {
          const { ciphertext, tag } = sealBytes({ key, iv, aad, plaintext })
          const theirs = Buffer.from(gcm(key, iv, aad).encrypt(plaintext))
          expect(Buffer.concat([ciphertext, tag]).equals(theirs)).toBe(true)
          const opened = openBytes({
            key,
            iv,
            aad,
            ciphertext: theirs.subarray(0, -16),
            tag: theirs.subarray(-16),
          })
          expect(opened.equals(plaintext)).toBe(true)
        }
      ),
      { numRuns: 300 }
    )
  })

  it.each([0, 1, 4, 8, 12, 13, 14, 15])(
    "refuses a tag cut to %i bytes, though it is the true tag's beginning",
    (length) => {
      const sealed = input()
      const { ciphertext, tag } = sealBytes(sealed)
      const cut = { ...sealed, ciphertext, tag: tag.subarray(0, length) }
      expect(() => openBytes(cut)).toThrow(MalformedEnvelopeError)
    }
  )

  it("refuses a tag of 17 bytes", () => {
    const sealed = input()
    const { ciphertext, tag } = sealBytes(sealed)
    const long = {
      ...sealed,
      ciphertext,
      tag: Buffer.concat([tag, Buffer.alloc(1)]),
    }
    expect(() => openBytes(long)).toThrow(MalformedEnvelopeError)
  })

  it("wipes the plaintext that the decipher had already produced when authentication fails", () => {
    const sealed = input()
    const { ciphertext, tag } = sealBytes(sealed)
    tag[0] ^= 1
    const wiped: Buffer[] = []
    const fill = jest
      .spyOn(Buffer.prototype, "fill")
      .mockImplementation(function (this: Buffer, value: number) {
        wiped.push(Buffer.from(this))
        Uint8Array.prototype.fill.call(this, value)
        wiped.push(this)
        return this
      } as typeof Buffer.prototype.fill)
    try {
      expect(() => openBytes({ ...sealed, ciphertext, tag })).toThrow(
        TamperedError
      )
    } finally {
      fill.mockRestore()
    }
    expect(wiped).toHaveLength(2)
    expect(wiped[0].equals(sealed.plaintext)).toBe(true)
    expect(wiped[1].every((byte) => byte === 0)).toBe(true)
  })

  it("refuses a key without an AES length and an empty nonce", () => {
    expect(() => sealBytes({ ...input(), key: randomBytes(31) })).toThrow(
      InvalidKeyError
    )
    expect(() => sealBytes({ ...input(), iv: Buffer.alloc(0) })).toThrow(
      MalformedEnvelopeError
    )
  })
})
