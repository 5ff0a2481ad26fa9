import { createContainer } from "@medusajs/framework/awilix"

import { createKeyring } from "../keys/keyring"
import { resolvePolicy } from "../policy"
import EncryptionModuleService from "../service"
import {
  CONTEXT,
  createService,
  failureOf,
  fixedRegistry,
  type GoldenFile,
  material,
  readVectors,
} from "./support"

const golden = readVectors<GoldenFile>("golden-envelopes.json")
const goldenRoot = (version: number) =>
  Buffer.from(golden.roots[version], "base64")

describe("rotation", () => {
  const before = () => createService({ keys: [material(1)] }).service
  const after = () =>
    createService({ keys: [material(2), material(1, "decrypt_only")] }).service

  it("still opens what the earlier key sealed, and seals with the new one", async () => {
    const old = await before().encrypt("token", CONTEXT)
    const service = after()
    expect((await service.decrypt(old, CONTEXT)).reveal()).toBe("token")
    expect((await service.encrypt("token", CONTEXT)).keyVersion).toBe(2)
    expect(await service.activeKeyVersion()).toBe(2)
  })

  it("finds what needs re-encryption, in every spelling, without opening it", async () => {
    const old = await before().encrypt("token", CONTEXT)
    const service = after()
    const fresh = await service.encrypt("token", CONTEXT)
    expect(await service.needsReEncryption(old)).toBe(true)
    expect(await service.needsReEncryption(JSON.stringify(old))).toBe(true)
    expect(await service.needsReEncryption(fresh)).toBe(false)
    expect(await service.needsReEncryption(JSON.stringify(fresh))).toBe(false)
    expect(await service.needsReEncryption({ ...fresh, keyVersion: 9 })).toBe(
      true
    )
  })

  it("re-encrypts for the same place under the active key", async () => {
    const old = await before().encrypt("token", CONTEXT)
    const service = after()
    const reEncrypted = await service.reEncrypt(old, CONTEXT)
    expect(reEncrypted).toMatchObject({ v: 2, keyVersion: 2 })
    expect(await service.needsReEncryption(reEncrypted)).toBe(false)
    const alone = createService({ keys: [material(2)] }).service
    expect((await alone.decrypt(reEncrypted, CONTEXT)).reveal()).toBe("token")
    expect((await failureOf(() => alone.decrypt(old, CONTEXT))).code).toBe(
      "unknown_key_version"
    )
  })

  it("can be taken back while both keys are there", async () => {
    const reEncrypted = await after().reEncrypt(
      await before().encrypt("token", CONTEXT),
      CONTEXT
    )
    const back = createService({
      keys: [material(1), material(2, "decrypt_only")],
    }).service
    expect(await back.needsReEncryption(reEncrypted)).toBe(true)
    const returned = await back.reEncrypt(reEncrypted, CONTEXT)
    expect((await before().decrypt(returned, CONTEXT)).reveal()).toBe("token")
  })

  it("does not move a value: re-encrypting at another place is refused", async () => {
    const service = after()
    const sealed = await service.encrypt("token", CONTEXT)
    const error = await failureOf(() =>
      service.reEncrypt(sealed, { ...CONTEXT, rowId: "other" })
    )
    expect(error.code).toBe("tampered")
  })

  it("brings format 1 to format 2, bound to its place, also under the same version", async () => {
    const service = createService({
      keys: [{ ...material(1), secret: goldenRoot(1) }],
    }).service
    const legacy = golden.v1.find(({ envelope }) => envelope.keyVersion === 1)!
    expect(await service.needsReEncryption(legacy.envelope)).toBe(true)
    const reEncrypted = await service.reEncrypt(legacy.envelope, CONTEXT)
    expect(reEncrypted).toMatchObject({ v: 2, keyVersion: 1 })
    expect((await service.decrypt(reEncrypted, CONTEXT)).reveal()).toBe(
      legacy.plaintext
    )
    expect((await failureOf(() => service.decrypt(reEncrypted))).code).toBe(
      "tampered"
    )
  })

  it.each([
    ["plaintext", "plain-token", "plaintext_not_allowed"],
    ["a damaged envelope", { v: 2, encrypted: "x" }, "malformed_envelope"],
  ])("refuses to judge or re-encrypt %s", async (_, stored, code) => {
    const service = after()
    expect(
      (await failureOf(() => service.needsReEncryption(stored as never))).code
    ).toBe(code)
    expect(
      (await failureOf(() => service.reEncrypt(stored as never, CONTEXT))).code
    ).toBe(code)
  })

  it("tells versions, key ids and states, and no key", async () => {
    const versions = await after().keyVersions()
    expect(versions).toEqual([
      {
        version: 1,
        kid: expect.stringMatching(/^[\w-]{22}$/),
        state: "decrypt_only",
      },
      {
        version: 2,
        kid: expect.stringMatching(/^[\w-]{22}$/),
        state: "active",
      },
    ])
  })
})

