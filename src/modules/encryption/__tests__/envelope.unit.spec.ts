import * as fc from "fast-check"

import { anyCharacter } from "../../../shared/__tests__/support/any-character"
import { SecretString } from "../../../secrets/secret-string"
import { UNBOUND_CONTEXT } from "../envelope/context"
import { InvalidContextError, InvalidPlaintextError } from "../errors"
import {
  CONTEXT,
  createService,
  failureOf,
  type GoldenFile,
  material,
  readVectors,
} from "./support"

const golden = readVectors<GoldenFile>("golden-envelopes.json")
const goldenKeys = () => [
  { ...material(1), secret: Buffer.from(golden.roots[1], "base64") },
  {
    ...material(2, "decrypt_only"),
    secret: Buffer.from(golden.roots[2], "base64"),
  },
]

/** Text without unpaired surrogates, which UTF-8 cannot hold. */
const anyText = fc.string({ unit: anyCharacter, maxLength: 300 })
const identifier = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((text) => !text.includes("\0"))
const anyContext = fc.record({
  table: identifier,
  field: identifier,
  rowId: identifier,
})

describe("sealing and opening", () => {
  it("gives back any text in any context", async () => {
    const { service } = createService()
    await fc.assert(
      fc.asyncProperty(anyText, anyContext, async (text, context) => {
        const opened = await service.decrypt(
          await service.encrypt(text, context),
          context
        )
        expect(opened.reveal()).toBe(text)
      })
    )
  })

  it.each([
    ["the empty string", ""],
    ["one character", "x"],
    ["a NUL", "a\0b"],
    ["emoji and several scripts", "пароль-密码-🔑-é"],
    [
      "a private key with line breaks",
      "-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n",
    ],
    ["JSON", '{"type":"service_account","private_key":"x"}'],
    ["a megabyte", "0123456789abcdef".repeat(65536)],
  ])("keeps %s", async (_, text) => {
    const { service } = createService()
    const opened = await service.decrypt(
      await service.encrypt(text, CONTEXT),
      CONTEXT
    )
    expect(opened.reveal()).toBe(text)
  })

  it("seals a SecretString without printing it, and opens to one", async () => {
    const { service } = createService()
    const opened = await service.decrypt(
      await service.encrypt(new SecretString("s3cret"))
    )
    expect(opened).toBeInstanceOf(SecretString)
    expect(opened.reveal()).toBe("s3cret")
    expect(`${opened}`).toBe("[redacted]")
  })

  it("writes exactly the members of format 2", async () => {
    const { service } = createService({ keys: [material(12)] })
    const envelope = await service.encrypt("token", CONTEXT)
    const [{ kid }] = await service.keyVersions()
    expect(envelope).toEqual({
      v: 2,
      encrypted: expect.stringMatching(/^[A-Za-z0-9+/]{7}=$/),
      iv: expect.stringMatching(/^[A-Za-z0-9+/]{16}$/),
      authTag: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      keyVersion: 12,
      kid,
    })
  })

  it("never uses an iv twice, across several fillings of the pool", async () => {
    const { service } = createService()
    const envelopes = await Promise.all(
      Array.from({ length: 2000 }, () => service.encrypt("same", CONTEXT))
    )
    expect(new Set(envelopes.map(({ iv }) => iv)).size).toBe(2000)
    expect(new Set(envelopes.map(({ encrypted }) => encrypted)).size).toBe(2000)
    for (const envelope of envelopes) {
      expect((await service.decrypt(envelope, CONTEXT)).reveal()).toBe("same")
    }
  })

  it("opens an envelope that came as JSON text, pretty JSON, jsonb order or base64 of JSON text", async () => {
    const { service } = createService()
    const envelope = await service.encrypt("token", CONTEXT)
    const { kid, keyVersion, ...rest } = envelope
    const spellings = [
      JSON.stringify(envelope),
      JSON.stringify(envelope, null, 2),
      JSON.stringify({ kid, keyVersion, ...rest }),
      Buffer.from(JSON.stringify(envelope)).toString("base64"),
    ]
    for (const spelling of spellings) {
      expect((await service.decrypt(spelling, CONTEXT)).reveal()).toBe("token")
    }
  })

  it("opens for the tenant of its row alone, where it was sealed for one", async () => {
    const { service } = createService()
    const of = (tenant?: string | null) => ({ ...CONTEXT, tenant })
    const sealed = await service.encrypt("token", of("acme"))
    expect(sealed).toMatchObject({ v: 2, ctx: 2 })
    expect((await service.decrypt(sealed, of("acme"))).reveal()).toBe("token")
    const { ctx: _ctx, ...unmarked } = sealed
    const attempts = [
      [sealed, of("globex")],
      [sealed, of(null)],
      [sealed, CONTEXT],
      [unmarked, of("acme")],
      [unmarked, CONTEXT],
    ] as const
    for (const [envelope, context] of attempts) {
      const error = await failureOf(() => service.decrypt(envelope, context))
      expect(error.code).toBe("tampered")
    }
    const text = JSON.stringify(sealed)
    expect((await service.decrypt(text, of("acme"))).reveal()).toBe("token")
  })

  it("sealed for a row without a tenant opens for no tenant, and with the row's own context", async () => {
    const { service } = createService()
    const sealed = await service.encrypt("token", { ...CONTEXT, tenant: null })
    expect(sealed.ctx).toBe(2)
    expect((await service.decrypt(sealed, CONTEXT)).reveal()).toBe("token")
    const error = await failureOf(() =>
      service.decrypt(sealed, { ...CONTEXT, tenant: "acme" })
    )
    expect(error.code).toBe("tampered")
  })

  it("sealed before tenants were bound opens as before, and is bound when it is sealed again", async () => {
    const { service } = createService()
    const context = { ...CONTEXT, tenant: "acme" }
    const before = await service.encrypt("token", CONTEXT)
    expect("ctx" in before).toBe(false)
    expect((await service.decrypt(before, context)).reveal()).toBe("token")
    const reEncrypt = await service.reEncrypter()
    expect(reEncrypt(before, CONTEXT)).toBeNull()
    expect(reEncrypt(before, context)?.envelope.ctx).toBe(2)
  })

  it.each([undefined, null, 42, {}, [], Buffer.from("x")])(
    "refuses to seal %p",
    async (value) => {
      const { service } = createService()
      const error = await failureOf(() =>
        service.encrypt(value as never, CONTEXT)
      )
      expect(error).toBeInstanceOf(InvalidPlaintextError)
      expect(error).toMatchObject({
        code: "invalid_plaintext",
        type: "invalid_data",
      })
    }
  )

  it("refuses text that UTF-8 would change", async () => {
    const { service } = createService()
    const error = await failureOf(() => service.encrypt("a\ud800b", CONTEXT))
    expect(error).toBeInstanceOf(InvalidPlaintextError)
  })
})

