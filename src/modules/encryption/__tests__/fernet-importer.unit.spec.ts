import { createCipheriv, createHmac, randomBytes } from "node:crypto"
import { inspect } from "node:util"

import * as fc from "fast-check"

import { anyCharacter } from "../../../shared/__tests__/support/any-character"
import { ForeignValueError, ImporterNotUsableError } from "../errors"
import { createFernetImporter } from "../importers/fernet"
import { everythingItPrints, failureOf, readVectors } from "./support"

type SpecCase = {
  desc: string
  token: string
  now: string
  ttl_sec: number
  src: string
  secret: string
}
type Golden = {
  fernet: {
    keys: string[]
    values: {
      name: string
      key: number
      created_at: number
      plaintext: string
      token: string
    }[]
  }
}
const golden = readVectors<Golden>("golden-foreign-values.json").fernet
const importer = createFernetImporter(golden.keys)
const TOKEN = golden.values.find(({ name }) => name === "token of 200 bytes")!

const limitOf = ({ now, ttl_sec }: SpecCase) => ({
  ttl: ttl_sec,
  clock_skew: 60,
  now: new Date(now),
})

async function refusal(
  token: string,
  run = () => importer.open(token)
): Promise<ForeignValueError> {
  const error = await failureOf(run)
  expect(error).toBeInstanceOf(ForeignValueError)
  const printed = everythingItPrints(error)
  for (const secret of [token, ...golden.keys, TOKEN.plaintext]) {
    if (secret.length >= 8) {
      expect(printed).not.toContain(secret)
    }
  }
  return error as ForeignValueError
}

/** Makes a token as the specification says, or with something wrong in it. */
function make(
  body: Buffer,
  {
    key = golden.keys[0],
    version = 0x80,
    padded = true,
    seconds = 1_700_000_000n,
  } = {}
) {
  const secret = Buffer.from(key, "base64url")
  const head = Buffer.alloc(25)
  head[0] = version
  head.writeBigUInt64BE(seconds, 1)
  randomBytes(16).copy(head, 9)
  const cipher = createCipheriv(
    "aes-128-cbc",
    secret.subarray(16),
    head.subarray(9)
  )
  cipher.setAutoPadding(padded)
  const signed = Buffer.concat([head, cipher.update(body), cipher.final()])
  const hmac = createHmac("sha256", secret.subarray(0, 16))
    .update(signed)
    .digest()
  const token = Buffer.concat([signed, hmac])
  return token.toString("base64").replaceAll("+", "-").replaceAll("/", "_")
}

describe("Fernet's specification", () => {
  it("has its one case of generate.json opened, with the time of its making", () => {
    const cases = readVectors<SpecCase[]>("fernet-generate.json")
    const opened = cases.map(({ token, secret }) =>
      createFernetImporter([secret]).open(token)
    )
    expect(opened.map(({ secret }) => secret.reveal())).toEqual(["hello"])
    expect(opened[0].created_at).toEqual(new Date(cases[0].now))
  })

  it("has its one case of verify.json opened within its time to live", () => {
    const cases = readVectors<SpecCase[]>("fernet-verify.json")
    const opened = cases.map((each) =>
      createFernetImporter([each.secret])
        .open(each.token, limitOf(each))
        .secret.reveal()
    )
    expect(opened).toEqual(["hello"])
  })

  it("has 6 of its 8 invalid cases refused without a time to live, and all 8 with one", () => {
    const cases = readVectors<SpecCase[]>("fernet-invalid.json")
    const refused = (limited: boolean) =>
      cases.filter((each) => {
        try {
          createFernetImporter([each.secret]).open(
            each.token,
            limited ? limitOf(each) : undefined
          )
          return false
        } catch (error) {
          expect(error).toBeInstanceOf(ForeignValueError)
          return true
        }
      })
    expect(cases).toHaveLength(8)
    expect(refused(true)).toHaveLength(8)
    const accepted = cases.filter((each) => !refused(false).includes(each))
    expect(accepted.map(({ desc }) => desc).sort()).toEqual([
      "expired TTL",
      "far-future TS (unacceptable clock skew)",
    ])
  })
})