describe("LOG_TOKEN_OPERATIONS", () => {
  const environment = process.env

  beforeEach(() => {
    process.env = { ...environment, LOG_TOKEN_OPERATIONS: "true" }
  })
  afterEach(() => {
    process.env = environment
  })

  it("writes one line for each attempt: outcome, place and version, never the value", async () => {
    const { service, lines } = createService({ keys: [material(3)] })
    const envelope = await service.encrypt("the-secret-token", CONTEXT)
    await service.decrypt(envelope, CONTEXT)
    await failureOf(() =>
      service.decrypt(envelope, { ...CONTEXT, field: "refresh_token" })
    )
    await failureOf(() => service.decrypt("the-secret-token", CONTEXT))
    await failureOf(() => service.encrypt(7 as never, CONTEXT))

    const place =
      "table=social_platform field=access_token row=splat_01JABCDEFGHJKMNPQRSTVWXYZ"
    expect(lines).toEqual([
      {
        level: "info",
        text: `[TOKEN_ENCRYPT] outcome=ok ${place} key_version=3`,
      },
      {
        level: "info",
        text: `[TOKEN_DECRYPT] outcome=ok ${place} key_version=3`,
      },
      {
        level: "warn",
        text: `[TOKEN_DECRYPT] outcome=failed ${place.replace("access", "refresh")} key_version=3 reason=tampered`,
      },
      {
        level: "warn",
        text: `[TOKEN_DECRYPT] outcome=failed ${place} key_version=- reason=plaintext_not_allowed`,
      },
      {
        level: "warn",
        text: `[TOKEN_ENCRYPT] outcome=failed ${place} key_version=- reason=invalid_plaintext`,
      },
    ])
    expect(JSON.stringify(lines)).not.toContain("the-secret-token")
    expect(JSON.stringify(lines)).not.toContain(envelope.encrypted)
  })

  it("logs both halves of a re-encryption", async () => {
    const { service, lines } = createService()
    await service.reEncrypt(await service.encrypt("x", CONTEXT), CONTEXT)
    expect(lines.map(({ text }) => text.slice(0, 15))).toEqual([
      "[TOKEN_ENCRYPT]",
      "[TOKEN_DECRYPT]",
      "[TOKEN_ENCRYPT]",
    ])
  })

  it("cannot be made to write a second line by an identifier", async () => {
    const { service, lines } = createService()
    await service.encrypt("x", {
      ...CONTEXT,
      rowId: "a\n[TOKEN_DECRYPT] outcome=ok",
    })
    expect(lines).toHaveLength(1)
    expect(lines[0].text).not.toMatch(/\n| \[TOKEN_DECRYPT\]/)
  })

  it.each(["", "false", "0", "no"])(
    "writes nothing when it is %p",
    async (value) => {
      process.env.LOG_TOKEN_OPERATIONS = value
      const { service, lines } = createService()
      await service.encrypt("x", CONTEXT)
      expect(lines).toEqual([])
    }
  )

  it("does without a logger, and finds one that is registered later", async () => {
    const container = createContainer()
    const cradle = new Proxy(
      {
        encryptionRotation: null,
        encryptionKeySource: { name: "test", load: async () => [] },
        encryptionRegistry: fixedRegistry(createKeyring([material(1)])),
        encryptionPolicy: resolvePolicy({}, {}),
        encryptionReadingConfigured: false,
      },
      {
        get: (own, name) =>
          name in own
            ? Reflect.get(own, name)
            : container.resolve(name as string),
      }
    )
    const service = new EncryptionModuleService(cradle as never)
    expect((await service.decrypt(await service.encrypt("x"))).reveal()).toBe(
      "x"
    )

    const info = jest.fn()
    container.register({ logger: { resolve: () => ({ info }) } as never })
    await service.encrypt("x", CONTEXT)
    expect(info).toHaveBeenCalledTimes(1)
  })
})

it("works through a proxy, as Medusa's module test runner calls services", async () => {
  const { service } = createService()
  const proxy = new Proxy({} as EncryptionModuleService, {
    get: (_, name) => Reflect.get(service, name),
  })
  expect(
    (await proxy.decrypt(await proxy.encrypt("x", CONTEXT), CONTEXT)).reveal()
  ).toBe("x")
})
