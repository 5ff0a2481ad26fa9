import { inspect } from "node:util"

import { openV2, sealV2 } from "../envelope/format-2"
import {
  InvalidKeyError,
  KeyRetiredError,
  UnknownKeyVersionError,
} from "../errors"
import { createKeyring, type Keyring, type KeyState } from "../keys/keyring"
import { CONTEXT, failureOf, material, rootOf } from "./support"

describe("keyring", () => {
  it("has the active key, whatever its version", () => {
    const keyring = createKeyring([
      material(3, "decrypt_only"),
      material(2),
      material(5, "pending"),
    ])
    expect(keyring.active?.version).toBe(2)
    expect(keyring.keys.map(({ version, state }) => [version, state])).toEqual([
      [2, "active"],
      [3, "decrypt_only"],
      [5, "pending"],
    ])
  })

  it("gives the same kid for the same key and another for another", () => {
    const kidOf = (version: number, variant: number) =>
      createKeyring([material(version, "active", variant)]).active!.kid
    expect(kidOf(1, 0)).toBe(kidOf(1, 0))
    expect(kidOf(1, 0)).not.toBe(kidOf(1, 1))
    expect(Buffer.from(kidOf(1, 0), "base64url")).toHaveLength(16)
  })

  it("uses another AES key for format 2 than for format 1", () => {
    const { root, aead } = createKeyring([material(1)]).active!
    expect(aead.equals(root)).toBe(false)
  })

  it("wipes the material that it was given, also when it refuses it", async () => {
    const good = material(1)
    createKeyring([good])
    expect(good.secret.every((byte) => byte === 0)).toBe(true)

    const refused = [material(1), material(1, "decrypt_only", 9)]
    await failureOf(() => createKeyring(refused))
    expect(
      refused.every(({ secret }) => secret.every((byte) => byte === 0))
    ).toBe(true)
  })

  it("prints no key material", () => {
    const printed = inspect(createKeyring([material(1)]), {
      depth: Infinity,
      showHidden: true,
    })
    expect(printed).toContain("SecretKeyObject")
    for (const encoding of ["hex", "base64", "base64url", "latin1"] as const) {
      expect(printed).not.toContain(rootOf(1).toString(encoding))
    }
    expect(printed).not.toContain(
      rootOf(1).toString("hex").match(/../g)?.slice(0, 8).join(" ")
    )
  })

  it("names the version that no key is configured for", async () => {
    const error = await failureOf(() => createKeyring([material(1)]).get(7))
    expect(error).toBeInstanceOf(UnknownKeyVersionError)
    expect(error).toMatchObject({ code: "unknown_key_version", keyVersion: 7 })
    expect(error.message).toContain("ENCRYPTION_KEY_V7")
  })

  it("refuses a retired key", async () => {
    const keyring = createKeyring([material(2), material(1, "retired")])
    const error = await failureOf(() => keyring.get(1))
    expect(error).toBeInstanceOf(KeyRetiredError)
    expect(error).toMatchObject({ code: "key_retired", keyVersion: 1 })
  })

  it.each([
    [
      "no active key",
      [material(1, "decrypt_only")],
      /Exactly one key must be active/,
    ],
    [
      "two active keys",
      [material(1), material(2)],
      /Only one key may be active/,
    ],
    ["no keys at all", [], /Exactly one key must be active/],
    [
      "one version twice",
      [material(1), material(1, "decrypt_only", 4)],
      /version 1 is configured twice/,
    ],
    [
      "one key under two versions",
      [material(1), { ...material(2, "decrypt_only"), secret: rootOf(1) }],
      /versions 1 and 2 hold the same key/,
    ],
    [
      "a short key",
      [{ ...material(1), secret: Buffer.alloc(31, 1) }],
      /32 random bytes/,
    ],
    [
      "an all-zero key",
      [{ ...material(1), secret: Buffer.alloc(32) }],
      /not all zero/,
    ],
    ["version 0", [{ ...material(1), version: 0 }], /from 1 to 32767/],
    ["version 32768", [{ ...material(1), version: 32768 }], /from 1 to 32767/],
    ["version 1.5", [{ ...material(1), version: 1.5 }], /from 1 to 32767/],
  ])("refuses %s", async (_, keys, message) => {
    const error = await failureOf(() => createKeyring(keys))
    expect(error).toBeInstanceOf(InvalidKeyError)
    expect(error.message).toMatch(message)
  })
})

describe("keyring in other states", () => {
  const ring = () =>
    createKeyring([
      material(1, "decrypt_only"),
      material(2),
      material(3, "pending"),
    ])
  const statesOf = (keyring: Keyring) => keyring.keys.map(({ state }) => state)
  const PROMOTED = new Map<number, KeyState>([
    [2, "decrypt_only"],
    [3, "active"],
  ])

  it("takes states without deriving any key again, and leaves the old keyring as it is", () => {
    const before = ring()
    const after = before.withStates(PROMOTED)
    expect(after.active?.version).toBe(3)
    expect(statesOf(after)).toEqual(["decrypt_only", "decrypt_only", "active"])
    expect(before.active?.version).toBe(2)
    expect(statesOf(before)).toEqual(["decrypt_only", "active", "pending"])
    after.keys.forEach((key, index) => {
      expect(key.aead).toBe(before.keys[index].aead)
      expect(key.root).toBe(before.keys[index].root)
      expect(key.contexts).toBe(before.keys[index].contexts)
    })
  })

  it("has no active key where that is one it does not have, and refuses a retired one", () => {
    const keyring = ring().withStates(
      new Map<number, KeyState>([
        [1, "retired"],
        [2, "decrypt_only"],
        [9, "active"],
      ])
    )
    expect(keyring.active).toBeNull()
    expect(statesOf(keyring)).toEqual(["retired", "decrypt_only", "pending"])
    expect(() => keyring.get(1)).toThrow(KeyRetiredError)
  })

  it("opens with the new states what the old ones sealed", () => {
    const before = ring()
    const envelope = sealV2(before.active!, "a token", CONTEXT)
    expect(openV2(before.withStates(PROMOTED), envelope, CONTEXT)).toBe(
      "a token"
    )
  })

  it("takes further keys, whose material is wiped", () => {
    const made = material(4, "decrypt_only")
    const keyring = ring().withKeys([made])
    expect(keyring.get(4).version).toBe(4)
    expect(made.secret.every((byte) => byte === 0)).toBe(true)
    expect(() => keyring.withKeys([material(4, "pending", 1)])).toThrow(
      /version 4 is configured twice/
    )
  })

  it("refuses two active keys", async () => {
    const error = await failureOf(() =>
      ring().withStates(new Map([[1, "active"]]))
    )
    expect(error.code).toBe("invalid_key")
  })
})
