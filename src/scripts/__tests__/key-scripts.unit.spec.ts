import { createCipheriv, randomBytes } from "node:crypto"
import {
  startKeyService,
  type KeyService,
} from "../../modules/encryption/__tests__/key-service"
import { material } from "../../modules/encryption/__tests__/support"
import { sealV2 } from "../../modules/encryption/envelope/format-2"
import { createKeyring } from "../../modules/encryption/keys/keyring"
import { checkKey, describeCheck } from "../check-key"
import { wrapKey } from "../wrap-key"

const text = (version: number) => material(version).secret.toString("base64")
const kidOf = (version: number) =>
  createKeyring([material(version)]).keys[0].kid

/** As GET /admin/encryption answers. */
const status = () => ({
  encryption: {
    active_version: 2,
    keys: [1, 2].map((version) => ({ version, kid: kidOf(version) })),
  },
})

describe("check-key", () => {
  it("says which version a key of the registry's export is", () => {
    const check = checkKey(`${text(2)}\n`, [status()])
    expect(check).toEqual({ kid: kidOf(2), versions: [2], others: [1] })
    expect(describeCheck(check)).toBe(
      `The key id is ${kidOf(2)}. This is key version 2.`
    )
  })

  it("knows the key of an envelope of format 2, within a row's export", () => {
    const key = createKeyring([material(7)]).active!
    const envelope = sealV2(key, "a token", {
      table: "social_platform",
      field: "access_token",
      rowId: "splat_1",
    })
    const rows = [{ api_config: { access_token_encrypted: envelope } }]
    expect(checkKey(text(7), [rows]).versions).toEqual([7])
    expect(describeCheck(checkKey(text(8), [rows]))).toMatch(
      /key versions 7, and this key is none of them/
    )
  })

  it("knows the key of an envelope of format 1 by opening it", () => {
    const iv = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", material(3).secret, iv)
    const encrypted = Buffer.concat([cipher.update("a token"), cipher.final()])
    const envelope = {
      encrypted: encrypted.toString("base64"),
      iv: iv.toString("base64"),
      authTag: cipher.getAuthTag().toString("base64"),
      keyVersion: 3,
    }
    expect(checkKey(text(3), [envelope]).versions).toEqual([3])
    expect(checkKey(text(4), [envelope]).others).toEqual([3])
  })

  it("refuses what is no key, without quoting it", () => {
    expect(() => checkKey("not-a-key-but-a-secret", [])).toThrow(
      /The key must be 32 random bytes in base64/
    )
    expect(() => checkKey("not-a-key-but-a-secret", [])).not.toThrow(
      /not-a-key-but-a-secret/
    )
  })
})

describe("wrap-key", () => {
  let service: KeyService
  beforeAll(async () => {
    service = await startKeyService(({ path }) =>
      path === "/v1/transit/datakey/wrapped/shop"
        ? { status: 200, body: { data: { ciphertext: "vault:v1:bmV3" } } }
        : { status: 403, body: { errors: [] } }
    )
  })
  afterAll(() => service.stop())
  const env = () => ({ VAULT_ADDR: service.address, VAULT_TOKEN: "hvs.token" })

  it("has Vault make a key that leaves it only wrapped, bound to its version", async () => {
    expect(await wrapKey(["vault-transit", "4", "shop"], env())).toEqual({
      version: 4,
      wrapped: "vault:v1:bmV3",
      kek_id: "transit/shop",
    })
    const { context } = service.asked[0].body
    expect(Buffer.from(String(context), "base64").toString()).toBe(
      "plugin=medusa-plugin-social-platforms,purpose=credentials,version=4"
    )
  })

  it.each([
    [["vault-transit", "0", "shop"], /Give this script the words/],
    [["a-safe", "1", "shop"], /Give this script the words/],
    [["vault-transit", "4", "other"], /did not make key version 4.*denied/],
  ])("refuses the words %j", async (words, message) => {
    await expect(wrapKey(words, env())).rejects.toThrow(message)
  })
})
