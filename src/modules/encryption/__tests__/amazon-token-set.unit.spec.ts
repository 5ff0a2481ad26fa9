import { execFileSync } from "node:child_process"
import path from "node:path"
import { buildSync } from "esbuild"

import { SecretString } from "../../../secrets/secret-string"
import { ForeignValueError } from "../errors"
import { parseAmazonTokenSet } from "../importers/amazon-token-set"
import { createFernetImporter } from "../importers/fernet"
import { everythingItPrints, failureOf, readVectors } from "./support"

const MEDUSA_ERRORS = path.join(
  path.dirname(require.resolve("@medusajs/utils")),
  "common/errors.js"
)
const CREATED = new Date("2025-01-01T00:00:00Z")
const parse = (value: unknown) =>
  parseAmazonTokenSet({
    secret: new SecretString(
      typeof value === "string" ? value : JSON.stringify(value)
    ),
    created_at: CREATED,
  })

describe("token sets of an Amazon Ads service", () => {
  it("are taken apart from the Fernet values that Python made", () => {
    const { keys, values } = readVectors<{
      fernet: { keys: string[]; values: { name: string; token: string }[] }
    }>("golden-foreign-values.json").fernet
    const importer = createFernetImporter(keys)
    const sets = values
      .filter(({ name }) => name === "amazon token set")
      .map(({ token }) => parseAmazonTokenSet(importer.open(token)))

    expect(sets).toHaveLength(2)
    for (const set of sets) {
      expect(set.access_token.reveal()).toBe("Atza|IwEBIA-golden")
      expect(set.refresh_token?.reveal()).toBe("Atzr|IwEBIB-golden")
      expect(set).toMatchObject({
        token_type: "bearer",
        scopes: ["advertising::campaign_management", "profile"],
        expires_at: new Date("2025-03-04T05:06:07.250Z"),
        ignored: ["profile_id"],
      })
    }
  })

  it("need nothing but an access token", () => {
    expect(
      parse({ access_token: "A", refresh_token: null, scope: "" })
    ).toMatchObject({
      refresh_token: null,
      token_type: null,
      scopes: null,
      expires_at: null,
      ignored: [],
    })
  })

  it.each([
    ["seconds", { expires_at: 1741064767 }, "2025-03-04T05:06:07Z"],
    ["milliseconds", { expires_at: 1741064767000 }, "2025-03-04T05:06:07Z"],
    [
      "a time without a zone, which is UTC",
      { expires_at: "2025-03-04T05:06:07.250000" },
      "2025-03-04T05:06:07.250Z",
    ],
    [
      "a time with a blank",
      { expires_at: "2025-03-04 05:06:07" },
      "2025-03-04T05:06:07Z",
    ],
    [
      "a time with a zone",
      { expires_at: "2025-03-04T07:06:07+02:00" },
      "2025-03-04T05:06:07Z",
    ],
    ["a span since the sealing", { expires_in: 3600 }, "2025-01-01T01:00:00Z"],
    [
      "both, of which the time counts",
      { expires_at: 1741064767, expires_in: 1 },
      "2025-03-04T05:06:07Z",
    ],
  ])("know their expiry from %s", (_, members, expected) => {
    expect(parse({ access_token: "A", ...members }).expires_at).toEqual(
      new Date(expected)
    )
  })

  it("mean UTC where a time has no zone, wherever the server stands", () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `
          import { parseAmazonTokenSet } from "../importers/amazon-token-set"
          import { SecretString } from "../../../secrets/secret-string"
          const secret = new SecretString('{"access_token":"A","expires_at":"2025-03-04 05:06:07"}')
          process.stdout.write(parseAmazonTokenSet({ secret, created_at: new Date() }).expires_at.toISOString())
        `,
        resolveDir: __dirname,
      },
      // For the class of errors alone, all of it would be loaded.
      alias: { "@medusajs/framework/utils": MEDUSA_ERRORS },
      bundle: true,
      write: false,
      platform: "node",
    })
    const printed = execFileSync(
      process.execPath,
      ["-e", outputFiles[0].text],
      { env: { ...process.env, TZ: "Asia/Tokyo" }, encoding: "utf8" }
    )
    expect(printed).toBe("2025-03-04T05:06:07.000Z")
  })

  it("have only members of their own", () => {
    const name = "refresh_token"
    Object.defineProperty(Object.prototype, name, {
      value: "inherited",
      configurable: true,
    })
    const { refresh_token } = parse({ access_token: "A" })
    delete (Object.prototype as Record<string, unknown>)[name]
    expect(refresh_token).toBeNull()
  })

  it("know their scopes from a list too", () => {
    expect(parse({ access_token: "A", scopes: ["a", "b"] }).scopes).toEqual([
      "a",
      "b",
    ])
  })

  it.each([
    ["no JSON", "Atza|a-plain-secret-token"],
    ["a list", ["Atza|a-plain-secret-token"]],
    ["no access token", { refresh_token: "Atzr|a-plain-secret-token" }],
    [
      "an inherited access token",
      '{"__proto__":{"access_token":"Atza|a-plain-secret-token"}}',
    ],
    [
      "an access token that is no text",
      { access_token: ["Atza|a-plain-secret-token"] },
    ],
    [
      "an expiry that is no time",
      { access_token: "Atza|a-plain-secret-token", expires_at: "soon" },
    ],
  ])("are refused with %s, without an echo", async (_, value) => {
    const error = await failureOf(() => parse(value))
    expect(error).toBeInstanceOf(ForeignValueError)
    expect(error.code).toBe("foreign_malformed")
    expect(everythingItPrints(error)).not.toContain("a-plain-secret-token")
  })
})
