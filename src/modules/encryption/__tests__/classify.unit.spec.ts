import * as fc from "fast-check"

import { classify } from "../envelope/classify"
import { CONTEXT, createService, type GoldenFile, readVectors } from "./support"

const golden = readVectors<GoldenFile>("golden-envelopes.json")
const asBase64 = (value: unknown) =>
  Buffer.from(JSON.stringify(value)).toString("base64")

describe("classify", () => {
  it("knows both formats as object, JSON text and base64 of JSON text", async () => {
    const fresh = await createService().service.encrypt("token", CONTEXT)
    for (const envelope of [
      fresh,
      ...golden.v2.map((value) => value.envelope),
    ]) {
      expect(
        [envelope, JSON.stringify(envelope), asBase64(envelope)].map(classify)
      ).toEqual(["v2", "v2", "v2"])
    }
    for (const { envelope } of golden.v1) {
      expect(
        [envelope, JSON.stringify(envelope), asBase64(envelope)].map(classify)
      ).toEqual(["v1", "v1", "v1"])
    }
  })

  it.each([
    ["an opaque token", "EAABwzLixnjYBO0ZCmZB"],
    ["an empty string", ""],
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
    ["a Fernet token", "gAAAAABh4Q4M0d8nHq9cZt3Yk1p7JxU2vB5oE6sR8wT0yI4uA=="],
    ["text that starts with a brace", "{not json"],
    ["an object without telling members", { token: "x" }],
    ["a number", 7],
    ["null", null],
    ["undefined", undefined],
  ])("takes %s for plaintext", (_, value) => {
    expect(classify(value)).toBe("plaintext")
  })

  it.each([
    ["v alone", { v: 2 }],
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
    expect(classify(value)).toBe("malformed")
  })

  it("answers for any value without throwing, and finds no envelope by chance", () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, text) => {
        expect(["plaintext", "malformed"]).toContain(classify(value))
        expect(classify(text)).toBe("plaintext")
      })
    )
  })
})
