import { createSecretKey } from "node:crypto"

import { deriveKey, hkdf } from "../keys/derive"
import { readVectors, rootOf } from "./support"

type Wycheproof = {
  numberOfTests: number
  testGroups: {
    tests: {
      ikm: string
      salt: string
      info: string
      size: number
      okm: string
      result: "valid" | "invalid"
    }[]
  }[]
}
const hex = (text: string): Buffer => Buffer.from(text, "hex")

describe("HKDF-SHA256", () => {
  it("answers all 86 Wycheproof cases as they demand: 83 derived, 3 refused as too long", () => {
    const file = readVectors<Wycheproof>("wycheproof-hkdf-sha256.json")
    const counts = { derived: 0, refused: 0 }
    for (const {
      ikm,
      salt,
      info,
      size,
      okm,
      result,
    } of file.testGroups.flatMap(({ tests }) => tests)) {
      const derive = () =>
        hkdf(createSecretKey(hex(ikm)), hex(salt), hex(info), size)
      if (result === "invalid") {
        expect(derive).toThrow(/length/i)
        counts.refused += 1
        continue
      }
      expect(derive().toString("hex")).toBe(okm)
      counts.derived += 1
    }
    expect(counts).toEqual({ derived: 83, refused: 3 })
    expect(file.numberOfTests).toBe(86)
  })

  it("gives another key for each purpose, salt and root", () => {
    const root = createSecretKey(rootOf(1))
    const keys = [
      deriveKey(root, "salt", "one"),
      deriveKey(root, "salt", "two"),
      deriveKey(root, "pepper", "one"),
      deriveKey(createSecretKey(rootOf(2)), "salt", "one"),
    ].map((key) => key.export().toString("hex"))
    expect(new Set(keys).size).toBe(4)
    expect(deriveKey(root, "salt", "one").export().toString("hex")).toBe(
      keys[0]
    )
  })
})
