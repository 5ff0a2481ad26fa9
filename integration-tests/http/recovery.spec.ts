import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { sandboxProvider } from "../../src/providers/sandbox/provider"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
  settled,
} from "./support/posts"
import { sandbox, sandboxUrl } from "./support/sandbox"
import { withRequestTimeout } from "./support/timeout"

jest.setTimeout(120_000)

registerNoticeboard()

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let platformId: string
    let main: string
    let pictures: PictureServer

    beforeAll(async () => {
      pictures = await startPictureServer()
    })
    afterAll(() => pictures.close())

    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platformId = await connectSandbox(admin)
      main = await accountOf(admin, platformId)
    })

    const runJob = () => runPublishing(getContainer())
    const countAttempts = () => sandbox.countRequests("POST", "/api/posts")

    describe("an answer that got lost", () => {
      it("is made good by asking: the post is published, once", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "drop" })
        const post = await publish(admin, id)

        const [stored] = await sandbox.posts()
        expect(post).toMatchObject({
          status: "published",
          publications: [
            {
              state: "published",
              external_id: stored.id,
              attempts: 0,
              last_error: null,
            },
          ],
        })
        expect(await countAttempts()).toBe(1)
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it.each(["retry", "job"])(
        "stays unknown while nobody can be asked, and the %s resolves it by asking",
        async (way) => {
          const id = await createPost(admin, { account_ids: [main] })
          await sandbox.fault({ target: "posts", kind: "drop" })
          await sandbox.fault({ target: "lookup", kind: "error" })
          const post = await publish(admin, id)

          expect(post).toMatchObject({
            status: "publishing",
            publications: [
              {
                state: "unknown",
                external_id: null,
                next_attempt_at: expect.any(String),
                last_error: { class: "transient" },
              },
            ],
          })

          if (way === "retry") {
            await retry(admin, id)
          } else {
            await runJob()
            expect((await readPost(admin, id)).status).toBe("publishing")
            await makeDue(getContainer(), id)
            await runJob()
          }
          const [stored] = await sandbox.posts()
          expect(await readPost(admin, id)).toMatchObject({
            status: "published",
            publications: [{ state: "published", external_id: stored.id }],
          })
          expect(await countAttempts()).toBe(1)
        }
      )

      it("of a service that is too slow ends in one post", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "slow", delay_ms: 1500 })
        const post = await withRequestTimeout(getContainer(), 400, () =>
          publish(admin, id)
        )
        expect(post.publications[0]).toMatchObject({
          state: "unknown",
          last_error: {
            code: "timeout",
            message: "Sandbox did not answer within 400 ms.",
          },
        })

        // The network carries the post out although nobody listens any more.
        await pause(1800)
        expect(await sandbox.posts()).toHaveLength(1)
        await makeDue(getContainer(), id)
        await runJob()
        const [stored, ...others] = await sandbox.posts()
        expect(others).toEqual([])
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", external_id: stored.id }],
        })
      })
    })

    it("a gateway that has given up says nothing of the service behind it, which is asked later", async () => {
      const id = await createPost(admin, { account_ids: [main] })
      await sandbox.fault({ target: "posts", kind: "error", status: 504 })
      expect((await publish(admin, id)).publications[0]).toMatchObject({
        state: "unknown",
        next_attempt_at: expect.any(String),
        last_error: { class: "transient" },
      })
      await sql(
        getContainer(),
        "update social_publication set armed_at = armed_at - interval '5 minutes' where post_id = ?",
        [id]
      )
      // First it is asked, and then, since it has nothing, sent again.
      for (const state of ["pending", "published"]) {
        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).publications[0].state).toBe(state)
      }
      expect(await sandbox.posts()).toHaveLength(1)
    })

    describe("a service that cannot be asked", () => {
      let board: string

      beforeEach(async () => {
        board = await accountOf(admin, await connectNoticeboard(admin))
      })

      const loseAnswer = async () => {
        const id = await createPost(admin, { account_ids: [board] })
        await sandbox.fault({ target: "posts", kind: "drop" })
        const post = await publish(admin, id)
        expect(post).toMatchObject({
          status: "needs_attention",
          publications: [{ state: "unknown", next_attempt_at: null }],
        })
        return { id, publicationId: post.publications[0].id }
      }
      const resolve = (id: string, publicationId: string, body: object) =>
        admin.post(
          `/admin/social-posts/${id}/publications/${publicationId}/resolve`,
          body
        )

      it("leaves the decision to a person and never publishes again by itself", async () => {
        const { id } = await loseAnswer()
        await runJob()
        expect(await retry(admin, id)).toMatchObject({
          status: "needs_attention",
          publications: [{ state: "unknown" }],
        })
        expect(await countAttempts()).toBe(1)
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("takes a person's word that the post is out", async () => {
        const { id, publicationId } = await loseAnswer()
        const { status, data } = await resolve(id, publicationId, {
          outcome: "published",
          external_url: "https://board.example.com/1",
        })

        expect(status).toBe(200)
        expect(data.social_post).toMatchObject({
          status: "published",
          published_at: expect.any(String),
          publications: [
            {
              state: "published",
              external_url: "https://board.example.com/1",
              last_error: null,
              published_at: expect.any(String),
            },
          ],
        })
        expect(await countAttempts()).toBe(1)
      })

      it("takes a person's word that it is not, and lets them try again", async () => {
        const { id, publicationId } = await loseAnswer()
        const { data } = await resolve(id, publicationId, {
          outcome: "not_published",
        })
        expect(data.social_post).toMatchObject({
          status: "failed",
          publications: [{ state: "failed", published_at: null }],
        })
        expect(await countAttempts()).toBe(1)

        expect((await retry(admin, id)).status).toBe("published")
        expect(await countAttempts()).toBe(2)
      })

      it("refuses a decision about an outcome that is known, and an unknown decision", async () => {
        const { id, publicationId } = await loseAnswer()
        const other = await createPost(admin, { account_ids: [board] })
        for (const [post, publication, body, message] of [
          [
            id,
            publicationId,
            { outcome: "perhaps" },
            "published, not_published",
          ],
          [
            id,
            publicationId,
            { outcome: "published", external_url: "javascript:alert(1)" },
            "external_url must be an address",
          ],
          [other, publicationId, { outcome: "published" }, "does not exist"],
          [id, "spub_nowhere", { outcome: "published" }, "does not exist"],
        ] as const) {
          const { status, data } = await resolve(post, publication, body)
          expect(status).toBe(400)
          expect(data.message).toContain(message)
        }
        expect((await readPost(admin, id)).status).toBe("needs_attention")

        await resolve(id, publicationId, { outcome: "published" })
        const late = await resolve(id, publicationId, {
          outcome: "not_published",
        })
        expect(late.status).toBe(400)
        expect(late.data.message).toContain("or its outcome is known")
        expect((await readPost(admin, id)).status).toBe("published")
      })

      it("takes what was stored before it had placements for its first one", async () => {
        const id = await createPost(admin, { account_ids: [board] })
        await sql(
          getContainer(),
          "update social_publication set placement = 'feed' where post_id = ?",
          [id]
        )
        const changed = await admin.post(`/admin/social-posts/${id}`, {
          caption: "Changed",
        })
        expect([changed.status, changed.data.message]).toEqual([200, undefined])
        await sql(
          getContainer(),
          "update social_publication set placement = 'feed' where post_id = ?",
          [id]
        )
        expect((await publish(admin, id)).status).toBe("published")
      })

      it("knows that a post which was refused for its token is not out", async () => {
        const id = await createPost(admin, { account_ids: [board] })
        await sandbox.fault({ target: "posts", kind: "error", status: 401 })
        await sandbox.fault({ target: "token", kind: "drop" })
        const post = await publish(admin, id)

        expect(post.publications[0]).toMatchObject({
          state: "pending",
          last_error: { class: "transient" },
        })
        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(1)
      })
    })

    describe("a thread of which one part is in doubt", () => {
      /** Loses what became of the second of three parts. */
      const loseSecond = async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          caption: "First",
          parts: [{ text: "Second" }, { text: "Third" }],
        })
        jest
          .spyOn(sandboxProvider, "recover")
          .mockResolvedValue({ outcome: "unknown" })
        const { publish: real } = sandboxProvider
        jest
          .spyOn(sandboxProvider, "publish")
          .mockImplementationOnce((context, job) =>
            real!.call(sandboxProvider, context, {
              ...job,
              done: async (part, ref) => {
                await job.done(part, ref)
                await sandbox.fault({ target: "posts", kind: "drop" })
              },
            })
          )
        const { status, publications } = await publish(admin, id)
        expect([status, publications[0].state]).toEqual([
          ...["needs_attention", "unknown"],
        ])
        return { id, publicationId: publications[0].id }
      }
      const decide = (
        { id, publicationId }: { id: string; publicationId: string },
        body: object
      ) =>
        admin.post(
          `/admin/social-posts/${id}/publications/${publicationId}/resolve`,
          body
        )
      afterEach(() => jest.restoreAllMocks())

      it("goes on behind the part that a person knows to be out", async () => {
        const lost = await loseSecond()
        const second = (await sandbox.posts()).find(
          ({ text }) => text === "Second"
        )!
        const url = `${sandboxUrl()}/posts/${second.id}`
        const decided = await decide(lost, {
          ...{ outcome: "published", part: 1, external_url: url },
        })
        expect([decided.status, decided.data.social_post.status]).toEqual([
          ...[200, "publishing"],
        ])
        expect(await settled(admin, lost.id)).toMatchObject({
          status: "published",
          publications: [
            {
              attempts: 0,
              last_error: null,
              parts: [
                { part: 0 },
                { part: 1, external_id: second.id, url },
                { part: 2 },
              ],
            },
          ],
        })
        const posts = await sandbox.posts()
        expect(posts.map(({ text }) => text).sort()).toEqual([
          ...["First", "Second", "Third"],
        ])
        expect(posts.find(({ text }) => text === "Third")).toMatchObject({
          reply_to: second.id,
        })
      })

      it("keeps what is out when a person knows that the next part is not, and a retry goes on with it", async () => {
        const lost = await loseSecond()
        const { data } = await decide(lost, { outcome: "not_published" })
        expect(data.social_post).toMatchObject({
          status: "partially_published",
          publications: [{ state: "failed", parts: [{ part: 0 }] }],
        })
        expect(await retry(admin, lost.id)).toMatchObject({
          status: "published",
          publications: [{ parts: [{ part: 0 }, { part: 1 }, { part: 2 }] }],
        })
      })

      it("takes no decision about another part, nor one that leaves the next without what it follows", async () => {
        const lost = await loseSecond()
        for (const [body, message] of [
          [
            { outcome: "published", part: 2 },
            "Part 3 is not in doubt: say what became of part 2.",
          ],
          [
            { outcome: "published" },
            "Part 3 follows part 2: give its address at Sandbox in external_url.",
          ],
          [
            { outcome: "published", external_url: "https://example.com/" },
            "https://example.com/ is not the address of a post at Sandbox. Part 3 follows part 2, so say where that is.",
          ],
        ] as const) {
          const { status, data } = await decide(lost, body)
          expect([status, data.message]).toEqual([400, message])
        }
        expect(await readPost(admin, lost.id)).toMatchObject({
          status: "needs_attention",
          publications: [{ state: "unknown", parts: [{ part: 0 }] }],
        })
      })
    })

    describe("a worker that died", () => {
      /** Leaves a post behind as a worker does that stops while publishing it. */
      const abandon = async (lease: string, armed: boolean) => {
        const id = await createPost(admin, { account_ids: [main] })
        await sql(
          getContainer(),
          "update social_post set status = 'publishing' where id = ?",
          [id]
        )
        const [{ id: publicationId }] = await sql(
          getContainer(),
          `update social_publication
           set state = 'publishing', attempts = 1, lease_token = 'dead',
               lease_expires_at = now() + ?::interval,
               armed_at = case when ? then now() - interval '5 minutes' end,
               armed_part = case when ? then 0 end, due_since = now(),
               recovery = case when ? then '{}'::jsonb end
           where post_id = ? returning id`,
          [lease, armed, armed, armed, id]
        )
        return { id, publicationId }
      }

      it("is not disturbed while its lease lasts", async () => {
        const { id } = await abandon("1 minute", false)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "publishing",
          publications: [{ state: "publishing", attempts: 1 }],
        })
        expect(await countAttempts()).toBe(0)
      })

      it("is replaced when it had not yet asked the service to publish", async () => {
        const { id } = await abandon("-1 second", false)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 1 }],
        })
        expect(await countAttempts()).toBe(1)
      })

      it("has its post found when it had published it already", async () => {
        const { id, publicationId } = await abandon("-1 second", true)
        const token = await getAccessToken(getContainer(), platformId)
        const sent = await fetch(`${sandboxUrl()}/api/posts`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token.reveal()}`,
            "content-type": "application/json",
            "idempotency-key": publicationId,
          },
          body: JSON.stringify({
            account_id: "page_main",
            text: "Out already",
          }),
        })
        expect(sent.status).toBe(201)
        const recover = jest.spyOn(sandboxProvider, "recover")
        await runJob()

        const [stored, ...others] = await sandbox.posts()
        expect(others).toEqual([])
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", external_id: stored.id }],
        })
        expect(recover).toHaveBeenCalledTimes(1)
        const [, request] = recover.mock.calls[0]
        expect(request).toMatchObject({
          part: { key: publicationId },
          account: { external_id: "page_main" },
        })
        // A provider that searches a listing reckons with this time.
        expect(request.armed_at.getTime()).toBeLessThan(Date.now() - 290_000)
        recover.mockRestore()
      })

      it("has its post published, once, when the service knows nothing of it", async () => {
        const { id } = await abandon("-1 second", true)
        await runJob()
        expect(await countAttempts()).toBe(0)
        expect((await readPost(admin, id)).publications[0]).toMatchObject({
          state: "pending",
          next_attempt_at: expect.any(String),
          last_error: { class: "transient", code: "worker_lost" },
        })

        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect(await countAttempts()).toBe(1)
      })

      it("makes no call when it was asleep since it had armed it: another one may have it by now", async () => {
        const publishPart = sandboxProvider.publish!.bind(sandboxProvider)
        const clock = jest.spyOn(Date, "now")
        jest
          .spyOn(sandboxProvider, "publish")
          .mockImplementationOnce((context, job) =>
            publishPart(context, {
              ...job,
              arm: async (...armed) => {
                await job.arm(...armed)
                const awake = performance.timeOrigin + 60_000
                clock.mockImplementation(() => awake + performance.now())
              },
            })
          )
        const id = await createPost(admin, { account_ids: [main] })
        try {
          await admin.post(`/admin/social-posts/${id}/publish`)
          await runJob()
        } finally {
          clock.mockRestore()
        }
        expect(await countAttempts()).toBe(0)
        expect((await readPost(admin, id)).publications[0]).toMatchObject({
          state: "unknown",
          next_attempt_at: expect.any(String),
          last_error: { class: "transient" },
        })
      })

      it("publishes nothing when it turns out to be alive, but late", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await sandbox.fault({ target: "media", kind: "slow", delay_ms: 2500 })
        await admin.post(`/admin/social-posts/${id}/publish`)
        await pause(1000)
        await sql(
          getContainer(),
          "update social_publication set lease_expires_at = now() where post_id = ?",
          [id]
        )
        await runJob()
        expect((await settled(admin, id)).status).toBe("published")
        expect(await countAttempts()).toBe(1)
        expect(await sandbox.posts()).toHaveLength(1)
      })
    })
  },
})
