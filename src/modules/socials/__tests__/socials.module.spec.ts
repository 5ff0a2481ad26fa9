import path from "node:path"
import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import * as fc from "fast-check"
import {
  inspectStored,
  isOldForm,
  isUpToDate,
} from "../../encryption/envelope/classify"
import { SOCIALS_MODULE } from "../constants"
import SocialAccount from "../models/social-account"
import SocialCheckpoint from "../models/social-checkpoint"
import SocialCredentialEvent from "../models/social-credential-event"
import SocialOauthSession from "../models/social-oauth-session"
import SocialPlatform from "../models/social-platform"
import SocialPost from "../models/social-post"
import SocialPublication from "../models/social-publication"
import SocialsModuleService from "../service"
import type { ClaimRequest } from "../sql/due-publications"
import type { ClaimedPublication } from "../sql/publications"
import type { StoredCount } from "../sql/envelopes"

jest.setTimeout(60_000)

const bytes = (marker: string, length: number) =>
  Buffer.alloc(length, `${marker}.`)

const envelope = (marker: string, keyVersion = 1) => ({
  v: 2,
  encrypted: bytes(marker, 20).toString("base64"),
  iv: bytes(marker, 12).toString("base64"),
  authTag: bytes(marker, 16).toString("base64"),
  keyVersion,
  kid: bytes(marker, 16).toString("base64url"),
})

/** Whatever may stand where an envelope belongs, most of it nearly one. */
const storedValues = () => {
  const whole = envelope("x", 3)
  const { v: _v, kid: _kid, ...format1 } = whole
  const member = fc.constantFrom(
    ...["v", "encrypted", "iv", "authTag", "keyVersion", "kid", "ctx", "note"]
  )
  const content = fc.oneof(
    fc.constantFrom<unknown>(
      ...[1, 2, 3, "2", 2.5, 0, 32767, 32768, 1e21, null, true, "", "AAAA"],
      ...[bytes("y", 12), bytes("y", 16), bytes("y", 17)].map((b) =>
        b.toString("base64")
      ),
      ...[
        "A".repeat(16),
        "A".repeat(22),
        `${"A".repeat(21)}B==`,
        ...["AAA=", "AAB=", "AQ==", "AB==", "A===", "AA=A", "=AAA", "AAA\n"],
        `${"A".repeat(21)}===`,
      ]
    ),
    fc.base64String(),
    fc.jsonValue()
  )
  const changed = fc
    .tuple(
      fc.constantFrom<object>(whole, { ...whole, ctx: 2 }, format1),
      fc.array(fc.tuple(member, content), { maxLength: 2 }),
      fc.array(member, { maxLength: 1 })
    )
    .map(([start, sets, removals]) => {
      const value: Record<string, unknown> = { ...start }
      sets.forEach(([name, to]) => (value[name] = to))
      removals.forEach((name) => delete value[name])
      return value as unknown
    })
  const asText = changed.map((value) => JSON.stringify(value) as unknown)
  return fc
    .oneof(
      { weight: 6, arbitrary: changed },
      asText,
      asText.map((text) => Buffer.from(String(text)).toString("base64")),
      fc.jsonValue(),
      fc.constantFrom<unknown>(
        ...[null, "", {}, [], 0, false],
        "gAAAAABh4Q4M0d8nHq9cZt3Yk1p7JxU2vB5oE6sR8wT0yI4uA==",
        Buffer.alloc(60, 7).toString("base64")
      )
    )
    .filter((value) => !JSON.stringify(value).includes("\\u0000"))
}

