import type {
  EncryptionStatus,
  KeyVersion,
} from "../../../shared/encryption-types"
import {
  canPromote,
  canRetire,
  STRICT_FLOOR,
  tasksOf,
} from "../encryption-tasks"

const key = (version: number, rest: Partial<KeyVersion> = {}): KeyVersion => ({
  version,
  kid: "kid",
  state: "active",
  configured: true,
  values: { format_1: 0, format_2: 0 },
  encrypt_count: 0,
  created_at: null,
  promoted_at: null,
  retired_at: null,
  ...rest,
})

const status = (rest: Partial<EncryptionStatus> = {}): EncryptionStatus => ({
  active_version: 1,
  policy: { ...STRICT_FLOOR, writing: "encrypted" },
  floor: STRICT_FLOOR,
  keys: [key(1)],
  outdated: 0,
  plaintext: 0,
  foreign: 0,
  unrecognised: 0,
  columns: [],
  unreadable: 0,
  ...rest,
})

const idsOf = (rest: Partial<EncryptionStatus>) =>
  tasksOf(status(rest)).map(({ id }) => id)

describe("what is left to do about the stored secrets", () => {
  it("is nothing where all is encrypted and nothing else is accepted", () => {
    expect(tasksOf(status())).toEqual([])
  })

  it("names the key that values wait for, before anything else", () => {
    const [task, ...others] = tasksOf(
      status({
        keys: [
          key(1),
          key(3, {
            state: "unknown",
            configured: false,
            values: { format_1: 0, format_2: 2 },
          }),
        ],
        outdated: 2,
        unreadable: 2,
        plaintext: 1,
      })
    )
    expect(task.urgency).toBe("error")
    expect(task.fact).toMatch(/^2 values cannot be read: the key of version 3 /)
    expect(task.advice).toContain("ENCRYPTION_KEY_V3")
    expect(others.map(({ id }) => id)).toEqual(["plaintext", "outdated"])
  })

  it("offers to seal plaintext, and warns of a policy that writes it again", () => {
    const [task] = tasksOf(status({ plaintext: 1 }))
    expect(task).toMatchObject({
      fact: "1 secret is stored in plaintext.",
      action: "seal-plaintext",
    })
    const [dual] = tasksOf(
      status({
        plaintext: 2,
        policy: { ...STRICT_FLOOR, writing: "dual" },
      })
    )
    expect(dual.advice).toMatch(/writing policy is dual/)
  })

  it("says why values are outdated", () => {
    const [task] = tasksOf(
      status({
        active_version: 2,
        keys: [
          key(1, {
            state: "decrypt_only",
            values: { format_1: 1, format_2: 3 },
          }),
          key(2),
        ],
        outdated: 4,
      })
    )
    expect(task.action).toBe("re-encrypt")
    expect(task.fact).toContain("1 in format 1")
    expect(task.fact).toContain("4 under key version 1")
    expect(task.advice).toContain("key version 2")
  })

  it("offers the floor only where nothing stored would fall below it", () => {
    expect(idsOf({ floor: null })).toEqual(["floor"])
    expect(
      idsOf({
        floor: { reading: "require-encrypted", minimum_envelope_format: 1 },
      })
    ).toEqual(["floor"])
    expect(idsOf({ floor: null, plaintext: 1 })).toEqual(["plaintext"])
    expect(
      idsOf({
        floor: null,
        keys: [key(1, { values: { format_1: 1, format_2: 0 } })],
        outdated: 1,
      })
    ).toEqual(["outdated"])
  })

  it("names what was counted under no key, and offers nothing that it forbids", () => {
    const replaced = key(2, { state: "decrypt_only" })
    const column = {
      table: "supplier",
      column: "api_key",
      is_missing: false,
      envelopes: 1,
      others: 0,
    }
    expect(idsOf({ columns: [column] })).toEqual([])
    expect(idsOf({ keys: [key(1), replaced], floor: null })).toEqual([
      "useless-2",
      "floor",
    ])
    expect(
      idsOf({ keys: [key(1), replaced], floor: null, unrecognised: 1 })
    ).toEqual(["unrecognised"])
    expect(
      idsOf({
        keys: [key(1), replaced],
        floor: null,
        columns: [{ ...column, is_missing: true, envelopes: 0 }],
      })
    ).toEqual(["missing supplier.api_key"])
    const [foreign, own] = tasksOf(
      status({ foreign: 2, columns: [{ ...column, others: 1 }] })
    )
    expect(foreign.fact).toMatch(/^2 values were sealed by another system /)
    expect(own.fact).toMatch(
      /^1 value of your own column supplier\.api_key is /
    )
    expect(own.advice).toContain(
      "import-fernet.js column supplier api_key apply"
    )
  })

  it("asks for a new key before the active one is used up", () => {
    expect(idsOf({ keys: [key(1, { encrypt_count: 2 ** 30 - 1 })] })).toEqual(
      []
    )
    expect(idsOf({ keys: [key(1, { encrypt_count: 2 ** 30 })] })).toEqual([
      "worn",
    ])
  })
})

describe("what can be done with a key version", () => {
  const replaced = key(1, { state: "decrypt_only" })

  it("promotes only a key that this process has and that may seal", () => {
    expect(canPromote(key(2, { state: "pending" }))).toBe(true)
    expect(canPromote(replaced)).toBe(true)
    expect(canPromote(key(2, { state: "pending", configured: false }))).toBe(
      false
    )
    expect(canPromote(key(1))).toBe(false)
    expect(canPromote(key(1, { state: "retired" }))).toBe(false)
  })

  it("retires only a replaced key that nothing needs", () => {
    expect(canRetire(replaced)).toBe(true)
    expect(
      canRetire({ ...replaced, values: { format_1: 0, format_2: 1 } })
    ).toBe(false)
    expect(
      canRetire({ ...replaced, values: { format_1: 1, format_2: 0 } })
    ).toBe(false)
    expect(canRetire(key(2, { state: "pending" }))).toBe(false)
    expect(canRetire(key(1))).toBe(false)
  })
})
