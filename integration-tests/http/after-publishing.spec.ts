import { Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import collectMetrics from "../../src/jobs/collect-metrics"
import { sandboxProvider } from "../../src/providers/sandbox/provider"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { eventually } from "./support/eventually"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { createPost, publish, readPost, settled } from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

registerNoticeboard()

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let main: string

    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      main = await accountOf(admin, await connectSandbox(admin))
    })

    const published = async (): Promise<string> => {
      const id = await createPost(admin, { account_ids: [main] })
      expect((await publish(admin, id)).status).toBe("published")
      return id
    }
    const letTimePass = (hours: number) =>
      sql(
        getContainer(),
        `update social_publication
         set published_at = published_at - ? * interval '1 hour',
             metrics_due_at = metrics_due_at - ? * interval '1 hour'`,
        [hours, hours]
      )
    const seriesOf = async (id: string) => {
      const { data } = await admin.get(`/admin/social-posts/${id}/metrics`)
      return data.metrics[0].series
    }
    const nextLook = async (id: string): Promise<number | null> => {
      const [{ hours }] = await sql(
        getContainer(),
        `select round(extract(epoch from metrics_due_at - published_at) / 3600)::int as hours
         from social_publication where post_id = ?`,
        [id]
      )
      return hours as number | null
    }

    describe("the figures of a post", () => {
      it("are read after an hour and at growing distances, and kept as a series", async () => {
        const id = await published()
        await collectMetrics(getContainer())
        const { data } = await admin.get(`/admin/social-posts/${id}/metrics`)
        expect(data.metrics).toEqual([
          {
            publication_id: expect.any(String),
            account_id: main,
            next_at: expect.any(String),
            series: [],
          },
        ])

        const looks: (number | null)[] = [await nextLook(id)]
        for (const hours of [1, 5, 18, 144, 504]) {
          await letTimePass(hours)
          await collectMetrics(getContainer())
          looks.push(await nextLook(id))
        }
        expect(looks).toEqual([1, 6, 24, 168, 672, null])

        const series = await seriesOf(id)
        expect(series).toHaveLength(5)
        expect(series[0]).toEqual({
          measured_at: expect.any(String),
          values: expect.objectContaining({
            views: expect.any(Number),
            likes: expect.any(Number),
          }),
        })
      })

      it("are asked for again at the next time when the service does not tell them", async () => {
        const id = await published()
        await sandbox.fault({ target: "insights", kind: "error", status: 503 })
        await letTimePass(1)
        await collectMetrics(getContainer())
        expect(await seriesOf(id)).toEqual([])
        expect(await nextLook(id)).toBe(6)

        await letTimePass(5)
        await collectMetrics(getContainer())
        expect(await seriesOf(id)).toHaveLength(1)
      })

      it("are read also where the service does not tell what has become of the post", async () => {
        jest
          .spyOn(sandboxProvider, "fetchPostState")
          .mockRejectedValueOnce(new Error("Nobody is there."))
        const id = await published()
        await letTimePass(1)
        await collectMetrics(getContainer())
        expect(await seriesOf(id)).toHaveLength(1)
      })

      it("are read once by two workers", async () => {
        const id = await published()
        await letTimePass(1)
        await Promise.all([
          collectMetrics(getContainer()),
          collectMetrics(getContainer()),
        ])
        expect(await seriesOf(id)).toHaveLength(1)
      })
    })

    describe("the figures of an account", () => {
      it("are read once a day after something has gone out there", async () => {
        await published()
        await sql(
          getContainer(),
          "update social_account set metrics_due_at = now() where metrics_due_at is not null"
        )
        await collectMetrics(getContainer())
        await collectMetrics(getContainer())

        const { data } = await admin.get(
          `/admin/social-accounts/${main}/metrics`
        )
        expect(data).toEqual({
          account_id: main,
          next_at: expect.any(String),
          series: [
            {
              measured_at: expect.any(String),
              values: { followers: expect.any(Number) },
            },
          ],
        })
      })
    })

    describe("what has become of a post at the network", () => {
      const events: unknown[] = []
      const subscriber = async (event: { data: unknown }) => {
        events.push(event.data)
      }
      beforeEach(() => {
        events.length = 0
        const bus = getContainer().resolve(Modules.EVENT_BUS)
        bus.subscribe("social_publication.removed_by_network", subscriber, {
          subscriberId: "test-removed",
        })
      })
      afterEach(() => {
        const bus = getContainer().resolve(Modules.EVENT_BUS)
        bus.unsubscribe("social_publication.removed_by_network", subscriber, {
          subscriberId: "test-removed",
        })
      })
      const look = async (hours = 1) => {
        await letTimePass(hours)
        await collectMetrics(getContainer())
      }

      it.each([
        ["rejected", "It breaks our rules.", "It breaks our rules."],
        ["gone", undefined, "Sandbox has it no more: it was deleted there."],
      ])(
        "is shown where it is %s, told once, and its figures are not asked for",
        async (_how, reason, told) => {
          const id = await published()
          const [stored] = await sandbox.posts()
          await look()
          const before = await readPost(admin, id)
          expect(before.publications[0].removed_by_network).toBeNull()

          await sandbox.takeDown(stored.id, reason)
          await look(5)
          await look(18)
          const { status, publications } = await readPost(admin, id)
          expect(status).toBe("published")
          expect(publications[0].removed_by_network).toEqual({
            part: 0,
            reason: told,
            at: expect.any(String),
          })
          expect(await seriesOf(id)).toHaveLength(1)
          await eventually(async () =>
            expect(events).toEqual([{ id: publications[0].id, post_id: id }])
          )
        }
      )

      it("is found out with an address that the network did not tell at first", async () => {
        const { publish: real } = sandboxProvider
        jest
          .spyOn(sandboxProvider, "publish")
          .mockImplementationOnce((context, job) =>
            real!.call(sandboxProvider, context, {
              ...job,
              done: (part, ref) => job.done(part, { ...ref, url: null }),
            })
          )
        const id = await published()
        expect((await readPost(admin, id)).publications[0].external_url).toBe(
          null
        )
        await look()
        const [stored] = await sandbox.posts()
        const url = expect.stringMatching(new RegExp(`/posts/${stored.id}$`))
        expect((await readPost(admin, id)).publications[0]).toMatchObject({
          external_url: url,
          parts: [{ part: 0, external_id: stored.id, url }],
        })
      })
    })

    describe("a comment on what is out", () => {
      const comment = async (id: string, body: object) => {
        const { publications } = await readPost(admin, id)
        return admin.post(
          `/admin/social-posts/${id}/publications/${publications[0].id}/comments`,
          body
        )
      }

      it("goes out as soon as the account takes one after what was last", async () => {
        const { limits } = sandboxProvider
        const spy = jest
          .spyOn(sandboxProvider, "limits")
          .mockImplementation((...choice) => {
            const taken = limits!(...choice)
            return { ...taken, parts: { ...taken.parts, min_delay_s: 60 } }
          })
        const id = await published()
        const { status, data } = await comment(id, { text: "Sold out!" })
        spy.mockRestore()
        expect([status, data.message]).toEqual([202, undefined])
        const [{ comments }] = await sql(
          getContainer(),
          "select comments from social_publication where post_id = ?",
          [id]
        )
        expect(comments).toEqual([{ text: "Sold out!", delay_seconds: 60 }])
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("goes out as one more part, under what was last", async () => {
        const id = await published()
        const [first] = await sandbox.posts()
        const { status, data } = await comment(id, { text: "Sold out!" })
        expect([status, data.social_post.status]).toEqual([202, "publishing"])
        expect(await settled(admin, id)).toMatchObject({
          status: "published",
          publications: [
            {
              state: "published",
              external_id: first.id,
              comments: [{ text: "Sold out!" }],
              parts: [{ part: 0 }, { part: 1 }],
            },
          ],
        })
        await comment(id, { text: "More tomorrow." })
        await settled(admin, id)
        const posts = await sandbox.posts()
        expect(posts.map(({ text }) => text)).toEqual([
          ...["More tomorrow.", "Sold out!", first.text],
        ])
        expect(posts.map(({ reply_to }) => reply_to)).toEqual([
          ...[posts[1].id, first.id, null],
        ])
      })

      it("whose outcome got lost is looked up, and not sent again", async () => {
        const id = await published()
        await sandbox.fault({ target: "posts", kind: "drop" })
        await comment(id, { text: "Sold out!" })
        expect((await settled(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(2)
      })

      it("that was refused can be taken back, and the post is as before", async () => {
        const id = await published()
        await sandbox.fault({ target: "posts", kind: "error", status: 422 })
        await comment(id, { text: "Sold out!" })
        const failed = await settled(admin, id)
        expect(failed).toMatchObject({
          status: "partially_published",
          publications: [{ state: "failed", parts: [{ part: 0 }] }],
        })
        const path = `/admin/social-posts/${id}/publications/${failed.publications[0].id}/comments`
        const { data } = await admin.delete(path)
        expect(data.social_post).toMatchObject({
          status: "published",
          publications: [{ state: "published", comments: null }],
        })
        const again = await admin.delete(path)
        expect([again.status, again.data.message]).toEqual([
          400,
          "There is no comment to take back: it is out, or about to be, or nobody knows.",
        ])
      })

      it("is refused where the account does not take it, or nothing is out", async () => {
        const id = await published()
        const long = await comment(id, { text: "x".repeat(600) })
        expect([long.status, long.data.message]).toEqual([
          400,
          expect.stringMatching(
            /^The comment does not fit\. Part 2 of the thread is 600 characters; Ada's Shop \(.*\), Feed takes up to 500\.$/
          ),
        ])
        const board = await accountOf(admin, await connectNoticeboard(admin))
        const notice = await createPost(admin, { account_ids: [board] })
        const draft = await createPost(admin, { account_ids: [main] })
        await publish(admin, notice)
        for (const [post, message] of [
          [notice, /takes no comments\.$/],
          [draft, /^A comment follows what is out/],
        ] as const) {
          const { status, data } = await comment(post, { text: "Sold out!" })
          expect([status, data.message]).toEqual([
            400,
            expect.stringMatching(message),
          ])
        }
        expect((await readPost(admin, id)).status).toBe("published")
      })
    })

    describe("removing what is public", () => {
      const remove = async (id: string) => {
        const { publications } = await readPost(admin, id)
        return admin.post(
          `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
        )
      }

      it("removes it at the service, once, and keeps the post", async () => {
        const id = await published()
        const { status, data } = await remove(id)
        expect(status).toBe(200)
        expect(data.social_post.publications[0]).toMatchObject({
          state: "published",
          removed_at: expect.any(String),
        })
        expect(await sandbox.posts()).toEqual([])

        const again = await remove(id)
        expect(again.status).toBe(400)
        expect(again.data.message).toContain("there is nothing to remove")
      })

      it("says where to do it for a service that cannot", async () => {
        const board = await accountOf(admin, await connectNoticeboard(admin))
        const id = await createPost(admin, { account_ids: [board] })
        await publish(admin, id)
        const { status, data } = await remove(id)
        expect(status).toBe(400)
        expect(data.message).toBe(
          "Noticeboard has no way to remove posts from here. Remove it there."
        )
        expect(
          (await readPost(admin, id)).publications[0].removed_at
        ).toBeNull()
      })
    })
  },
})