moduleIntegrationTestRunner<SocialsModuleService>({
  moduleName: SOCIALS_MODULE,
  resolve: "./src/modules/socials",
  // What the database keeps by itself is in the migrations alone.
  pathToMigrations: path.resolve("src/modules/socials/migrations"),
  moduleModels: [
    SocialPlatform,
    SocialAccount,
    SocialPost,
    SocialPublication,
    SocialCheckpoint,
    SocialOauthSession,
    SocialCredentialEvent,
  ],
  moduleOptions: { admin_url: "https://shop.example.com/app/" },
  testSuite: ({ service, MikroOrmWrapper }) => {
    const sql = async (statement: string): Promise<Record<string, unknown>[]> =>
      MikroOrmWrapper.forkManager().execute(statement)

    const platform = async (
      api_config: Record<string, unknown> = {},
      data: Record<string, unknown> = {}
    ) => {
      const id = await service.newPlatformId()
      return service.insertPlatform(
        { id, name: "A platform", provider: "sandbox", ...data },
        { api_config, credential_index: null }
      )
    }

    describe("the table of platforms", () => {
      it("defaults to an active social OAuth 2 platform", async () => {
        const { id } = await platform()
        const [row] = await sql(
          `select category, auth_type, status, token_validity, credentials_version from social_platform where id = '${id}'`
        )
        expect(row).toEqual({
          category: "social",
          auth_type: "oauth2",
          status: "active",
          token_validity: "unknown",
          credentials_version: 0,
        })
      })

      it.each([
        ["category", "gaming"],
        ["auth_type", "magic"],
        ["status", "asleep"],
        ["token_validity", "maybe"],
      ])("refuses a %s that is none", async (column, value) => {
        const { id } = await platform()
        await expect(
          sql(
            `update social_platform set ${column} = '${value}' where id = '${id}'`
          )
        ).rejects.toThrow(/violates check constraint/)
      })

      it("is indexed by category and by status", async () => {
        const definitions = (
          await sql(
            "select indexdef from pg_indexes where tablename = 'social_platform'"
          )
        ).map(({ indexdef }) => String(indexdef))
        expect(definitions).toEqual(
          expect.arrayContaining([
            expect.stringContaining("(category)"),
            expect.stringContaining("(status)"),
          ])
        )
      })

      it("takes an identifier once for each tenant and provider, and again after deletion", async () => {
        const own = { tenant_id: "acme", identifier: "main" }
        const first = await platform({}, own)
        await platform({}, { ...own, tenant_id: "globex" })
        await platform({}, { ...own, provider: "generic" })
        await platform({}, { identifier: "main" })

        await expect(platform({}, own)).rejects.toThrow(/already exists/)
        await expect(platform({}, { identifier: "main" })).rejects.toThrow(
          /already exists/
        )

        await service.softDeleteSocialPlatforms([first.id])
        await expect(platform({}, own)).resolves.toMatchObject(own)
      })
    })

    describe("the writer of api_config", () => {
      it("replaces the whole value, where an update of Medusa's would merge two envelopes", async () => {
        const { id } = await platform({
          access_token_encrypted: { ...envelope("old"), extra: "left over" },
          region: "eu",
        })

        // What the generated update would do, written down as a fact: the old
        // envelope's members survive inside the new one.
        const merged = await Object.getPrototypeOf(
          SocialsModuleService.prototype
        ).updateSocialPlatforms.call(service, {
          id,
          api_config: { access_token_encrypted: envelope("merged") },
        })
        expect(merged.api_config.access_token_encrypted).toMatchObject({
          encrypted: envelope("merged").encrypted,
          extra: "left over",
        })
        expect(merged.api_config.region).toBe("eu")

        const version = await service.writeApiConfig({
          id,
          api_config: { access_token_encrypted: envelope("new", 3) },
          credential_index: null,
          expected_version: 0,
        })
        expect(version).toBe(1)
        const [row] = await sql(
          `select api_config, key_version, credentials_version from social_platform where id = '${id}'`
        )
        expect(row).toEqual({
          api_config: { access_token_encrypted: envelope("new", 3) },
          key_version: 3,
          credentials_version: 1,
        })
      })

      it("is the only one: the generated update refuses api_config", async () => {
        const { id } = await platform({ region: "eu" })
        for (const data of [
          { id, api_config: {} },
          [{ id, credentials_version: 7 }],
          { selector: { id }, data: { key_version: 7 } },
        ]) {
          await expect(service.updateSocialPlatforms(data)).rejects.toThrow(
            /cannot be updated here: use writeApiConfig/
          )
        }
        await expect(service.retrieveSocialPlatform(id)).resolves.toMatchObject(
          {
            api_config: { region: "eu" },
            credentials_version: 0,
            key_version: null,
          }
        )
      })

      it("lets one of two simultaneous writers win and tells the other", async () => {
        const { id } = await platform()
        const write = (marker: string) =>
          service.writeApiConfig({
            id,
            api_config: { access_token_encrypted: envelope(marker) },
            credential_index: null,
            expected_version: 0,
          })
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, (_, i) => write(`writer-${i}`))
        )
        expect(outcomes.filter((version) => version === 1)).toHaveLength(1)
        expect(outcomes.filter((version) => version === null)).toHaveLength(7)
      })

      it("keeps the lowest key version of all envelopes", async () => {
        const { key_version } = await platform({
          access_token_encrypted: envelope("a", 4),
          refresh_token_encrypted: envelope("b", 2),
          unrelated: { keyVersion: 1 },
        })
        expect(key_version).toBe(2)
      })

      it("writes nothing to a deleted platform", async () => {
        const { id } = await platform()
        await service.softDeleteSocialPlatforms([id])
        await expect(
          service.writeApiConfig({
            id,
            api_config: {},
            credential_index: null,
            expected_version: 0,
          })
        ).resolves.toBeNull()
      })

      it("tells a database error without the values of the statement", async () => {
        const { id } = await platform()
        const failure = await service
          .writeApiConfig({
            id,
            api_config: { access_token: "a-secret-in-dual-mode" },
            credential_index: null,
            expected_version: 0,
            columns: { status: "asleep" },
          })
          .catch((error: Error) => error)
        expect(failure).toBeInstanceOf(Error)
        expect(
          JSON.stringify([String(failure), { ...(failure as Error) }])
        ).not.toContain("a-secret-in-dual-mode")
        expect((failure as Error).message).toBe(
          "The database refused a statement (23514)."
        )
      })

      it.each([
        ["an update", () => ({ metadata: { note: "a-value\u0000" } })],
        ["a list", () => ({ name: "a-value\u0000" })],
      ])("tells it of %s of Medusa's own too", async (kind, input) => {
        const { id } = await platform()
        const failure = await (
          kind === "a list"
            ? service.listSocialPlatforms(input())
            : service.updateSocialPlatforms({ id, ...input() })
        ).catch((error: Error) => error)
        expect(failure).toBeInstanceOf(Error)
        expect(
          JSON.stringify([String(failure), { ...(failure as Error) }])
        ).not.toContain("a-value")
        expect(failure).toMatchObject({ type: "invalid_data" })
      })
    })

    describe("the count of what is stored", () => {
      type Counted = Omit<StoredCount, "rows">
      const label = ({ kind, format, key_version, is_old_form }: Counted) =>
        [kind, format, key_version, is_old_form].join(" ")
      const tally = (counts: Counted[]) => {
        const totals: Record<string, number> = {}
        for (const count of counts) {
          totals[label(count)] = (totals[label(count)] ?? 0) + count.values
        }
        return totals
      }
      /** What the one predicate says of each value, past any SQL. */
      const judged = (values: unknown[], slot: "sealed" | "plain") =>
        tally(
          values.flatMap((value): Counted[] => {
            const stored = inspectStored(value, slot)
            if (stored.kind === "nothing") {
              return []
            }
            return stored.kind === "envelope"
              ? [
                  {
                    kind: "envelope",
                    format: stored.format,
                    key_version: stored.envelope.keyVersion,
                    is_old_form: isOldForm(stored),
                    values: 1,
                  },
                ]
              : [
                  {
                    kind: stored.kind,
                    format: null,
                    key_version: null,
                    is_old_form: false,
                    values: 1,
                  },
                ]
          })
        )

      it("says of every value what reading it says, in the place of envelopes and under its name", async () => {
        // As the database gives them back: it has its own ways with numbers.
        const values: unknown[] = fc
          .sample(storedValues(), 2_500)
          .map((value) => JSON.parse(JSON.stringify(value)))
        for (let start = 0; start < values.length; start += 25) {
          const some = values.slice(start, start + 25)
          await platform({
            ...Object.fromEntries(
              some.map((value, at) => [`c${at}_encrypted`, value])
            ),
            ...Object.fromEntries(some.map((value, at) => [`c${at}`, value])),
          })
        }
        const rows = await sql("select api_config from social_platform")
        const stored = rows.flatMap(({ api_config }) =>
          Object.entries(api_config as Record<string, unknown>)
        )
        const inSlot = (sealed: boolean) =>
          stored
            .filter(([key]) => key.endsWith("_encrypted") === sealed)
            .map(([, value]) => value)

        const expected = judged(inSlot(true), "sealed")
        expect(tally(await service.countSealed())).toEqual(expected)
        expect(Object.keys(expected)).toEqual(
          expect.arrayContaining([
            "envelope 2 3 false",
            "envelope 1 3 true",
            "envelope 2 3 true",
            "malformed   false",
            "plaintext   false",
            "foreign   false",
          ])
        )
        expect(
          tally(await service.countPlain(await service.listPlainKeys()))
        ).toEqual(judged(inSlot(false), "plain"))
      })

      it("reads no envelope that is one beyond doubt, and follows a change by hand", async () => {
        const { ctx: _ctx, ...old } = { ...envelope("x", 3), ctx: 2 }
        const { v: _v, kid: _kid, ...format1 } = old
        const { id } = await platform({
          client_id: "x",
          none_encrypted: null,
          a_encrypted: { ...old, ctx: 2 },
          b_encrypted: old,
          c_encrypted: format1,
          d_encrypted: "text",
        })
        const shape = async () =>
          (await sql("select api_config_shape from social_platform"))[0]
            .api_config_shape
        expect(await shape()).toEqual({
          client_id: "plain",
          a_encrypted: "2/3",
          b_encrypted: "2/3/old",
          c_encrypted: "1/3/old",
          d_encrypted: null,
        })

        await sql(
          `update social_platform set api_config = jsonb_build_object('a_encrypted',
             jsonb_set(api_config -> 'a_encrypted', '{keyVersion}', '7')) where id = '${id}'`
        )
        expect(await service.countSealed()).toEqual([
          expect.objectContaining({ format: 2, key_version: 7, values: 1 }),
        ])
        for (const none of ["'null'", "'[]'", "null"]) {
          await sql(`update social_platform set api_config = ${none}`)
          expect(await shape()).toBeNull()
          expect(await service.countSealed()).toEqual([])
        }
      })

      it("lists for re-encryption just the rows that hold anything else than it makes", async () => {
        const values = fc
          .sample(storedValues(), 400)
          .map((value) => JSON.parse(JSON.stringify(value)))
        const outdated: string[] = []
        for (const value of values) {
          const { id } = await platform({ a_encrypted: value })
          const stored = inspectStored(value, "sealed")
          const isDone =
            stored.kind === "nothing" ||
            (stored.kind === "envelope" &&
              isUpToDate(stored, 3) &&
              !isOldForm(stored))
          if (!isDone) {
            outdated.push(id)
          }
        }
        const rows = await service.listOutdatedRows(3, "", 1_000)
        expect(rows.map(({ id }) => id)).toEqual(outdated.sort())
      })
    })

    describe("the health of a platform", () => {
      it("is not changed by news about credentials that are gone", async () => {
        const { id } = await platform()
        await service.writeApiConfig({
          id,
          api_config: { access_token_encrypted: envelope("new") },
          credential_index: null,
          expected_version: 0,
        })
        await expect(
          service.writeHealth(id, { token_validity: "false" }, 0)
        ).resolves.toBe(false)
        await expect(service.retrieveSocialPlatform(id)).resolves.toMatchObject(
          { token_validity: "unknown" }
        )
      })

      it("replaces JSON values instead of merging them", async () => {
        const { id } = await platform()
        await service.writeHealth(id, {
          last_error: { class: "transient", hint: "x" },
        })
        await service.writeHealth(id, { last_error: { class: "permission" } })
        await expect(service.retrieveSocialPlatform(id)).resolves.toMatchObject(
          { last_error: { class: "permission" } }
        )
        const [row] = await sql(
          `select last_error from social_platform where id = '${id}'`
        )
        expect(row.last_error).toEqual({ class: "permission" })
      })
    })

    describe("claims on publications", () => {
      const post = async (accounts = 1) => {
        const { id: platform_id } = await platform()
        const created = await service.createSocialAccounts(
          Array.from({ length: accounts }, (_, i) => ({
            platform_id,
            external_id: `page-${i}`,
            kind: "page",
            name: `Page ${i}`,
          }))
        )
        const { id } = await service.insertPost(
          { caption: "Hello", status: "publishing" },
          created.map((account) => ({
            account_id: account.id,
            next_attempt_at: new Date(),
          }))
        )
        const publications = await service.listSocialPublications({
          post_id: id,
        })
        return publications.map((publication) => publication.id)
      }
      /** Claims what there is, as one worker. */
      const claimed = (request: Partial<ClaimRequest> = {}) =>
        service.claimPublications({
          limit: 1,
          perProvider: 10,
          busy: {},
          leaseMs: 60_000,
          ...request,
        })
      const claim = async (request?: Partial<ClaimRequest>) =>
        (await claimed(request)).map(({ id }) => id)
      const leaseOf = ({ lease_token }: ClaimedPublication, ms = 60_000) => ({
        token: lease_token,
        ms,
      })

      it("go to one worker each, however many ask", async () => {
        const ids = await post(3)
        const claims = await Promise.all(
          Array.from({ length: 12 }, () => claim({ limit: 2 }))
        )
        expect(claims.flat().sort()).toEqual([...ids].sort())
      })

      it("leave an account to the worker that publishes there", async () => {
        const [first] = await post()
        await sql(
          `insert into social_publication (id, post_id, account_id, placement, state, next_attempt_at)
           select 'spub_second', post_id, account_id, 'story', 'pending', now()
           from social_publication where id = '${first}'`
        )
        const [one] = await claim()
        expect(await claim()).toEqual([])
        await sql(
          `update social_publication set lease_expires_at = now() where id = '${one}'`
        )
        expect(await claim()).toHaveLength(1)
      })

      it("leave room for other services than the one that takes its time", async () => {
        await post(4)
        expect(await claim({ limit: 9, perProvider: 3 })).toHaveLength(3)
        expect(await claim({ perProvider: 3, busy: { sandbox: 3 } })).toEqual(
          []
        )
        expect(
          await claim({ perProvider: 3, busy: { other: 3 } })
        ).toHaveLength(1)
      })

      it("cannot be armed or settled by a worker whose lease ran out", async () => {
        const [id] = await post()
        const [slow] = await claimed({ leaseMs: -1 })
        await expect(
          service.armPublication(id, leaseOf(slow), 0, {})
        ).resolves.toBe(false)

        await service.releaseExpiredLeases()
        expect(await claim()).toEqual([id])
        await expect(
          service.settlePublication(slow, { state: "failed" })
        ).resolves.toBeNull()
        await expect(
          service.writeCheckpoint(id, leaseOf(slow), { a: 1 })
        ).resolves.toBe(false)
        expect(await service.readCheckpoint(id)).toBeNull()
      })

      it("come back as unknown when the worker died after arming", async () => {
        const [id] = await post()
        const [dying] = await claimed()
        await service.armPublication(id, leaseOf(dying, -1), 0, {})
        await service.releaseExpiredLeases()

        expect((await service.retrieveSocialPublication(id)).state).toBe(
          "unknown"
        )
        expect(await claimed()).toEqual([
          expect.objectContaining({
            id,
            armed_part: 0,
            armed_at: expect.any(Date),
          }),
        ])
      })

      it("take the word of a worker whose lease ran out that a part is out", async () => {
        const [id] = await post()
        const [slow] = await claimed()
        await service.armPublication(id, leaseOf(slow, -1), 0, {})
        await service.releaseExpiredLeases()
        const [next] = await claimed()
        const part = { part: 0, external_id: "1", url: null }

        // Who has not made the call knows nothing of it.
        await expect(
          service.recordPublishedPart(id, next.lease_token, part)
        ).resolves.toBe(false)
        await expect(
          service.recordPublishedPart(id, slow.lease_token, part)
        ).resolves.toBe(true)
        await expect(
          service.armPublication(id, leaseOf(next), 0, {})
        ).resolves.toBe(false)
        // Whoever has asked the service meanwhile cannot record it once more.
        await expect(
          service.recordPublishedPart(id, slow.lease_token, part)
        ).resolves.toBe(false)
        const { parts } = await service.retrieveSocialPublication(id)
        expect(parts).toHaveLength(1)
        // Nor can it leave to a person what is known by now.
        await expect(
          service.settlePublication(next, { state: "unknown" })
        ).resolves.toMatchObject({ state: "pending" })
      })

      it("are unknown while a part is armed, whatever else went wrong", async () => {
        const [id] = await post()
        const [claim] = await claimed()
        await service.armPublication(id, leaseOf(claim), 0, {})
        await expect(
          service.armPublication(id, leaseOf(claim), 1, {})
        ).resolves.toBe(false)
        await expect(
          service.settlePublication(claim, { state: "failed" })
        ).resolves.toMatchObject({ state: "unknown" })
      })

      it("go on at once that a person has published while they were prepared for later", async () => {
        const ids = await post(2)
        const later = new Date(Date.now() + 3_600_000)
        await sql(
          `update social_publication set publish_at = '${later.toISOString()}'`
        )
        const [one, other] = await claimed({ limit: 2 })
        await service.publishNow(one.post_id, ["publishing"])
        const waiting = { state: "waiting" as const, next_attempt_at: later }
        await Promise.all([
          service.settlePublication(one, waiting),
          service.settlePublication(other, waiting),
        ])

        const again = await claimed({ limit: 2 })
        expect(again.map(({ id }) => id).sort()).toEqual([...ids].sort())
        expect(again.map(({ publish_at }) => publish_at)).toEqual([null, null])
      })

      it("share a commit, and fail alone", async () => {
        const ids = await post(3)
        const claims = await claimed({ limit: 3 })
        const armed = await Promise.allSettled([
          ...claims.map((claim, index) =>
            service.armPublication(claim.id, leaseOf(claim), 0, {
              note: index === 1 ? "\u0000" : "fine",
            })
          ),
          service.armPublication(claims[2].id, leaseOf(claims[0]), 0, {}),
        ])
        const outcomes = armed.map((one) =>
          one.status === "fulfilled" ? one.value : "failed"
        )
        expect(outcomes).toEqual([true, "failed", true, false])
        const rows = await service.listSocialPublications({ id: ids })
        expect(rows.filter(({ armed_at }) => armed_at)).toHaveLength(2)
      })

      it("keep a post from being edited of which a part is out", async () => {
        const [id] = await post()
        const [claim] = await claimed()
        await service.armPublication(id, leaseOf(claim), 0, {})
        await service.recordPublishedPart(id, claim.lease_token, {
          part: 0,
          external_id: "1",
          url: null,
        })
        await service.settlePublication(claim, { state: "failed" })
        const { post_id } = claim
        expect((await service.retrieveSocialPost(post_id)).status).toBe(
          "partially_published"
        )
        await sql(`update social_post set status = 'failed'`)
        await expect(
          service.editPost(post_id, { caption: "Once more" }, [])
        ).resolves.toBe(false)
      })

      it("cannot be armed once their post is a draft again", async () => {
        const [id] = await post()
        const [late] = await claimed()
        await sql(`update social_post set status = 'draft'`)
        await expect(
          service.armPublication(id, leaseOf(late), 0, {})
        ).resolves.toBe(false)
      })
    })

    describe("a pending authorization", () => {
      const session = async (data: Record<string, unknown> = {}) => {
        const { id: platform_id } = await platform()
        return service.createSocialOauthSessions({
          state_hash: "hash",
          platform_id,
          provider: "sandbox",
          actor_id: "user_ada",
          redirect_uri: "https://shop.example.com/app/oauth/sandbox/callback",
          scopes: [],
          expires_at: new Date(Date.now() + 60_000),
          ...data,
        })
      }
      const claim = {
        state_hash: "hash",
        provider: "sandbox",
        actor_id: "user_ada",
        redirect_path: "/oauth/sandbox/callback",
      }

      it("is used up by one of many simultaneous answers", async () => {
        await session()
        const answers = await Promise.all(
          Array.from({ length: 8 }, () => service.consumeOauthSession(claim))
        )
        expect(answers.filter((id) => id !== null)).toHaveLength(1)
      })

      it("is not spoilt by somebody else's answer", async () => {
        const { id } = await session()
        await expect(
          service.consumeOauthSession({ ...claim, actor_id: "user_eve" })
        ).resolves.toBeNull()
        await expect(
          service.consumeOauthSession({
            ...claim,
            redirect_path: "/oauth/sandbox/callback/splat_other",
          })
        ).resolves.toBeNull()
        await expect(service.consumeOauthSession(claim)).resolves.toBe(id)
      })

      it("cannot be answered after it has expired", async () => {
        await session({ expires_at: new Date(Date.now() - 1) })
        await expect(service.consumeOauthSession(claim)).resolves.toBeNull()
      })
    })

    it("knows the dashboard's address without a trailing slash", async () => {
      await expect(service.getOptions()).resolves.toMatchObject({
        admin_url: "https://shop.example.com/app",
        request_timeout_ms: 15_000,
      })
    })
  },
})