describe("contexts", () => {
  it.each([
    ["an empty table", { ...CONTEXT, table: "" }],
    ["an empty row id", { ...CONTEXT, rowId: "" }],
    ["no row id", { table: "t", field: "f" }],
    ["a row id that is no string", { ...CONTEXT, rowId: 7 }],
    ["a NUL in a part", { ...CONTEXT, field: "a\0b" }],
    ["an unpaired surrogate", { ...CONTEXT, field: "\udc00" }],
    [
      "only empty parts, as a copy of UNBOUND_CONTEXT has",
      { ...UNBOUND_CONTEXT },
    ],
    ["null", null],
  ])("refuses a context with %s, on both ways", async (_, context) => {
    const { service } = createService()
    const envelope = await service.encrypt("token", CONTEXT)
    for (const run of [
      () => service.encrypt("token", context as never),
      () => service.decrypt(envelope, context as never),
    ]) {
      const error = await failureOf(run)
      expect(error).toBeInstanceOf(InvalidContextError)
      expect(error).toMatchObject({
        code: "invalid_context",
        type: "invalid_data",
      })
    }
  })

  it("opens an unbound envelope only unbound, and a bound one only bound", async () => {
    const { service } = createService()
    const unbound = await service.encrypt("token")
    const bound = await service.encrypt("token", CONTEXT)
    expect((await service.decrypt(unbound)).reveal()).toBe("token")
    expect((await service.decrypt(unbound, UNBOUND_CONTEXT)).reveal()).toBe(
      "token"
    )
    expect(
      (await failureOf(() => service.decrypt(unbound, CONTEXT))).code
    ).toBe("tampered")
    expect((await failureOf(() => service.decrypt(bound))).code).toBe(
      "tampered"
    )
  })
})

describe("frozen values of earlier releases", () => {
  it.each(golden.v1)(
    "opens format 1: $name",
    async ({ plaintext, envelope }) => {
      const { service } = createService({ keys: goldenKeys() })
      const json = JSON.stringify(envelope)
      for (const stored of [
        envelope,
        json,
        Buffer.from(json).toString("base64"),
      ]) {
        expect((await service.decrypt(stored, CONTEXT)).reveal()).toBe(
          plaintext
        )
        expect((await service.decrypt(stored)).reveal()).toBe(plaintext)
      }
    }
  )

  it.each(golden.v2)(
    "opens format 2: $name",
    async ({ plaintext, context, envelope }) => {
      const { service } = createService({ keys: goldenKeys() })
      const opened = await service.decrypt(envelope, context ?? undefined)
      expect(opened.reveal()).toBe(plaintext)
    }
  )

  it("holds 16 values of each format, and 3 that are bound to a tenant", () => {
    expect([golden.v1.length, golden.v2.length]).toEqual([16, 19])
  })
})
