import { randomBytes } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { encryptionModule } from "../../src/credentials/modules"
import rotateEncryptionKey from "../../src/jobs/rotate-encryption-key"
import {
  type Answer,
  type Asked,
  type KeyService,
  QUICK,
  startKeyService,
} from "../../src/modules/encryption/__tests__/key-service"
import { awsKmsKeySource } from "../../src/modules/encryption/key-sources/aws-kms"
import {
  vaultContext,
  vaultTransitKeySource,
} from "../../src/modules/encryption/key-sources/vault-transit"
import type { KeySource } from "../../src/modules/encryption/keys/key-source"
import {
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { restartEncryption, sealWithFirstKey } from "./support/keys"
import { sandbox } from "./support/sandbox"
import { startWatch } from "./support/watch"

jest.setTimeout(240_000)

const TOKEN = "hvs.a-token-of-the-rotation"
const KEK = "arn:aws:kms:eu-central-1:111122223333:key/of-the-rotation"
const secondKey = randomBytes(32).toString("base64")
const firstRoot = () => process.env.ENCRYPTION_KEY ?? ""

/** What a service has wrapped, with the context that it is bound to. */
const createVaultOfKeys = () => {
  const wrapped = new Map<string, { root: string; context: string }>()
  return {
    wrap: (name: string, root: string, context: string) => {
      wrapped.set(name, { root, context })
      return name
    },
    unwrap: (name: unknown, context: string) => {
      const entry = wrapped.get(String(name))
      return entry?.context === context ? entry.root : undefined
    },
  }
}

/** HashiCorp Vault's transit engine with a derived key: decrypt, and data keys that only leave it wrapped. */
const startVault = async (): Promise<[KeyService, KeySource]> => {
  const keys = createVaultOfKeys()
  const contextOf = (version: number) =>
    Buffer.from(vaultContext(version)).toString("base64")
  const first = keys.wrap("vault:v1:Zmlyc3Q=", firstRoot(), contextOf(1))
  const answer = ({ path, headers, body }: Asked): Answer => {
    if (headers["x-vault-token"] !== TOKEN) {
      return { status: 403, body: { errors: ["permission denied"] } }
    }
    if (path === "/v1/transit/datakey/wrapped/shop") {
      const name = `vault:v1:${randomBytes(24).toString("base64")}`
      const root = randomBytes(32).toString("base64")
      keys.wrap(name, root, String(body.context))
      return { status: 200, body: { data: { ciphertext: name } } }
    }
    const plaintext = keys.unwrap(body.ciphertext, String(body.context))
    return plaintext
      ? { status: 200, body: { data: { plaintext } } }
      : { status: 400, body: { errors: ["message authentication failed"] } }
  }
  const service = await startKeyService(answer)
  const source = vaultTransitKeySource({
    address: service.address,
    token: TOKEN,
    key: "shop",
    keys: [{ version: 1, wrapped: first }],
    retry: QUICK,
  })
  return [service, source]
}

/** AWS KMS as its API reference describes Decrypt and GenerateDataKeyWithoutPlaintext. */
const startKms = async (): Promise<[KeyService, KeySource]> => {
  const keys = createVaultOfKeys()
  const contextOf = (version: number) =>
    JSON.stringify({
      plugin: "medusa-plugin-social-platforms",
      purpose: "credentials",
      version: String(version),
    })
  const first = keys.wrap(
    Buffer.from("blob of version one").toString("base64"),
    firstRoot(),
    contextOf(1)
  )
  const ok = (body: object): Answer => ({
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: { KeyId: KEK, ...body },
  })
  const answer = ({ headers, body }: Asked): Answer => {
    const context = JSON.stringify(body.EncryptionContext)
    if (
      headers["x-amz-target"] === "TrentService.GenerateDataKeyWithoutPlaintext"
    ) {
      const CiphertextBlob = randomBytes(60).toString("base64")
      const root = randomBytes(32).toString("base64")
      keys.wrap(CiphertextBlob, root, context)
      return ok({ CiphertextBlob })
    }
    const Plaintext = keys.unwrap(body.CiphertextBlob, context)
    return Plaintext
      ? ok({ Plaintext, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" })
      : { status: 400, body: { __type: "InvalidCiphertextException" } }
  }
  const service = await startKeyService(answer)
  const source = awsKmsKeySource({
    keys: [{ version: 1, wrapped: first, kek_id: KEK }],
    region: "eu-central-1",
    endpoint: service.address,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    retry: QUICK,
  })
  return [service, source]
}

medusaIntegrationTestRunner({
  env: { ENCRYPTION_KEY_V2: secondKey },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let service: KeyService | undefined
    let platform: string

    beforeEach(async () => {
      await sandbox.reset()
      await sealWithFirstKey(getContainer())
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platform = await connectSandbox(admin)
      await pass("200 days", 1)
    })
    afterEach(async () => {
      process.env.ENCRYPTION_KEY_V2 = secondKey
      await service?.stop()
      service = undefined
    })

    const pass = (time: string, version: number) =>
      sql(
        getContainer(),
        `update encryption_key set promoted_at = now() - interval '${time}' where version = ${version}`
      )
    const states = async () =>
      Object.fromEntries(
        (await sql(getContainer(), "select * from encryption_key")).map(
          ({ version, state }) => [version, state]
        )
      )
    const forgetSecondKey = () =>
      sql(getContainer(), "delete from encryption_key where version = 2")
    const works = async () =>
      (
        await admin.post("/admin/socials/sync-platform-data", {
          platform_id: platform,
        })
      ).status
    /** Runs the job, and returns what it logged. */
    const run = async (): Promise<string> => {
      const watch = startWatch(getContainer(), admin)
      try {
        await rotateEncryptionKey(getContainer())
        return watch.log.join("\n")
      } finally {
        watch.stop()
      }
    }

    it.each([
      ["AWS KMS", startKms],
      ["HashiCorp Vault", startVault],
    ])(
      "makes a key with %s, promotes, re-encrypts, verifies and retires by itself",
      async (_, startService) => {
        // The environment's second key is not this store's.
        delete process.env.ENCRYPTION_KEY_V2
        await forgetSecondKey()
        const [started, key_source] = await startService()
        service = started
        await restartEncryption(getContainer(), {
          key_source,
          rotation: { every_days: 180 },
        })
        const log = await run()
        expect(log).toMatch(
          /version 1 has been the active one for 200 days: version 2 was made[^]*version 2 is the active one[^]*1 rows were re-encrypted[^]*waits: Version 2 was promoted a moment ago/
        )
        expect(await states()).toEqual({ 1: "decrypt_only", 2: "active" })
        expect(await works()).toBe(200)

        await pass("5 minutes", 2)
        // A process that starts now finds the key that was made.
        await restartEncryption(getContainer(), {
          key_source,
          rotation: { every_days: 180 },
        })
        expect(await run()).toMatch(/version 1 was retired/)
        expect(await states()).toEqual({ 1: "retired", 2: "active" })
        expect(await works()).toBe(200)
        expect(await run()).toBe("")
      }
    )

    it("does nothing unless it is switched on", async () => {
      expect(await run()).toBe("")
      expect(await states()).toEqual({ 1: "active", 2: "pending" })
    })

    it("promotes a key of the environment that is there, once every process has it and the doctor agrees", async () => {
      await restartEncryption(getContainer(), { rotation: { every_days: 90 } })
      await sql(
        getContainer(),
        `insert into encryption_process (id, host, pid, keys)
         select 'another', 'worker-7', 41, jsonb_build_array(jsonb_build_object('version', version, 'kid', kid))
         from encryption_key where version = 1`
      )
      expect(await run()).toMatch(
        /waits: Key version 2 is missing in a running process: process 41 on worker-7/
      )
      await sql(
        getContainer(),
        "update encryption_process set keys = '[]' where id = 'another'"
      )
      expect(await run()).toMatch(/does not have key version 1, the active one/)
      expect(await states()).toEqual({ 1: "active", 2: "pending" })

      await sql(
        getContainer(),
        "delete from encryption_process where id = 'another'"
      )
      expect(await run()).toMatch(/version 2 is the active one/)
      expect(await encryptionModule(getContainer()).activeKeyVersion()).toBe(2)
      await pass("5 minutes", 2)
      expect(await run()).toMatch(/version 1 was retired/)
      expect(await works()).toBe(200)

      // The next is an operator's to add.
      await pass("100 days", 2)
      expect(await run()).toMatch(
        /version 2 has been the active one for 100 days. Configure a new key as version 3/
      )
    })
  },
})
