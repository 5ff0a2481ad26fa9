import { InvalidKeyError, MissingKeyError } from "../errors"
import { environmentKeySource } from "../key-sources/environment"
import { everythingItPrints, failureOf, rootOf } from "./support"

const KEY = rootOf(1).toString("base64")
const OTHER = rootOf(2).toString("base64")
const load = (env: NodeJS.ProcessEnv) => environmentKeySource(env).load()

describe("keys from the environment", () => {
  it("takes ENCRYPTION_KEY as version 1", async () => {
    expect(await load({ ENCRYPTION_KEY: KEY })).toEqual([
      { version: 1, state: "active", secret: rootOf(1) },
    ])
  })

  it("takes earlier versions as keys that only open, later ones as waiting for their promotion", async () => {
    const keys = await load({
      ENCRYPTION_KEY: OTHER,
      ENCRYPTION_KEY_VERSION: "2",
      ENCRYPTION_KEY_V1: KEY,
      ENCRYPTION_KEY_V32767: rootOf(3).toString("base64"),
    })
    expect(keys.map(({ version, state }) => [version, state])).toEqual([
      [2, "active"],
      [1, "decrypt_only"],
      [32767, "pending"],
    ])
    expect(keys[1].secret).toEqual(rootOf(1))
  })

  it("can have a later version than the active one, for a rotation that is taken back", async () => {
    const keys = await load({ ENCRYPTION_KEY: KEY, ENCRYPTION_KEY_V2: OTHER })
    expect(keys.map(({ version }) => version)).toEqual([1, 2])
  })

  it("accepts the active key repeated under its version", async () => {
    expect(
      await load({ ENCRYPTION_KEY: KEY, ENCRYPTION_KEY_V1: KEY })
    ).toHaveLength(1)
  })

  it("ignores variables that are empty, as templates leave them", async () => {
    const env = {
      ENCRYPTION_KEY: KEY,
      ENCRYPTION_KEY_VERSION: "",
      ENCRYPTION_KEY_V2: "",
    }
    expect(await load(env)).toHaveLength(1)
  })

  it.each([
    {},
    { ENCRYPTION_KEY: "" },
    { ENCRYPTION_KEY_V1: KEY },
    { ENCRYPTION_KEY_VERSION: "3" },
  ])(
    "says that the key is missing and how to make one (%j)",
    async (env: NodeJS.ProcessEnv) => {
      const error = await failureOf(() => load(env))
      expect(error).toBeInstanceOf(MissingKeyError)
      expect(error.code).toBe("missing_key")
      expect(error.message).toContain(
        "ENCRYPTION_KEY environment variable must be set"
      )
      expect(error.message).toContain("openssl rand -base64 32")
    }
  )

  it.each([
    ["31 bytes", rootOf(1).subarray(1).toString("base64")],
    [
      "33 bytes",
      Buffer.concat([rootOf(1), rootOf(2).subarray(31)]).toString("base64"),
    ],
    ["hex", rootOf(1).toString("hex")],
    ["base64url", Buffer.alloc(32, 0xfb).toString("base64url")],
    ["no padding", KEY.replace(/=+$/, "")],
    ["white space around it", ` ${KEY}`],
    ["a line break after it", `${KEY}\n`],
    ["stray bits in its last character", KEY.replace(/.=$/, "B=")],
    ["a passphrase", "correct horse battery staple and so on, 44 ch"],
    [
      "the example of the documents",
      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    ],
    ["all zero", Buffer.alloc(32).toString("base64")],
  ])(
    "refuses a key of %s, naming the variable and never its value",
    async (_, value) => {
      for (const [variable, env] of [
        ["ENCRYPTION_KEY", { ENCRYPTION_KEY: value }],
        [
          "ENCRYPTION_KEY_V4",
          { ENCRYPTION_KEY: OTHER, ENCRYPTION_KEY_V4: value },
        ],
      ] as const) {
        const error = await failureOf(() => load(env))
        expect(error).toBeInstanceOf(InvalidKeyError)
        expect(error.message).toMatch(new RegExp(`^${variable} `))
        expect(error.message).toContain("openssl rand -base64 32")
        expect(everythingItPrints(error)).not.toContain(value.trim())
      }
    }
  )

  it.each([
    "0",
    "-1",
    "1.5",
    "01",
    "32768",
    "99999999999999999999",
    "one",
    "1 ",
    "1e3",
    "0x1",
  ])("refuses ENCRYPTION_KEY_VERSION=%s", async (version) => {
    const error = await failureOf(() =>
      load({ ENCRYPTION_KEY: KEY, ENCRYPTION_KEY_VERSION: version })
    )
    expect(error).toBeInstanceOf(InvalidKeyError)
    expect(error.message).toMatch(/^ENCRYPTION_KEY_VERSION .* from 1 to 32767/)
  })

  it.each(["ENCRYPTION_KEY_V0", "ENCRYPTION_KEY_V01", "ENCRYPTION_KEY_V32768"])(
    "refuses the variable %s",
    async (variable) => {
      const error = await failureOf(() =>
        load({ ENCRYPTION_KEY: KEY, [variable]: OTHER })
      )
      expect(error).toBeInstanceOf(InvalidKeyError)
      expect(error.message).toContain(variable)
    }
  )

  it("refuses two different keys for the active version", async () => {
    const env = {
      ENCRYPTION_KEY: KEY,
      ENCRYPTION_KEY_VERSION: "2",
      ENCRYPTION_KEY_V2: OTHER,
    }
    const error = await failureOf(() => load(env))
    expect(error).toBeInstanceOf(InvalidKeyError)
    expect(error.message).toMatch(
      /ENCRYPTION_KEY_V2 and ENCRYPTION_KEY are different keys/
    )
    expect(everythingItPrints(error)).not.toContain(KEY)
    expect(everythingItPrints(error)).not.toContain(OTHER)
  })
})
