import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import type { ExecArgs } from "@medusajs/framework/types"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { openCredential } from "../../src/modules/socials/utils/token-helpers"
import encryptionDoctor from "../../src/scripts/encryption-doctor"
import showEncryptionStatus from "../../src/scripts/encryption-status"
import importFernet from "../../src/scripts/import-fernet"
import importScrypt from "../../src/scripts/import-scrypt"
import retireKey from "../../src/scripts/retire-key"
import rotateKey from "../../src/scripts/rotate-key"
import sealPlaintext from "../../src/scripts/seal-plaintext"
import verifyEncryption from "../../src/scripts/verify-encryption"
import { sql } from "./support/application"
import { connectTwoPlatforms } from "./support/connected-platforms"
import { changeLetter } from "./support/envelopes"
import { newFernetKey, sealFernet } from "./support/fernet"
import { restartEncryption } from "./support/keys"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

const FERNET_KEY = newFernetKey()

medusaIntegrationTestRunner({
  env: {
    ENCRYPTION_KEY_V2: randomBytes(32).toString("base64"),
    TOKEN_ENCRYPTION_KEY: FERNET_KEY,
    ENCRYPTION_SECRET: "the secret of the tenant vault",
  },
  testSuite: (options) => {
    const { getContainer } = options
    beforeEach(() => restartEncryption(getContainer()))
    const { context, stored, overwrite } = connectTwoPlatforms(options)
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), "imports-"))
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    /** Runs a script as `medusa exec` does, and returns what it logged. */
    const run = async (
      script: (args: ExecArgs) => Promise<void>,
      ...args: string[]
    ): Promise<string> => {
      const watch = startWatch(getContainer(), context.admin)
      try {
        await script({ container: getContainer() as never, args })
        return watch.log.join("\n")
      } finally {
        watch.stop()
      }
    }
    const accessToken = async () =>
      (
        await openCredential(
          (await stored()).api_config,
          "access_token",
          getContainer(),
          context.id
        )
      )?.reveal()

    it("rotates a key after a dry run, verifies, and tells how it stands", async () => {
      const token = await accessToken()
      expect(await run(rotateKey, "2")).toMatch(
        /version 2 would take the place of version 1, and 4 values would be re-encrypted[^]*dry run/
      )
      expect((await stored()).key_version).toBe(1)

      const log = await run(rotateKey, "2", "apply")
      expect(log).toMatch(/2 rows examined, 2 changed/)
      expect(log).toMatch(/verify: 4 values of format 2 under key version 2/)
      expect((await stored()).key_version).toBe(2)
      expect(await accessToken()).toBe(token)
      expect(await run(showEncryptionStatus)).toMatch(
        /key version 2: active; 4 values of format 2/
      )

      // Started again, it finds nothing left to do; and it goes backwards too.
      expect(await run(rotateKey, "2", "apply")).toMatch(/0 rows examined/)
      expect(await run(rotateKey, "1", "apply")).toMatch(/2 changed/)
    })

    it("has a doctor that fails on an error alone, and says what to do", async () => {
      expect(await run(encryptionDoctor)).toMatch(
        /doctor: process \d+ on .* has key versions 1, 2[^]*doctor: info: An environment file.*Require encryption for good[^]*no errors/
      )
      await sql(
        getContainer(),
        "insert into encryption_process (id, host, pid, keys) values ('another', 'worker-7', 41, '[]')"
      )
      await expect(run(encryptionDoctor)).rejects.toThrow(/doctor: 1 error\./)
    })

    it("retires only what nothing needs", async () => {
      await expect(run(retireKey, "1")).rejects.toMatchObject({
        message: expect.stringMatching(/Key version 1 is active/),
      })
      await run(rotateKey, "2", "apply")
      await sql(
        getContainer(),
        "update encryption_key set promoted_at = now() - interval '1 hour' where version = 2"
      )
      expect(await run(retireKey, "1")).toMatch(/version 1 is retired/)
    })

    it("seals plaintext after a dry run", async () => {
      await overwrite({ access_token: "left-in-plaintext" })
      expect(await run(sealPlaintext)).toMatch(/1 would be changed[^]*dry run/)
      expect((await stored()).api_config.access_token).toBe("left-in-plaintext")
      expect(await run(sealPlaintext, "apply")).toMatch(/1 changed/)
      expect(await accessToken()).toBe("left-in-plaintext")
    })

    it("fails in the end when a value does not open, and names it", async () => {
      const { api_config } = await stored()
      const envelope = api_config.access_token_encrypted as { authTag: string }
      await overwrite({
        ...api_config,
        access_token_encrypted: {
          ...envelope,
          authTag: changeLetter(envelope.authTag),
        },
      })
      const watch = startWatch(getContainer(), context.admin)
      await expect(
        verifyEncryption({ container: getContainer() as never, args: [] })
      )
        .rejects.toThrow(/1 values could not be opened/)
        .finally(watch.stop)
      expect(watch.log.join("\n")).toContain(
        `access_token of ${context.id} is left as it is (tampered)`
      )
    })

    it("imports a CSV file after a dry run, and says which rows failed", async () => {
      const file = path.join(folder, "tokens.csv")
      const token = sealFernet(FERNET_KEY, "imported-token")
      writeFileSync(
        file,
        `Platform_id,value\n${context.other},${token}\n${context.id},\n`
      )
      await expect(
        run(importFernet, "file", file, "overwrite")
      ).rejects.toThrow(/1 rows failed/)
      await expect(
        run(importFernet, "file", file, "overwrite", "apply")
      ).rejects.toThrow(/1 rows failed/)
      const { api_config } = await stored(context.other)
      const value = await openCredential(
        api_config,
        "access_token",
        getContainer(),
        context.other
      )
      expect(value?.reveal()).toBe("imported-token")
    })

    it("imports in place, and asks for names where a format has no mark", async () => {
      await overwrite({ access_token: sealFernet(FERNET_KEY, "in-place") })
      expect(await run(importFernet, "stored", "apply")).toMatch(/1 changed/)
      expect(await accessToken()).toBe("in-place")
      await expect(run(importScrypt, "stored", "apply")).rejects.toThrow(
        /Name the credentials/
      )
    })

    it.each([
      [rotateKey, []],
      [rotateKey, ["two"]],
      [retireKey, []],
      [sealPlaintext, ["now"]],
      [importFernet, []],
      [importFernet, ["file"]],
      [importFernet, ["file", "no-such-file.csv"]],
      [importFernet, ["column", "only_a_table"]],
    ])("%p refuses the words %j, and does nothing", async (script, args) => {
      const before = await stored()
      await expect(run(script, ...args)).rejects.toMatchObject({
        type: "invalid_data",
      })
      expect(await stored()).toEqual(before)
    })
  },
})
