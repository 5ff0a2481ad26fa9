import crypto from "node:crypto"

import * as fc from "fast-check"

import { SecretString } from "../../../secrets/secret-string"
import { ForeignValueError, ImporterNotUsableError } from "../errors"
import {
  assertScryptUsable,
  openScryptValue,
  type ScryptParameters,
} from "../importers/scrypt"
import { everythingItPrints, failureOf, readVectors } from "./support"

type Golden = {
  scrypt: {
    secret: string
    values: {
      name: string
      parameters: ScryptParameters
      plaintext: string
      value: string
    }[]
  }
}
const golden = readVectors<Golden>("golden-foreign-values.json").scrypt
const CHEAP = golden.values.find(
  ({ name, parameters }) =>
    name === "token of 200 bytes" && parameters.N === 1024
)!

async function refusal(
  value: string,
  secret = golden.secret
): Promise<ForeignValueError> {
  const error = await failureOf(() =>
    openScryptValue(value, secret, CHEAP.parameters)
  )
  expect(error).toBeInstanceOf(ForeignValueError)
  const printed = everythingItPrints(error)
  for (const text of [value, secret, CHEAP.plaintext]) {
    if (text.length >= 8) {
      expect(printed).not.toContain(text)
    }
  }
  return error as ForeignValueError
}

describe("scrypt importer", () => {
  it("opens all 22 values that Python's cryptography made, at two costs", async () => {
    for (const { plaintext, parameters, value } of golden.values) {
      const secret = await openScryptValue(value, golden.secret, parameters)
      expect(secret.reveal()).toBe(plaintext)
    }
    expect(golden.values).toHaveLength(22)
  })

  it("takes Node's own cost for granted, and a SecretString", async () => {
    const { value, plaintext } = golden.values.find(
      ({ parameters }) => parameters.N === 16384
    )!
    const opened = await openScryptValue(value, new SecretString(golden.secret))
    expect(opened.reveal()).toBe(plaintext)
  })

  it("refuses any single changed bit", async () => {
    const bytes = Buffer.from(CHEAP.value, "base64")
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] ^= 1 << (bit & 7)
        expect(await refusal(changed.toString("base64"))).toMatchObject({
          code: "foreign_unauthenticated",
        })
      }),
      { numRuns: 100 }
    )
  })

  it("refuses another secret and another cost", async () => {
    expect(
      await refusal(CHEAP.value, "another-secret-of-the-vault")
    ).toMatchObject({
      code: "foreign_unauthenticated",
    })
    const error = await failureOf(() =>
      openScryptValue(CHEAP.value, golden.secret, { ...CHEAP.parameters, r: 8 })
    )
    expect(error.code).toBe("foreign_unauthenticated")
  })

  it.each([
    ["43 bytes", Buffer.alloc(43, 1).toString("base64")],
    ["nothing", ""],
    ["other characters", `${CHEAP.value.slice(0, -4)}****`],
    ["a line break", `${CHEAP.value}\n`],
    ["base64url without padding", Buffer.alloc(50, 0xfb).toString("base64url")],
  ])("refuses %s as malformed, before any work", async (_, value) => {
    const scrypt = jest.spyOn(crypto, "scrypt")
    expect(await refusal(value)).toMatchObject({ code: "foreign_malformed" })
    expect(scrypt).not.toHaveBeenCalled()
    scrypt.mockRestore()
  })

  it.each([
    ["missing", undefined as never],
    ["empty", ""],
    ["blank", " ".repeat(40)],
    ["short", "fifteen-letters"],
  ])("fails fast when the secret is %s", async (_, secret) => {
    const error = await failureOf(() =>
      openScryptValue(CHEAP.value, secret, CHEAP.parameters)
    )
    expect(error).toBeInstanceOf(ImporterNotUsableError)
    if (secret) {
      expect(everythingItPrints(error)).not.toContain(secret)
    }
  })

  it.each<[string, ScryptParameters]>([
    ["N is no power of two", { N: 1000, r: 8, p: 1 }],
    ["N is 1", { N: 1, r: 8, p: 1 }],
    ["r is 0", { N: 1024, r: 0, p: 1 }],
    ["p is a fraction", { N: 1024, r: 8, p: 1.5 }],
    ["it would take more than 1 GiB", { N: 2 ** 24, r: 8, p: 1 }],
  ])("refuses a cost where %s", async (_, parameters) => {
    const error = await failureOf(() =>
      assertScryptUsable(golden.secret, parameters)
    )
    expect(error).toBeInstanceOf(ImporterNotUsableError)
  })

  it("says clearly that FIPS mode has no scrypt", async () => {
    const fips = jest.spyOn(crypto, "getFips").mockReturnValue(1)
    const error = await failureOf(() => assertScryptUsable(golden.secret))
    fips.mockRestore()
    expect(error).toBeInstanceOf(ImporterNotUsableError)
    expect(error.message).toContain("FIPS")
    expect(() => assertScryptUsable(golden.secret)).not.toThrow()
  })
})
