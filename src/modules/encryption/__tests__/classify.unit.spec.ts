import * as fc from "fast-check"

import {
  inspectStored,
  isUpToDate,
  plaintextOf,
  type Slot,
} from "../envelope/classify"
import { CONTEXT, createService, type GoldenFile, readVectors } from "./support"

const golden = readVectors<GoldenFile>("golden-envelopes.json")
const asBase64 = (value: unknown) =>
  Buffer.from(JSON.stringify(value)).toString("base64")

const kindOf = (value: unknown, slot: Slot = "plain"): string => {
  const stored = inspectStored(value, slot)
  return stored.kind === "envelope" ? `v${stored.format}` : stored.kind
}

describe("what is stored", () => {
  it("knows both formats as object, JSON text and base64 of JSON text", async () => {
    const fresh = await createService().service.encrypt("token", CONTEXT)
    for (const envelope of [
      fresh,
      ...golden.v2.map((value) => value.envelope),
    ]) {
      expect(
        [envelope, JSON.stringify(envelope), asBase64(envelope)].map((value) =>
          kindOf(value)
        )
      ).toEqual(["v2", "v2", "v2"])
    }
    for (const { envelope } of golden.v1) {
      expect(
        [envelope, JSON.stringify(envelope), asBase64(envelope)].map((value) =>
          kindOf(value)
        )
      ).toEqual(["v1", "v1", "v1"])
    }
  })

  it.each([
    ["an opaque token", "EAABwzLixnjYBO0ZCmZB"],
    ["a credential in JSON that has a member v", '{"v":1,"key":"x"}'],
    ["an object that has a member v", { v: 2 }],
    [
      "base64 of JSON that has a member v",
      asBase64({ v: 1, client_email: "a@b.example" }),
    ],
    [
      "a JSON Web Token",
      "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxMjM0In0.dGFn",
    ],
    [
      "a JSON Web Token that speaks of encryption",
      `${Buffer.from('{"encrypted":1}').toString("base64url")}.${Buffer.from('{"authTag":1}').toString("base64url")}.c2ln`,
    ],
    ["a service account", '{"type":"service_account","private_key":"x"}'],
    ["a service account in base64", asBase64({ type: "service_account" })],
    ["a key in base64 of 48 bytes", Buffer.alloc(48, 7).toString("base64")],
    ["text that starts with a brace", "{not json"],
    ["an object without telling members", { token: "x" }],
    ["a number", 7],
    ["false", false],
    ["an array", ["x"]],
  ])("takes %s for plaintext", (_, value) => {
    expect(kindOf(value)).toBe("plaintext")
  })

  it.each([
    ["v as text", { ...golden.v2[0].envelope, v: "2" }],
    ["v of an unknown format", { ...golden.v2[0].envelope, v: 3 }],
    ["encrypted alone", { encrypted: "AAAA" }],
    ["authTag alone", { authTag: "AAAA" }],
    ["an extra member", { ...golden.v1[0].envelope, note: "x" }],
    ["a short tag", { ...golden.v2[0].envelope, authTag: "AAAAAA==" }],
    [
      "an iv that is no base64",
      { ...golden.v1[0].envelope, iv: "****************" },
    ],
    [
      "a ciphertext with a line break",
      { ...golden.v1[0].envelope, encrypted: "AAAA\n" },
    ],
    [
      "JSON text within JSON text",
      JSON.stringify(JSON.stringify(golden.v2[0].envelope)),
    ],
    [
      "a doubled member",
      JSON.stringify(golden.v2[0].envelope).replace("{", '{"v":1,'),
    ],
    [
      "a doubled member of format 1",
      JSON.stringify(golden.v1[0].envelope).replace("{", '{"iv":"AAAA",'),
    ],
    [
      "JSON text cut short",
      JSON.stringify(golden.v2[0].envelope).slice(0, 120),
    ],
    ["base64 text cut short", asBase64(golden.v2[0].envelope).slice(0, 120)],
    ["base64 text with a line break", `${asBase64(golden.v1[0].envelope)}\n`],
    [
      "JSON text with a space before",
      ` ${JSON.stringify(golden.v1[0].envelope)}`,
    ],
  ])("takes %s for malformed, never for plaintext", (_, value) => {
    expect(kindOf(value)).toBe("malformed")
  })

  it.each([undefined, null, ""])("takes %p for nothing", (value) => {
    expect([kindOf(value, "plain"), kindOf(value, "sealed")]).toEqual([
      "nothing",
      "nothing",
    ])
  })

  it("knows what another system has sealed, scrypt values by their place alone", () => {
    const fernet = "gAAAAABh4Q4M0d8nHq9cZt3Yk1p7JxU2vB5oE6sR8wT0yI4uA=="
    const scrypt = Buffer.alloc(44, 7).toString("base64")
    expect([kindOf(fernet, "plain"), kindOf(fernet, "sealed")]).toEqual([
      "foreign",
      "foreign",
    ])
    expect([kindOf(scrypt, "plain"), kindOf(scrypt, "sealed")]).toEqual([
      "plaintext",
      "foreign",
    ])
  })

  it("is up to date in format 2 under the active key alone", () => {
    const [{ envelope }] = golden.v2
    const { keyVersion } = envelope
    const judge = (value: unknown, active: number) =>
      isUpToDate(inspectStored(value, "sealed"), active)
    expect(judge(envelope, keyVersion)).toBe(true)
    expect(judge(envelope, keyVersion + 1)).toBe(false)
    expect(judge(golden.v1[0].envelope, golden.v1[0].envelope.keyVersion)).toBe(
      false
    )
    expect(judge({ ...envelope, v: 3 }, keyVersion)).toBe(false)
    expect(judge(null, keyVersion)).toBe(false)
  })

  it("stands for a secret that is text: a number for its digits, the rest for its JSON", () => {
    expect(
      ["key-1", 12345, true, { a: [1] }, ["x"]].map((value) =>
        plaintextOf(value)
      )
    ).toEqual(["key-1", "12345", "true", '{"a":[1]}', '["x"]'])
  })

  it("answers for any value without throwing, and finds no envelope by chance", () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, text) => {
        expect(["nothing", "plaintext", "malformed"]).toContain(kindOf(value))
        expect(["nothing", "plaintext"]).toContain(kindOf(text))
      })
    )
  })
})
