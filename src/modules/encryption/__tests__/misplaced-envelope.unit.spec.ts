import { createCipheriv } from "node:crypto"

import * as fc from "fast-check"

import {
  KeyRetiredError,
  LegacyNotAllowedError,
  MalformedEnvelopeError,
  PlaintextNotAllowedError,
  TamperedError,
  WrongKeyError,
} from "../errors"
import { refusal, sealV1, SECRET, service } from "./refusal"
import {
  CONTEXT,
  createService,
  everythingItPrints,
  failureOf,
  material,
  rootOf,
} from "./support"

describe("an envelope of format 2 in another place", () => {
  it("is refused for another table, field or row", async () => {
    const envelope = await service.encrypt(SECRET, CONTEXT)
    const part = fc.constantFrom("table", "field", "rowId")
    const other = fc
      .string({ minLength: 1 })
      .filter((text) => !text.includes("\0"))
    await fc.assert(
      fc.asyncProperty(part, other, async (name, value) => {
        fc.pre(CONTEXT[name as "table"] !== value)
        const error = await refusal(envelope, { ...CONTEXT, [name]: value })
        expect(error).toBeInstanceOf(TamperedError)
      })
    )
  })

  it("is refused when characters move from one part of the context to the next", async () => {
    const envelope = await service.encrypt(SECRET, {
      table: "ab",
      field: "cd",
      rowId: "ef",
    })
    for (const context of [
      { table: "a", field: "bcd", rowId: "ef" },
      { table: "abc", field: "d", rowId: "ef" },
      { table: "ab", field: "c", rowId: "def" },
      { table: "cd", field: "ab", rowId: "ef" },
    ]) {
      expect(await refusal(envelope, context)).toBeInstanceOf(TamperedError)
    }
  })

  it("names the place, the key version and a stable code in the error", async () => {
    const envelope = await service.encrypt(SECRET, CONTEXT)
    const error = await refusal(envelope, { ...CONTEXT, rowId: "splat_other" })
    expect(error).toMatchObject({
      name: "TamperedError",
      code: "tampered",
      keyVersion: 2,
      context: { ...CONTEXT, rowId: "splat_other" },
    })
    expect(error.message).toContain(
      "social_platform.access_token of splat_other"
    )
    expect(error.stack).toContain("TamperedError")
  })
})

describe("a downgrade", () => {
  it("of format 2 to the shape of format 1 is refused as tampered, under the same root", async () => {
    const { v, kid, ...stripped } = await service.encrypt(SECRET, CONTEXT)
    expect([v, typeof kid]).toEqual([2, "string"])
    expect(await refusal(stripped)).toBeInstanceOf(TamperedError)
  })

  it("of format 1 dressed up as format 2 is refused as tampered", async () => {
    const { kid } = await service.encrypt("x")
    const dressed = { v: 2, ...sealV1(SECRET, 2, 12), kid }
    expect(await refusal(dressed)).toBeInstanceOf(TamperedError)
  })

  it.each([1, 3, "2", 2.5, null])(
    "to v = %p is refused as malformed",
    async (v) => {
      const envelope = await service.encrypt(SECRET, CONTEXT)
      expect(await refusal({ ...envelope, v })).toBeInstanceOf(
        MalformedEnvelopeError
      )
    }
  )

  it("to format 1 is refused once the minimum format is 2, whole or not", async () => {
    const strict = createService({
      keys: [material(1)],
      options: { minimum_envelope_format: 2 },
    }).service
    const legacy = sealV1(SECRET)
    for (const stored of [
      legacy,
      JSON.stringify(legacy),
      { ...legacy, iv: "AAAA" },
    ]) {
      const error = await failureOf(() => strict.decrypt(stored, CONTEXT))
      expect(error).toBeInstanceOf(LegacyNotAllowedError)
      expect(error).toMatchObject({ code: "legacy_not_allowed", keyVersion: 1 })
      expect(everythingItPrints(error)).not.toContain(legacy.encrypted)
    }
    const envelope = await strict.encrypt(SECRET, CONTEXT)
    expect((await strict.decrypt(envelope, CONTEXT)).reveal()).toBe(SECRET)
  })
})

describe("another key", () => {
  it("under the same version is told from tampering", async () => {
    const other = createService({ keys: [material(2, "active", 77)] }).service
    const error = await refusal(await other.encrypt(SECRET, CONTEXT))
    expect(error).toBeInstanceOf(WrongKeyError)
    expect(error).toMatchObject({ code: "wrong_key", keyVersion: 2 })
  })

  it("under the same version is refused even where the envelope's kid was exchanged", async () => {
    const other = createService({ keys: [material(2, "active", 77)] }).service
    const { kid } = await service.encrypt("x")
    const forged = { ...(await other.encrypt(SECRET, CONTEXT)), kid }
    expect(await refusal(forged)).toBeInstanceOf(TamperedError)
  })

  it("of another version of the same ring is refused, kid exchanged or not", async () => {
    const envelope = await service.encrypt(SECRET, CONTEXT)
    const { kid } = (await service.keyVersions())[0]
    expect(await refusal({ ...envelope, keyVersion: 1 })).toBeInstanceOf(
      WrongKeyError
    )
    expect(await refusal({ ...envelope, keyVersion: 1, kid })).toBeInstanceOf(
      TamperedError
    )
  })

  it("cannot be told from tampering in format 1, and is refused", async () => {
    const other = createService({ keys: [material(1, "active", 77)] }).service
    const error = await failureOf(() => other.decrypt(sealV1(SECRET)))
    expect(error).toBeInstanceOf(TamperedError)
  })

  it("that is retired is refused in both formats", async () => {
    const sealed = await createService({ keys: [material(1)] }).service.encrypt(
      SECRET,
      CONTEXT
    )
    const later = createService({
      keys: [material(2), material(1, "retired")],
    }).service
    for (const envelope of [sealed, sealV1(SECRET)]) {
      const error = await failureOf(() => later.decrypt(envelope, CONTEXT))
      expect(error).toBeInstanceOf(KeyRetiredError)
      expect(error).toMatchObject({
        code: "key_retired",
        keyVersion: 1,
        context: CONTEXT,
      })
    }
  })
})

describe("a stored value that is no envelope", () => {
  it.each([
    SECRET,
    "",
    "{}",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    '{"type":"x"}',
  ])("is refused as plaintext and never echoed (%#)", async (stored) => {
    const error = await refusal(stored)
    expect(error).toBeInstanceOf(PlaintextNotAllowedError)
    expect(error).toMatchObject({
      code: "plaintext_not_allowed",
      context: CONTEXT,
    })
  })

  it("opens to text only: binary content of a foreign format 1 value is refused", async () => {
    const iv = Buffer.alloc(12, 3)
    const cipher = createCipheriv("aes-256-gcm", rootOf(1), iv)
    const encrypted = Buffer.concat([
      cipher.update(Buffer.from([0xff, 0xfe, 0x80])),
      cipher.final(),
    ])
    const error = await refusal({
      encrypted: encrypted.toString("base64"),
      iv: iv.toString("base64"),
      authTag: cipher.getAuthTag().toString("base64"),
      keyVersion: 1,
    })
    expect(error).toBeInstanceOf(MalformedEnvelopeError)
  })
})
