import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  decryptAccessToken,
  decryptRefreshToken,
  encryptAccessToken,
  encryptRefreshToken,
  hasEncryptedTokens,
  openCredential,
} from "../../src/modules/socials/utils/token-helpers"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { accountOf, approve, sql } from "./support/application"
import { connectTwoPlatforms } from "./support/connected-platforms"
import { changeLetter, sealFormat1 } from "./support/envelopes"
import { createPost, publish } from "./support/posts"
import { sandbox } from "./support/sandbox"
import { startWatch } from "./support/watch"

jest.setTimeout(180_000)

const PLAINTEXT = "marked-plaintext-9d3e"

medusaIntegrationTestRunner({
  testSuite: (options) => {
    const { getContainer } = options
    const { context, stored, overwrite, sync, show, credential } =
      connectTwoPlatforms(options)

    const envelopes = async (id = context.id) =>
      (await stored(id)).api_config as Record<
        "access_token_encrypted" | "refresh_token_encrypted",
        EnvelopeV2
      >

    /** Tries everything that needs the access token: nothing may come of it. */
    const expectUnusable = async (message: RegExp, id = context.id) => {
      const { admin } = context
      const before = await stored(id)
      const requests = await sandbox.countRequests("GET", "/api/accounts")

      const synced = await sync(id)
      expect([synced.status, synced.data.message]).toEqual([
        500,
        expect.stringMatching(message),
      ])
      const verified = await admin.post(`/admin/social-platforms/${id}/verify`)
      expect([verified.status, verified.data.message]).toEqual([
        500,
        expect.stringMatching(message),
      ])
      const post = await createPost(admin, {
        account_ids: [await accountOf(admin, id)],
      })
      const published = await publish(admin, post)
      expect(published).toMatchObject({
        status: "failed",
        publications: [
          {
            state: "failed",
            last_error: { message: expect.stringMatching(message) },
          },
        ],
      })
      const said = JSON.stringify([synced.data, verified.data, published])
      expect(said).not.toContain(PLAINTEXT)
      expect(said).not.toContain("authTag")

      expect(await stored(id)).toEqual(before)
      expect(await sandbox.countRequests("GET", "/api/accounts")).toBe(requests)
      expect(await sandbox.posts()).toEqual([])

      // One bad row breaks neither the list nor the other platforms.
      const list = await admin.get("/admin/social-platforms")
      expect([list.status, list.data.count]).toEqual([200, 2])
      const good = id === context.id ? context.other : context.id
      expect((await sync(good)).status).toBe(200)
    }

    describe("an envelope that was changed in the database", () => {
      it("fails clearly wherever it is used, and breaks no list", async () => {
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        await overwrite({
          ...rest,
          access_token_encrypted: {
            ...envelope,
            encrypted: changeLetter(envelope.encrypted),
          },
        })
        await expectUnusable(
          new RegExp(
            `^The stored value failed authentication \\(social_platform\\.access_token of ${context.id}, key version 1\\)\\. It was changed, moved from another row or field, or sealed with another key; restore it from a backup or enter the secret again\\.$`
          )
        )
        expect(await credential("access_token")).toEqual({
          name: "access_token",
          configured: true,
          storage: "encrypted",
          key_version: 1,
        })
      })

      it("is told from a wrong version, a wrong key and a damaged envelope", async () => {
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        const { authTag, kid: _kid, v: _v, ctx, ...short } = envelope
        for (const [changed, message] of [
          [
            { ...envelope, iv: changeLetter(envelope.iv) },
            /failed authentication/,
          ],
          [
            { ...envelope, authTag: changeLetter(authTag) },
            /failed authentication/,
          ],
          [
            { ...envelope, kid: changeLetter(envelope.kid) },
            /other key material/,
          ],
          [
            { ...envelope, keyVersion: 7 },
            /not configured.*Set ENCRYPTION_KEY_V7/,
          ],
          [{ ...envelope, v: 3 }, /not a well-formed envelope/],
          [{ ...envelope, extra: 1 }, /not a well-formed envelope/],
          [
            { ...envelope, authTag: authTag.slice(0, 8) },
            /not a well-formed envelope/,
          ],
          // Without its version it would be one of format 1, which has no context.
          [{ ...short, authTag }, /failed authentication/],
          [{ ...short, authTag, ctx }, /not a well-formed envelope/],
          [short, /not a well-formed envelope/],
          [{}, /is not encrypted/],
          [7, /is not encrypted/],
          [PLAINTEXT, /is not encrypted/],
        ] as const) {
          await overwrite({ ...rest, access_token_encrypted: changed })
          const { status, data } = await sync()
          expect([changed, status, data.message]).toEqual([
            changed,
            500,
            expect.stringMatching(message),
          ])
          expect(JSON.stringify([data, await show()])).not.toContain(PLAINTEXT)
        }
      })

      it("is never replaced by a plaintext value that stands beside it", async () => {
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        await overwrite({
          ...rest,
          access_token: PLAINTEXT,
          access_token_encrypted: {
            ...envelope,
            encrypted: changeLetter(envelope.encrypted),
          },
        })
        await expectUnusable(/failed authentication/)
      })

      it("opens in no other row and in no other field", async () => {
        const mine = await envelopes()
        const theirs = await envelopes(context.other)

        await overwrite({
          ...mine,
          access_token_encrypted: theirs.access_token_encrypted,
        })
        await expectUnusable(/failed authentication.*moved from another row/)

        await overwrite({
          access_token_encrypted: mine.refresh_token_encrypted,
          refresh_token_encrypted: mine.access_token_encrypted,
        })
        await expectUnusable(/failed authentication.*another row or field/)
      })

      it("opens for no other tenant, unless the platform was moved by an update", async () => {
        const { admin, id } = context
        const move = (tenant: string | null) =>
          sql(
            getContainer(),
            "update social_platform set tenant_id = ? where id = ?",
            [tenant, id]
          )
        await move("globex")
        await expectUnusable(/failed authentication/)
        await move(null)
        expect((await sync()).status).toBe(200)

        for (const tenant_id of ["acme", "globex", null]) {
          const before = await envelopes()
          const moved = await admin.post(`/admin/social-platforms/${id}`, {
            tenant_id,
          })
          expect([moved.status, moved.data.message]).toEqual([200, undefined])
          expect((await sync()).status).toBe(200)
          const { data } = await admin.post("/admin/encryption/verify")
          expect(data.report.quarantined).toEqual([])
          expect((await envelopes()).access_token_encrypted.iv).not.toBe(
            before.access_token_encrypted.iv
          )
        }
      })

      it("stops a refresh before the network is asked", async () => {
        const { refresh_token_encrypted: envelope, ...rest } = await envelopes()
        await overwrite({
          ...rest,
          refresh_token_encrypted: {
            ...envelope,
            authTag: changeLetter(envelope.authTag),
          },
        })
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [context.id]
        )
        const before = await stored()
        const requests = await sandbox.countRequests("POST", "/token")

        const { status, data } = await sync()
        expect([status, data.message]).toEqual([
          500,
          expect.stringMatching(
            /failed authentication \(social_platform\.refresh_token of/
          ),
        ])
        expect(await sandbox.countRequests("POST", "/token")).toBe(requests)
        expect((await stored()).api_config).toEqual(before.api_config)
      })

      it("is mended by connecting again, and can be removed", async () => {
        const { admin, id } = context
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        const broken = {
          ...rest,
          access_token_encrypted: {
            ...envelope,
            encrypted: changeLetter(envelope.encrypted),
          },
        }
        await overwrite(broken)
        const connected = await admin.post(
          "/admin/oauth/sandbox/callback",
          await approve(admin, id)
        )
        expect(connected.status).toBe(200)
        expect((await sync()).status).toBe(200)

        await overwrite(broken)
        const disconnected = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(disconnected.status).toBe(200)
        expect((await stored()).api_config).toEqual({})

        await overwrite(broken)
        const deleted = await admin.delete(`/admin/social-platforms/${id}`)
        expect(deleted.status).toBe(200)
        expect((await stored()).api_config).toEqual({})
      })
    })

    describe("a plaintext value left from before", () => {
      it("is refused unless the policy allows it, and never shown", async () => {
        const { refresh_token_encrypted } = await envelopes()
        await overwrite({ refresh_token_encrypted, access_token: PLAINTEXT })

        expect(await credential("access_token")).toEqual({
          name: "access_token",
          configured: true,
          storage: "plaintext",
          key_version: null,
        })
        expect(JSON.stringify(await show())).not.toContain(PLAINTEXT)
        await expectUnusable(
          /^The stored value is not encrypted \(social_platform\.access_token of/
        )
      })

      it("is hidden wherever it stands in a row that others have written", async () => {
        await overwrite({
          api_secret: PLAINTEXT,
          webhook_verify_token: PLAINTEXT,
          oauth1_credentials: { oauth_token: PLAINTEXT },
          metadata: {
            pages: [{ id: "1", name: "Shop", access_token: PLAINTEXT }],
            session: { cookie: PLAINTEXT },
            deep: [{ page_token_encrypted: { encrypted: PLAINTEXT } }],
          },
          region: "eu",
        })
        const platform = await show()
        expect(platform.api_config).toEqual({
          region: "eu",
          metadata: { pages: [{ id: "1", name: "Shop" }], deep: [{}] },
        })
        expect(JSON.stringify(platform)).not.toContain(PLAINTEXT)
        const { data } = await context.admin.get("/admin/social-platforms")
        expect(JSON.stringify(data)).not.toContain(PLAINTEXT)
      })

      it("is not made a credential by a write that is about something else", async () => {
        const planted = {
          ...(await envelopes()),
          api_key: PLAINTEXT,
          webhook_secret: 12345,
          oauth_credentials: { oauth_token: PLAINTEXT },
          session_keys: [PLAINTEXT],
          pin: false,
        }
        await overwrite(planted)
        const watch = startWatch(getContainer(), context.admin)
        const { status } = await context.admin
          .post(`/admin/social-platforms/${context.id}`, {
            api_config: { colour: "red" },
          })
          .finally(watch.stop)
        expect(status).toBe(200)
        expect((await stored()).api_config).toEqual({
          ...planted,
          colour: "red",
        })
        for (const name of ["api_key", "webhook_secret", "pin"]) {
          await expect(
            openCredential(
              (await stored()).api_config,
              name,
              getContainer(),
              context.id
            )
          ).rejects.toMatchObject({ code: "plaintext_not_allowed" })
        }
        const { data } = await context.admin.get("/admin/encryption")
        expect(data.encryption).toMatchObject({ plaintext: 5, unrecognised: 0 })
        const log = watch.log.join("\n")
        expect(log).toContain(
          `[Encryption] Platform ${context.id} holds pin, api_key, session_keys, webhook_secret, oauth_credentials outside an envelope.`
        )
        expect(log).not.toContain(PLAINTEXT)
        expect(JSON.stringify(watch.workflows)).not.toContain(PLAINTEXT)
      })

      it("is not made a credential by a token that is refreshed beside it", async () => {
        await overwrite({ ...(await envelopes()), api_key: PLAINTEXT })
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [context.id]
        )
        expect((await sync()).status).toBe(200)
        const { api_config } = await stored()
        expect(Object.keys(api_config).sort()).toEqual([
          "access_token_encrypted",
          "api_key",
          "refresh_token_encrypted",
        ])
        expect(api_config.api_key).toBe(PLAINTEXT)
      })

      it("is sealed by the operation that is for it, whatever its type, and loses nothing", async () => {
        const before = await envelopes()
        await overwrite({
          ...before,
          api_key: PLAINTEXT,
          webhook_secret: 12345,
          oauth_credentials: { oauth_token: PLAINTEXT },
        })
        const { data } = await context.admin.post(
          "/admin/encryption/seal-plaintext"
        )
        expect(data.report).toMatchObject({ changed: 1, quarantined: [] })
        const { api_config } = await stored()
        expect(JSON.stringify(api_config)).not.toContain(PLAINTEXT)
        const open = async (name: string) =>
          (
            await openCredential(api_config, name, getContainer(), context.id)
          )?.reveal()
        expect(await open("api_key")).toBe(PLAINTEXT)
        expect(await open("webhook_secret")).toBe("12345")
        expect(JSON.parse((await open("oauth_credentials")) ?? "")).toEqual({
          oauth_token: PLAINTEXT,
        })
      })

      it("gives way to the credential that a person enters or erases", async () => {
        const before = await envelopes()
        await overwrite({
          ...before,
          api_key: PLAINTEXT,
          webhook_secret: { nested: PLAINTEXT },
        })
        const { status } = await context.admin.post(
          `/admin/social-platforms/${context.id}`,
          { api_config: { api_key: "entered-anew", webhook_secret: null } }
        )
        expect(status).toBe(200)
        expect((await stored()).api_config).toEqual({
          ...before,
          api_key_encrypted: expect.objectContaining({ v: 2 }),
        })
      })

      it("loses the twin that dual writing left with the next write, and no other value", async () => {
        const before = await envelopes()
        const token = await decryptAccessToken(
          before,
          getContainer(),
          context.id
        )
        const write = () =>
          context.admin.post(`/admin/social-platforms/${context.id}`, {
            api_config: { colour: "red" },
          })
        await overwrite({ ...before, access_token: token.reveal() })
        expect((await credential("access_token")).storage).toBe("plaintext")
        expect((await write()).status).toBe(200)
        expect((await stored()).api_config).toEqual({
          ...before,
          colour: "red",
        })
        expect((await credential("access_token")).storage).toBe("encrypted")

        await overwrite({ ...before, access_token: PLAINTEXT })
        expect((await write()).status).toBe(200)
        const kept = { ...before, access_token: PLAINTEXT, colour: "red" }
        expect((await stored()).api_config).toEqual(kept)
        const { data } = await context.admin.post(
          "/admin/encryption/seal-plaintext"
        )
        expect(data.report).toMatchObject({
          changed: 0,
          quarantined: [
            {
              row_id: context.id,
              field: "access_token",
              code: "plaintext_differs",
            },
          ],
        })
        expect((await stored()).api_config).toEqual(kept)
      })
    })

    describe("a value in a place or form that is not its own", () => {
      it("is judged alike by reading, counting, verifying and re-encrypting", async () => {
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        const { admin, id } = context
        for (const [value, code, counted] of [
          [null, null, {}],
          ["", null, {}],
          [{ ...envelope, v: 3 }, "malformed_envelope", { unrecognised: 1 }],
          [{ ...envelope, v: "2" }, "malformed_envelope", { unrecognised: 1 }],
          [
            { ...envelope, iv: `${envelope.iv.slice(0, -1)}=` },
            "malformed_envelope",
            { unrecognised: 1 },
          ],
          [{ a: 1 }, "plaintext_not_allowed", { plaintext: 1 }],
          [PLAINTEXT, "plaintext_not_allowed", { plaintext: 1 }],
          [
            Buffer.alloc(60, 7).toString("base64"),
            "foreign_format",
            { foreign: 1 },
          ],
          [JSON.stringify(envelope), null, { outdated: 1 }],
        ] as const) {
          await overwrite({ ...rest, access_token_encrypted: value })
          const read = openCredential(
            (await stored()).api_config,
            "access_token",
            getContainer(),
            id
          ).then(
            () => null,
            (error) => error.code
          )
          const status = await admin.get("/admin/encryption")
          const reports = [
            (await admin.post("/admin/encryption/verify")).data.report,
            (
              await admin.post("/admin/encryption/re-encrypt", {
                dry_run: true,
              })
            ).data.report,
          ]
          const quarantined = code
            ? [expect.objectContaining({ row_id: id, code })]
            : []
          expect([value, await read]).toEqual([value, code])
          expect([value, status.data.encryption]).toEqual([
            value,
            expect.objectContaining({
              outdated: 0,
              plaintext: 0,
              foreign: 0,
              unrecognised: 0,
              ...counted,
            }),
          ])
          expect([value, ...reports.map((r) => r.quarantined)]).toEqual([
            value,
            quarantined,
            quarantined,
          ])
          expect(reports[1].changed).toBe("outdated" in counted ? 1 : 0)
        }
      })

      it("counts an envelope that is stored as text, so that neither its key nor its format is given up", async () => {
        const before = await envelopes()
        const token = await decryptAccessToken(
          before,
          getContainer(),
          context.id
        )
        await overwrite({
          ...before,
          access_token_encrypted: JSON.stringify(
            sealFormat1(token.reveal(), 12)
          ),
        })
        const { admin } = context
        const { data } = await admin.get("/admin/encryption")
        expect(data.encryption.keys[0].values.format_1).toBe(1)
        expect(
          (await admin.get(`/admin/social-platforms/${context.id}`)).data
            .social_platform.credentials
        ).toContainEqual(
          expect.objectContaining({ name: "access_token", key_version: 1 })
        )
        const floor = await admin.post("/admin/encryption/policy", {
          reading: "require-encrypted",
          minimum_envelope_format: 2,
        })
        expect([floor.status, floor.data.message]).toEqual([
          400,
          expect.stringContaining("1 stored values are of format 1"),
        ])
      })

      it("is never used as the token when it is an envelope, as text or as an object", async () => {
        const { access_token_encrypted: envelope, ...rest } = await envelopes()
        for (const value of [
          envelope,
          JSON.stringify(envelope),
          Buffer.from(JSON.stringify(envelope)).toString("base64"),
          JSON.stringify(envelope).slice(0, 90),
        ]) {
          await overwrite({ ...rest, access_token: value })
          const { admin } = context
          const synced = await sync()
          expect([synced.status, synced.data.message]).toEqual([
            500,
            expect.stringMatching(/not a well-formed envelope/),
          ])
          const status = await admin.get("/admin/encryption")
          expect(status.data.encryption.unrecognised).toBe(1)
          const sealed = await admin.post("/admin/encryption/seal-plaintext")
          expect(sealed.data.report).toMatchObject({
            changed: 0,
            quarantined: [{ field: "access_token" }],
          })
          const floor = await admin.post("/admin/encryption/policy", {
            reading: "require-encrypted",
            minimum_envelope_format: 2,
          })
          expect([floor.status, floor.data.message]).toEqual([
            400,
            expect.stringContaining("damaged or in the wrong place"),
          ])
          expect((await stored()).api_config).toEqual({
            ...rest,
            access_token: value,
          })
        }
      })
    })

    it("shows a platform whose provider is gone, without its secrets", async () => {
      const { admin, id } = context
      await overwrite({
        api_key: PLAINTEXT,
        region: "eu",
        ...(await envelopes()),
      })
      await sql(
        getContainer(),
        "update social_platform set provider = 'gone' where id = ?",
        [id]
      )
      const list = await admin.get("/admin/social-platforms")
      expect([list.status, list.data.count]).toEqual([200, 2])
      const platform = await show()
      expect(platform.api_config).toEqual({ region: "eu" })
      expect(JSON.stringify(platform)).not.toContain(PLAINTEXT)

      const synced = await sync()
      expect([synced.status, synced.data.message]).toEqual([
        400,
        expect.stringContaining('Unknown provider "gone"'),
      ])
      const deleted = await admin.delete(`/admin/social-platforms/${id}`)
      expect(deleted.status).toBe(200)
      expect((await stored()).api_config).toEqual({ region: "eu" })
    })

    it("reads envelopes of format 1, with nonces of either length", async () => {
      const token = (
        await decryptAccessToken(await envelopes(), getContainer(), context.id)
      ).reveal()
      for (const ivLength of [12, 16] as const) {
        const envelope = sealFormat1(token, ivLength)
        for (const form of [envelope, JSON.stringify(envelope)]) {
          await overwrite({ access_token_encrypted: form })
          const { status, data } = await sync()
          expect([ivLength, status, data.message]).toEqual([
            ivLength,
            200,
            undefined,
          ])
        }
      }
      await overwrite({
        access_token_encrypted: {
          ...sealFormat1(token, 16),
          encrypted: Buffer.from(token).toString("base64"),
        },
      })
      await expectUnusable(/failed authentication/)
    })

    describe("the token helpers", () => {
      const TOKEN = "marked-token-for-the-helpers"

      it("seal for one row and one field, and open there alone", async () => {
        const container = getContainer()
        const { id, other } = context
        const config = {
          access_token_encrypted: await encryptAccessToken(
            TOKEN,
            container,
            id
          ),
          refresh_token_encrypted: await encryptRefreshToken(
            TOKEN,
            container,
            id
          ),
        }
        expect(JSON.stringify(config)).not.toContain(TOKEN)

        for (const open of [decryptAccessToken, decryptRefreshToken]) {
          const opened = await open(config, container, id)
          expect(opened.reveal()).toBe(TOKEN)
          expect(`${opened}`).toBe("[redacted]")
          await expect(open(config, container, other)).rejects.toMatchObject({
            code: "tampered",
          })
        }
        const swapped = {
          access_token_encrypted: config.refresh_token_encrypted,
          refresh_token_encrypted: config.access_token_encrypted,
        }
        await expect(
          decryptAccessToken(swapped, container, id)
        ).rejects.toMatchObject({ code: "tampered" })
      })

      it("find the row of a stored envelope, unless it stands in two", async () => {
        const container = getContainer()
        const mine = await envelopes()
        const named = await decryptAccessToken(mine, container, context.id)
        const found = await decryptAccessToken(mine, container)
        expect(found.reveal()).toBe(named.reveal())

        await overwrite(mine, context.other)
        await expect(decryptAccessToken(mine, container)).rejects.toMatchObject(
          {
            code: "tampered",
          }
        )
      })

      it("say in their own words what there is not, and what does not open", async () => {
        const container = getContainer()
        const watch = startWatch(container, context.admin)
        try {
          for (const config of [undefined, null, {}, { access_token: "" }]) {
            await expect(
              decryptAccessToken(config, container, context.id)
            ).rejects.toThrow(/^No access token found$/)
            await expect(
              decryptRefreshToken(config, container, context.id)
            ).rejects.toThrow(/^No refresh token found$/)
          }
          await expect(
            decryptAccessToken(
              { access_token: PLAINTEXT },
              container,
              context.id
            )
          ).rejects.toMatchObject({ code: "plaintext_not_allowed" })

          const envelope = await encryptAccessToken(
            TOKEN,
            container,
            context.id
          )
          await expect(
            decryptAccessToken(
              {
                access_token: PLAINTEXT,
                access_token_encrypted: {
                  ...envelope,
                  encrypted: changeLetter(envelope.encrypted),
                },
              },
              container,
              context.id
            )
          ).rejects.toMatchObject({ code: "tampered" })
        } finally {
          watch.stop()
        }
        const log = watch.log.join("\n")
        expect(log).toContain(
          "[Token Helper] Failed to decrypt access token: The stored value failed authentication"
        )
        expect(log).not.toContain(PLAINTEXT)
        expect(log).not.toContain("Using plaintext")
      })

      it("tell whether there are sealed tokens by their shape alone", () => {
        expect(hasEncryptedTokens({ access_token_encrypted: {} })).toBe(true)
        expect(hasEncryptedTokens({ refresh_token_encrypted: "text" })).toBe(
          true
        )
        for (const config of [
          undefined,
          null,
          {},
          { access_token: PLAINTEXT },
          { access_token_encrypted: null, refresh_token_encrypted: "" },
          { api_key_encrypted: {} },
        ]) {
          expect(hasEncryptedTokens(config)).toBe(false)
        }
      })
    })
  },
})
