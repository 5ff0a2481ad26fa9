import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import collectMetrics from "../../src/jobs/collect-metrics"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { createPost, publish, readPost } from "./support/posts"
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
        expect(await seriesOf(id)).toEqual([])

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
          series: [
            {
              measured_at: expect.any(String),
              values: { followers: expect.any(Number) },
            },
          ],
        })
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
