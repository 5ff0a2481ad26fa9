import { randomBytes } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { openAccountCredentials } from "../../src/credentials/storage/account-credentials"
import refreshExpiringTokens from "../../src/jobs/refresh-expiring-tokens"
import { sandboxProvider } from "../../src/providers/sandbox/provider"
import {
  type Admin,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
  accountOf,
  sql,
} from "./support/application"
import { dumpDatabase, keepHistory } from "./support/database"
import { eventually } from "./support/eventually"
import { sealWithFirstKey } from "./support/keys"
import { countTraces } from "./support/leaks"
import { createPost, publish } from "./support/posts"
import { startWatch } from "./support/watch"
import { type Fault, sandbox } from "./support/sandbox"
import { withRequestTimeout } from "./support/timeout"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  env: { ENCRYPTION_KEY_V2: randomBytes(32).toString("base64") },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let platformId: string

    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platformId = await connectSandbox(admin)
    })

    const sync = (platform_id = platformId) =>
      admin.post("/admin/socials/sync-platform-data", { platform_id })
    const readPlatform = async () =>
      (await admin.get(`/admin/social-platforms/${platformId}`)).data
        .social_platform
    const readAccounts = async (query = "") =>
      (
        await admin.get(
          `/admin/social-accounts?platform_id=${platformId}&order=name${query}`
        )
      ).data.social_accounts as Record<string, unknown>[]
    const storedAccounts = () =>
      sql(
        getContainer(),
        "select * from social_account where platform_id = ? order by external_id",
        [platformId]
      )

    describe("accounts and profile", () => {
      it("are read over all pages of the service", async () => {
        const before = await sandbox.countRequests("GET", "/api/accounts")
        const { status, data } = await sync()

        expect(status).toBe(200)
        expect(await sandbox.countRequests("GET", "/api/accounts")).toBe(
          before + 2
        )
        expect(data.sync).toEqual({
          accounts: { created: 0, updated: 3, removed: 0 },
          profile: expect.objectContaining({ id: "user_ada", username: "ada" }),
          synced_at: expect.any(String),
        })
        expect(data.social_platform).toMatchObject({
          id: platformId,
          last_synced_at: data.sync.synced_at,
          last_error: null,
          profile: { name: "Ada's Shop", username: "ada", followers: 1815 },
        })
        expect(
          (await readAccounts()).map(({ external_id, kind, is_available }) => [
            external_id,
            kind,
            is_available,
          ])
        ).toEqual([
          ["profile_ada", "profile", true],
          ["page_outlet", "page", true],
          ["page_main", "page", true],
        ])
      })

      it("are created, updated and taken away as the service lists them", async () => {
        const [main, outlet, profile] = await storedAccounts()
        await sql(getContainer(), "delete from social_account where id = ?", [
          outlet.id,
        ])
        await sql(
          getContainer(),
          "update social_account set name = 'Old name', url = null where id = ?",
          [main.id]
        )
        await sql(
          getContainer(),
          "update social_account set external_id = 'page_closed', name = 'Closed' where id = ?",
          [profile.id]
        )

        const { data } = await sync()
        expect(data.sync.accounts).toEqual({
          created: 2,
          updated: 1,
          removed: 1,
        })
        expect(await readAccounts("&is_available=false")).toEqual([
          expect.objectContaining({
            id: profile.id,
            external_id: "page_closed",
          }),
        ])
        expect(
          (await readAccounts("&is_available=true")).map(({ name }) => name)
        ).toEqual(["Ada", "Ada's Outlet", "Ada's Shop"])
        const stored = await storedAccounts()
        expect(
          stored.find(({ external_id }) => external_id === "page_main")
        ).toMatchObject({ id: main.id, name: "Ada's Shop", url: main.url })

        const again = await sync()
        expect(again.data.sync.accounts).toEqual({
          created: 0,
          updated: 3,
          removed: 0,
        })
      })

      it("come back as they were when the service lists them again", async () => {
        const [main] = await storedAccounts()
        await sql(
          getContainer(),
          "update social_account set is_available = false where id = ?",
          [main.id]
        )
        const { data } = await sync()
        expect(data.sync.accounts).toEqual({
          created: 0,
          updated: 3,
          removed: 0,
        })
        expect((await storedAccounts())[0]).toMatchObject({
          id: main.id,
          is_available: true,
        })
      })

      it("are stored once when several syncs run at once", async () => {
        await sql(
          getContainer(),
          "delete from social_account where platform_id = ?",
          [platformId]
        )
        const responses = await Promise.all([sync(), sync(), sync(), sync()])

        expect(responses.map(({ status }) => status)).toEqual([
          200, 200, 200, 200,
        ])
        expect(await storedAccounts()).toHaveLength(3)
      })
    })

    describe("what accounts have of their own", () => {
      const stored = () =>
        sql(
          getContainer(),
          `select account.external_id, account.id, credential.content
           from social_account_credential credential
           left join social_account account on account.id = credential.id
           order by account.external_id`
        )
      const tokenOf = async (externalId: string) => {
        const accountId = await accountOf(admin, platformId, externalId)
        const opened = await openAccountCredentials(getContainer(), accountId)
        return opened.get("access_token")?.reveal()
      }
      const post = async (externalId: string) =>
        publish(
          admin,
          await createPost(admin, {
            caption: externalId,
            account_ids: [await accountOf(admin, platformId, externalId)],
          })
        )
      const senders = async () =>
        Object.fromEntries(
          (await sandbox.posts()).map(({ text, sent_by }) => [text, sent_by])
        )
      /** Goes through all batches of an operation on keys, and adds up what it reports. */
      const overAll = async (operation: string) => {
        const sum = { examined: 0, changed: 0, quarantined: [] as object[] }
        let after: string | null = ""
        while (after !== null) {
          const { data } = await admin.post(`/admin/encryption/${operation}`, {
            after: after || undefined,
          })
          sum.examined += data.report.examined
          sum.changed += data.report.changed
          sum.quarantined.push(...data.report.quarantined)
          after = data.report.next
        }
        return sum
      }

      beforeEach(async () => {
        await sealWithFirstKey(getContainer())
        await sandbox.settings({ page_tokens: 1 })
      })

      it("is sealed for its account, used to publish there, and shown nowhere", async () => {
        const watch = startWatch(getContainer(), admin)
        try {
          await keepHistory(getContainer())
          await watch.admin.post("/admin/socials/sync-platform-data", {
            platform_id: platformId,
          })
          const [main, outlet] = await stored()
          expect([main.external_id, outlet.external_id]).toEqual([
            "page_main",
            "page_outlet",
          ])
          expect(await stored()).toHaveLength(2)
          for (const page of ["page_main", "profile_ada"]) {
            expect((await post(page)).status).toBe("published")
          }
          expect(await senders()).toEqual({
            page_main: "page",
            profile_ada: "person",
          })
          await watch.admin.get("/admin/social-accounts")
          await watch.admin.get(`/admin/social-accounts/${main.id}`)

          const token = await tokenOf("page_main")
          expect(token).toMatch(/^page\./)
          const dump = [...(await dumpDatabase(getContainer())).values()].flat()
          expect(dump.join("\n")).toContain("social_account_credential: ")
          for (const lines of [
            ...[dump, watch.responses, watch.log, watch.events],
            watch.workflows,
          ]) {
            expect(lines.length).toBeGreaterThan(0)
            expect(countTraces([Buffer.from(lines.join("\n"))], token!)).toBe(0)
          }
          await sql(
            getContainer(),
            "update social_account_credential set content = ?::jsonb where id = ?",
            [JSON.stringify(main.content), outlet.id]
          )
          await expect(tokenOf("page_outlet")).rejects.toThrow()
          expect((await post("page_outlet")).status).toBe("failed")
        } finally {
          watch.stop()
        }
      })

      it("is re-encrypted and verified with everything else, and keeps its key from being retired", async () => {
        await sync()
        const status = async () =>
          (await admin.get("/admin/encryption")).data.encryption
        const before = await status()
        await admin.post("/admin/encryption/keys/2/promote")
        expect((await status()).outdated).toBe(before.keys[0].values.format_2)
        await sql(
          getContainer(),
          "update encryption_key set promoted_at = now() - interval '5 minutes' where version = 2"
        )
        await admin.post("/admin/encryption/re-encrypt")
        expect((await status()).outdated).toBe(2)
        const early = await admin.post("/admin/encryption/keys/1/retire")
        expect(early.data.message).toMatch(/2 stored values need key version 1/)

        expect(await overAll("re-encrypt")).toMatchObject({
          changed: 2,
          quarantined: [],
        })
        expect(await status()).toMatchObject({ outdated: 0, unreadable: 0 })
        expect((await overAll("verify")).quarantined).toEqual([])
        const retired = await admin.post("/admin/encryption/keys/1/retire")
        expect(retired.status).toBe(200)
        expect((await post("page_main")).status).toBe("published")
        expect((await senders()).page_main).toBe("page")

        const [main] = await stored()
        await sql(
          getContainer(),
          'update social_account_credential set content = content || \'{"authTag": "AAAAAAAAAAAAAAAAAAAAAA=="}\' where id = ?',
          [main.id]
        )
        expect((await overAll("verify")).quarantined).toEqual([
          expect.objectContaining({
            table: "social_account_credential",
            row_id: main.id,
          }),
        ])
      })

      it("is replaced by each sync, and goes with the account that the service lists no more", async () => {
        await sync()
        const before = await tokenOf("page_main")
        await sql(
          getContainer(),
          "update social_account set external_id = 'page_closed' where external_id = 'page_outlet'"
        )
        await sandbox.settings({ page_tokens: 2 })
        await sync()
        expect(await tokenOf("page_main")).not.toBe(before)
        expect((await stored()).map(({ external_id }) => external_id)).toEqual([
          "page_main",
          "page_outlet",
        ])
      })

      it("is asked for anew where the service refuses it, and the post goes out", async () => {
        await sync()
        await sandbox.settings({ page_tokens: 2 })
        expect((await post("page_main")).status).toBe("published")
        expect((await senders()).page_main).toBe("page")
        expect(await readPlatform()).toMatchObject({
          connection: "connected",
          last_error: null,
        })
      })

      it("that the service gives no more fails the posts of that account, and of no other", async () => {
        await sync()
        await sandbox.settings({ page_tokens: 2 })
        jest.spyOn(sandboxProvider, "listAccounts").mockResolvedValueOnce([])
        const { publications } = await post("page_main")
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "permission",
            code: "account_refused",
            message: expect.stringContaining(
              `Sandbox gives no access to "Ada's Shop"`
            ),
          },
        })
        expect(await readPlatform()).toMatchObject({ connection: "connected" })
        expect((await post("profile_ada")).status).toBe("published")
      })

      it("goes when the platform is disconnected, and a sync on its way brings nothing back", async () => {
        await sync()
        expect(await stored()).toHaveLength(2)
        await sandbox.fault({ target: "me", kind: "slow", delay_ms: 1500 })
        const late = sync()
        await eventually(async () => {
          expect(await sandbox.countRequests("GET", "/api/accounts")).toBe(6)
        })
        await admin.post(`/admin/social-platforms/${platformId}/disconnect`)
        expect(await stored()).toEqual([])
        await late
        expect(await stored()).toEqual([])
      })

      it("goes when the platform is deleted", async () => {
        await sync()
        await admin.delete(`/admin/social-platforms/${platformId}`)
        expect(await stored()).toEqual([])
      })
    })

    describe("a service that fails", () => {
      it.each<[string, Fault, number, object]>([
        [
          "is down",
          { target: "accounts", kind: "error", status: 503 },
          500,
          { class: "transient", code: "temporarily_unavailable" },
        ],
        [
          "hangs up",
          // A kept connection that breaks is no answer: the request goes out once more.
          { target: "accounts", kind: "drop", times: 2 },
          500,
          { class: "transient" },
        ],
        [
          "limits the rate",
          { target: "accounts", kind: "rate_limit" },
          500,
          { class: "rate_limited", code: "rate_limited" },
        ],
        [
          "answers with a page",
          { target: "me", kind: "html" },
          500,
          { class: "transient", code: "malformed_response" },
        ],
        [
          "answers with nothing",
          { target: "accounts", kind: "empty" },
          500,
          { class: "transient", code: "malformed_response" },
        ],
        [
          "answers with an empty profile",
          { target: "me", kind: "empty" },
          500,
          { class: "transient", code: "malformed_response" },
        ],
        [
          "redirects",
          { target: "accounts", kind: "redirect" },
          500,
          { class: "transient", code: "unexpected_redirect" },
        ],
        [
          "withholds a permission",
          { target: "me", kind: "error", status: 403 },
          400,
          { class: "permission", code: "insufficient_scope" },
        ],
      ])(
        "and %s changes no account and is recorded on the platform",
        async (_, fault, status, lastError) => {
          const accounts = await storedAccounts()
          const before = await readPlatform()
          await sandbox.fault(fault)
          const response = await sync()

          expect(response.status).toBe(status)
          expect(response.data.message).toContain("Sandbox")
          const after = await readPlatform()
          expect(after).toMatchObject({
            last_error: {
              ...lastError,
              message: response.data.message,
              at: expect.any(String),
            },
            consecutive_failures: 1,
            last_synced_at: before.last_synced_at,
            status: "active",
            connection: "connected",
            token_validity: "true",
          })
          expect(await storedAccounts()).toEqual(accounts)

          await sandbox.clearFaults()
          await sync()
          expect(await readPlatform()).toMatchObject({
            last_error: null,
            consecutive_failures: 0,
          })
        }
      )

      it("of a refresh is not ended by a sync, which proves nothing about refreshing", async () => {
        const refreshIsDue = () =>
          sql(
            getContainer(),
            "update social_platform set next_refresh_at = now() where id = ?",
            [platformId]
          )
        await sandbox.fault({ target: "token", kind: "error", status: 503 })
        await refreshIsDue()
        await refreshExpiringTokens(getContainer())
        const failed = await readPlatform()
        expect(failed).toMatchObject({
          last_error: { class: "transient" },
          consecutive_failures: 1,
        })

        expect((await sync()).status).toBe(200)
        expect(await readPlatform()).toMatchObject({
          last_error: failed.last_error,
          consecutive_failures: 1,
        })
        await sandbox.fault({ target: "accounts", kind: "error", times: 1 })
        expect((await sync()).status).toBe(500)
        expect((await sync()).status).toBe(200)
        expect(await readPlatform()).toMatchObject({ consecutive_failures: 2 })

        await sandbox.clearFaults()
        await refreshIsDue()
        await refreshExpiringTokens(getContainer())
        expect(await readPlatform()).toMatchObject({
          last_error: null,
          consecutive_failures: 0,
        })
      })

      it("is recorded too when the token was refreshed just before", async () => {
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [platformId]
        )
        await sandbox.fault({ target: "accounts", kind: "error" })
        expect((await sync()).status).toBe(500)

        expect(await readPlatform()).toMatchObject({
          last_error: { class: "transient", code: "temporarily_unavailable" },
          consecutive_failures: 1,
          connection: "connected",
        })
      })

      it("is not waited for longer than configured", async () => {
        await sandbox.fault({
          target: "accounts",
          kind: "slow",
          delay_ms: 3000,
        })
        const started = Date.now()
        const { status, data } = await withRequestTimeout(
          getContainer(),
          500,
          () => sync()
        )
        expect(status).toBe(500)
        expect(data.message).toBe("Sandbox did not answer within 500 ms.")
        expect(Date.now() - started).toBeLessThan(2500)
        expect((await readPlatform()).last_error).toMatchObject({
          class: "transient",
          code: "timeout",
        })
      })
    })

    describe("platforms that may not be used", () => {
      it("do not count as having lost an access that they never had", async () => {
        const id = await createSandboxPlatform(admin, { name: "New" })
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data).toMatchObject({
          verification: {
            ok: false,
            message: '"New" is not connected. Connect it first.',
          },
          social_platform: {
            status: "pending",
            connection: "not_connected",
            token_validity: "unknown",
          },
        })
      })

      it("are refused with what to do", async () => {
        const pending = await createSandboxPlatform(admin, { name: "New" })
        const requests = await sandbox.countRequests("GET", "/api/accounts")
        for (const [prepare, id, message] of [
          [
            async () => undefined,
            pending,
            '"New" is not connected. Connect it first.',
          ],
          [
            () =>
              admin.post(`/admin/social-platforms/${platformId}`, {
                status: "inactive",
              }),
            platformId,
            `"Ada's sandbox" is inactive. Set its status to active first.`,
          ],
          [
            async () => {
              await admin.post(`/admin/social-platforms/${platformId}`, {
                status: "active",
              })
              await admin.post(
                `/admin/social-platforms/${platformId}/disconnect`
              )
            },
            platformId,
            `"Ada's sandbox" is not connected. Connect it first.`,
          ],
        ] as const) {
          await prepare()
          const { status, data } = await sync(id)
          expect(status).toBe(400)
          expect(data).toEqual({ type: "not_allowed", message })
        }
        expect(await sandbox.countRequests("GET", "/api/accounts")).toBe(
          requests
        )
      })

      it("are refused when they do not exist or are not named", async () => {
        const unknown = await sync("splat_nowhere")
        expect(unknown.status).toBe(404)
        expect(unknown.data.message).toContain("splat_nowhere")

        const unnamed = await admin.post("/admin/socials/sync-platform-data")
        expect(unnamed.status).toBe(400)
        expect(unnamed.data.message).toContain("platform_id")
      })
    })
  },
})
