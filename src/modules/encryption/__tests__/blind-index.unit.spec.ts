import { createHmac, hkdfSync } from "node:crypto"

import * as fc from "fast-check"

import { SecretString } from "../../../secrets/secret-string"
import { blindIndex } from "../keys/blind-index"
import { createKeyring } from "../keys/keyring"
import { everythingItPrints, failureOf, material, rootOf } from "./support"

const COLUMN = { table: "social_platform", field: "refresh_token" }
const key = createKeyring([material(1)]).active!
const other = createKeyring([material(2)]).active!

describe("blind index", () => {
  it("is HMAC-SHA256 under a key of the column, derived from the root", () => {
    const derived = hkdfSync(
      "sha256",
      rootOf(1),
      "medusa-plugin-social-platforms/enc/v2",
      "blind-index/social_platform.refresh_token",
      32
    )
    const expected = createHmac("sha256", Buffer.from(derived))
      .update("a token")
      .digest()
    expect(blindIndex(key, COLUMN, "a token")).toBe(
      expected.toString("base64url")
    )
    expect(blindIndex(key, COLUMN, "a token", "hex")).toBe(
      expected.toString("hex")
    )
  })

  it("keeps its frozen value, which Python's cryptography computes too", () => {
    expect(blindIndex(key, COLUMN, "a token", "hex")).toBe(
      "14684d8851f2ee232a1e8e4043e44c93157035949f3089cf335329b2ac6dec68"
    )
  })

  it("is the same for equal secrets and another for any other", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        const same =
          blindIndex(key, COLUMN, left) ===
          blindIndex(key, COLUMN, new SecretString(right))
        expect(same).toBe(left === right)
        expect(blindIndex(key, COLUMN, new SecretString(left))).toBe(
          blindIndex(key, COLUMN, left)
        )
      })
    )
  })

  it("shows one secret neither in two columns nor under two keys", () => {
    const values = [
      blindIndex(key, COLUMN, "s"),
      blindIndex(key, { ...COLUMN, field: "access_token" }, "s"),
      blindIndex(key, { ...COLUMN, table: "tenant_credential" }, "s"),
      blindIndex(key, { table: "a", field: "b.c" }, "s"),
      blindIndex(other, COLUMN, "s"),
    ]
    expect(new Set(values).size).toBe(values.length)
  })

  it("derives the key of a column once", () => {
    expect(key.blindIndexKey("t", "f")).toBe(key.blindIndexKey("t", "f"))
    expect(key.blindIndexKey("t", "f").equals(key.aead)).toBe(false)
  })

  it("stays right when more columns are asked for than it keeps", () => {
    const first = blindIndex(key, COLUMN, "s")
    for (let number = 0; number < 600; number += 1) {
      key.blindIndexKey("t", `f${number}`)
    }
    expect(blindIndex(key, COLUMN, "s")).toBe(first)
  })

  it.each([
    ["no table", { table: "", field: "f" }, "invalid_context"],
    ["no field", { table: "t", field: "" }, "invalid_context"],
    ["a dot in the table", { table: "a.b", field: "c" }, "invalid_context"],
  ])("refuses %s", async (_, column, code) => {
    expect(await failureOf(() => blindIndex(key, column, "s"))).toMatchObject({
      code,
    })
  })

  it.each([
    ["no text", 7 as never],
    ["an unpaired surrogate", "a-secret-with-\ud800"],
  ])("refuses %s without an echo", async (_, value) => {
    const error = await failureOf(() => blindIndex(key, COLUMN, value))
    expect(error.code).toBe("invalid_plaintext")
    expect(everythingItPrints(error)).not.toContain("a-secret-with")
  })
})