describe("Fernet importer", () => {
  it("opens all 24 values that Python's cryptography made, under either key", () => {
    for (const { plaintext, token, created_at } of golden.values) {
      expect(importer.recognises(token)).toBe(true)
      const value = importer.open(token)
      expect(value.secret.reveal()).toBe(plaintext)
      expect(value.created_at.getTime()).toBe(created_at * 1000)
    }
    expect(golden.values).toHaveLength(24)
    expect(new Set(golden.values.map(({ key }) => key)).size).toBe(2)
  })

  it("opens any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(importer.open(make(Buffer.from(text))).secret.reveal()).toBe(
          text
        )
      })
    )
  })

  it("refuses any single changed bit", async () => {
    const bytes = Buffer.from(TOKEN.token, "base64url")
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] ^= 1 << (bit & 7)
        const text = changed
          .toString("base64")
          .replaceAll("+", "-")
          .replaceAll("/", "_")
        const { code } = await refusal(text)
        expect(code).toBe(
          bit < 8 ? "foreign_malformed" : "foreign_unauthenticated"
        )
      }),
      { numRuns: 300 }
    )
  })

  it("refuses any single changed, missing or doubled character", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(TOKEN.token.length - 1),
        fc.string({ unit: anyCharacter, maxLength: 2 }),
        async (at, characters) => {
          const changed =
            TOKEN.token.slice(0, at) + characters + TOKEN.token.slice(at + 1)
          fc.pre(changed !== TOKEN.token)
          const { code } = await refusal(changed)
          expect(["foreign_malformed", "foreign_unauthenticated"]).toContain(
            code
          )
        }
      ),
      { numRuns: 500 }
    )
  })

  it.each([
    [
      "ordinary base64",
      (token: string) => Buffer.from(token, "base64url").toString("base64"),
    ],
    ["no padding", (token: string) => token.replace(/=+$/, "")],
    ["a line break", (token: string) => `${token}\n`],
    ["nothing", () => ""],
  ])("refuses %s as malformed", async (_, spoil) => {
    const spelling = golden.values
      .map(({ token }) => [token, spoil(token)])
      .find(([token, spoilt]) => token !== spoilt)!
    expect(await refusal(spelling[1])).toMatchObject({
      code: "foreign_malformed",
    })
  })

  it.each([
    ["another version", make(Buffer.from("x"), { version: 0x81 })],
    ["wrong padding", make(Buffer.alloc(16, 0x20), { padded: false })],
    ["binary content", make(Buffer.from([0xff, 0xfe]))],
    [
      "a time that no calendar has",
      make(Buffer.from("x"), { seconds: 2n ** 63n }),
    ],
  ])("refuses %s, though its HMAC is right", async (_, token) => {
    expect(await refusal(token)).toMatchObject({ code: "foreign_malformed" })
  })

  it.each([-33, -1, 1, 17])(
    "refuses an impossible length (%i bytes off) before it asks the keys",
    async (off) => {
      const bytes = Buffer.from(TOKEN.token, "base64url")
      const changed = Buffer.concat([bytes, Buffer.alloc(17)]).subarray(
        0,
        bytes.length + off
      )
      const text = changed
        .toString("base64")
        .replaceAll("+", "-")
        .replaceAll("/", "_")
      expect(await refusal(text)).toMatchObject({ code: "foreign_malformed" })
    }
  )

  it("refuses what none of its keys made, and says so", async () => {
    const other = createFernetImporter([
      randomBytes(32).toString("base64url") + "=",
    ])
    const error = await refusal(TOKEN.token, () => other.open(TOKEN.token))
    expect(error.code).toBe("foreign_unauthenticated")
    expect(error.message).toContain("none of the given keys")
  })

  it.each([
    "gAAAAA",
    "gAAAAAB",
    "EAAB",
    "",
    5,
    null,
    undefined,
    {},
    "gAAAAAB*",
  ])("recognises Fernet tokens by shape: %p", (value) => {
    expect(importer.recognises(value)).toBe(value === "gAAAAAB")
  })

  it.each([
    ["no keys", []],
    ["a short key", [Buffer.alloc(31, 1).toString("base64url")]],
    ["a key in ordinary base64", [Buffer.alloc(32, 0xfb).toString("base64")]],
    ["a key without padding", [Buffer.alloc(32, 1).toString("base64url")]],
    ["a missing key", [undefined as never]],
  ])("cannot be made with %s, and never echoes one", async (_, keys) => {
    const error = await failureOf(() => createFernetImporter(keys))
    expect(error).toBeInstanceOf(ImporterNotUsableError)
    for (const key of keys.filter(Boolean)) {
      expect(everythingItPrints(error)).not.toContain(key)
    }
  })

  it("prints no key", () => {
    const printed = inspect(importer, { depth: Infinity, showHidden: true })
    expect(golden.keys.filter((key) => printed.includes(key))).toEqual([])
  })
})
