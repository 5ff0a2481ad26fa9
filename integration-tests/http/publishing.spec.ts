import {
  ContainerRegistrationKeys,
  MedusaError,
  Modules,
} from "@medusajs/framework/utils"
import { StepResponse } from "@medusajs/framework/workflows-sdk"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { socialsModule } from "../../src/credentials/modules"
import { sandboxProvider } from "../../src/providers/sandbox/provider"
import { createSocialPlatformWorkflow } from "../../src/workflows/platforms/workflows/create-social-platform"
import { createSocialPostWorkflow } from "../../src/workflows/posts/workflows/create-social-post"
import { publishPostWorkflow } from "../../src/workflows/posts/workflows/publish-post"
import { publishPublicationWorkflow } from "../../src/workflows/posts/workflows/publish-publication"
import { updateSocialPostWorkflow } from "../../src/workflows/posts/workflows/update-social-post"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { eventually } from "./support/eventually"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  letTimeCome,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
  settled,
} from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

/** What an application's handlers were told, and which of them refuses. */
const hooks = {
  told: [] as [string, unknown][],
  refusing: "",
  /** What the one of `beforePublishing` makes of a post. */
  change: undefined as object | undefined,
}

/** A handler as an application registers one; a workflow takes one for each hook. */
const handlerOf = (name: string) => async (told: object) => {
  hooks.told.push([name, { ...told }])
  if (hooks.refusing === name) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `${name} says no.`)
  }
}

createSocialPlatformWorkflow.hooks.platformCreated(handlerOf("platformCreated"))
createSocialPostWorkflow.hooks.postValidated(handlerOf("postValidated"))
updateSocialPostWorkflow.hooks.postValidated(handlerOf("changeValidated"))
publishPublicationWorkflow.hooks.beforePublishing(async (told) => {
  await handlerOf("beforePublishing")(told)
  return hooks.change && new StepResponse(hooks.change)
})
publishPublicationWorkflow.hooks.published(handlerOf("published"))

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let platformId: string
    let main: string
    let outlet: string
    let profile: string
    let pictures: PictureServer

    beforeAll(async () => {
      pictures = await startPictureServer()
    })
    afterAll(() => pictures.close())

    beforeEach(async () => {
      await sandbox.reset()
      hooks.refusing = ""
      hooks.change = undefined
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platformId = await connectSandbox(admin)
      main = await accountOf(admin, platformId)
      outlet = await accountOf(admin, platformId, "page_outlet")
      profile = await accountOf(admin, platformId, "profile_ada")
      hooks.told = []
    })

    const runJob = () => runPublishing(getContainer())
    const countAttempts = () => sandbox.countRequests("POST", "/api/posts")
    const readPlatform = async () =>
      (await admin.get(`/admin/social-platforms/${platformId}`)).data
        .social_platform

    describe("an application's handlers", () => {
      it("are told of a post before it is stored, before it goes out and after", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        const { publications } = await publish(admin, id)
        const publication_id = publications[0].id
        expect(hooks.told).toEqual([
          [
            "postValidated",
            { post: expect.objectContaining({ account_ids: [main] }) },
          ],
          ["beforePublishing", { id, publication_id }],
          [
            "published",
            { id, publication_id, state: "published", status: "published" },
          ],
        ])
      })

      it("keep a post from being stored or changed", async () => {
        hooks.refusing = "postValidated"
        const refused = await admin.post("/admin/social-posts", {
          caption: "Not this one",
          account_ids: [main],
        })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          "postValidated says no.",
        ])
        expect(
          (await admin.get("/admin/social-posts")).data.social_posts
        ).toEqual([])

        hooks.refusing = "changeValidated"
        const id = await createPost(admin, { account_ids: [main] })
        const change = await admin.post(`/admin/social-posts/${id}`, {
          caption: "Changed",
        })
        expect(change.status).toBe(400)
        const { data } = await admin.get(`/admin/social-posts/${id}`)
        expect(data.social_post.caption).not.toBe("Changed")
      })

      it("keep a post from going out, and tell the merchant why", async () => {
        hooks.refusing = "beforePublishing"
        const id = await createPost(admin, { account_ids: [main] })
        expect(await publish(admin, id)).toMatchObject({
          status: "failed",
          publications: [
            {
              state: "failed",
              last_error: {
                code: "refused_by_store",
                message: "beforePublishing says no.",
              },
            },
          ],
        })
        expect(await sandbox.posts()).toEqual([])

        hooks.refusing = ""
        expect((await retry(admin, id)).status).toBe("published")
      })

      it("change what goes out, and what was sent is what is recorded", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        hooks.change = {
          caption: "The autumn collection is here #ad",
          link: "https://store.example/autumn?utm_source=sandbox",
          media: [{ url: pictures.url, alt_text: "A scarf" }],
          settings: { content_warning: "Advertising" },
        }
        // It fails once: the next attempt does not change what is changed.
        await sandbox.fault({ target: "posts", kind: "error", status: 503 })
        await publish(admin, id)
        await makeDue(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          caption: "The autumn collection is here",
          publications: [{ variant: null, changed_content: hooks.change }],
        })
        expect(await sandbox.posts()).toEqual([
          expect.objectContaining({
            text: "The autumn collection is here #ad",
            link: "https://store.example/autumn?utm_source=sandbox",
            media: [expect.objectContaining({ alt_text: "A scarf" })],
            content_warning: "Advertising",
          }),
        ])
      })

      it("have what was prepared for something else forgotten when they change their mind", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await sandbox.fault({ target: "posts", kind: "error", status: 503 })
        await publish(admin, id)
        hooks.change = { media: [] }
        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect((await sandbox.posts())[0].media).toEqual([])
      })

      it.each([
        [{ caption: "x".repeat(600) }, "content_rejected", /is 600 characters/],
        [{ settings: { colour: "red" } }, "config_error", /There is no colour/],
        [
          { text: "A text" },
          "config_error",
          /^The application's handler of beforePublishing returned what is no content of a post: .*text/,
        ],
      ])(
        "change nothing into what the account does not take: %#",
        async (change, errorClass, message) => {
          hooks.change = change
          const id = await createPost(admin, { account_ids: [main] })
          expect((await publish(admin, id)).publications[0]).toMatchObject({
            state: "failed",
            last_error: {
              class: errorClass,
              message: expect.stringMatching(message),
            },
          })
          expect(await sandbox.posts()).toEqual([])
        }
      )

      it("change nothing of what may be out already: it is looked for as it was sent", async () => {
        hooks.change = { caption: "As it was sent" }
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "drop" })
        await sandbox.fault({ target: "lookup", kind: "error" })
        await publish(admin, id)
        hooks.change = { caption: "As it was never sent" }
        const recover = jest.spyOn(sandboxProvider, "recover")
        await makeDue(getContainer(), id)
        await runJob()
        expect(recover.mock.calls[0][1].part.text).toBe("As it was sent")
        recover.mockRestore()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ changed_content: { caption: "As it was sent" } }],
        })
      })

      it("cannot take back what is out", async () => {
        hooks.refusing = "published"
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        expect(await sandbox.posts()).toHaveLength(1)
        expect((await readPost(admin, id)).status).toBe("published")
      })

      it("keep a platform from being created", async () => {
        hooks.refusing = "platformCreated"
        const { status } = await admin.post("/admin/social-platforms", {
          name: "Not this one",
          provider: "sandbox",
        })
        expect(status).toBe(400)
        const { data } = await admin.get("/admin/social-platforms")
        expect(
          data.social_platforms.map(({ id }: { id: string }) => id)
        ).toEqual([platformId])
      })
    })

    describe("publishing once", () => {
      it("publishes one post for a double click", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "slow", delay_ms: 800 })

        const responses = await Promise.all([
          admin.post(`/admin/social-posts/${id}/publish`),
          admin.post(`/admin/social-posts/${id}/publish`),
        ])
        expect(responses.map(({ status }) => status)).toEqual([202, 202])
        await settled(admin, id)
        expect(await countAttempts()).toBe(1)
        expect(await sandbox.posts()).toHaveLength(1)
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 0 }],
        })
      })

      it("publishes once for each account when eight workflows run at once", async () => {
        const id = await createPost(admin, {
          account_ids: [main, outlet, profile],
        })
        await Promise.all(
          Array.from({ length: 8 }, () =>
            publishPostWorkflow(getContainer()).run({ input: { id } })
          )
        )
        await settled(admin, id)

        const posts = await sandbox.posts()
        expect(posts.map(({ account_id }) => account_id).sort()).toEqual([
          "page_main",
          "page_outlet",
          "profile_ada",
        ])
        expect(await countAttempts()).toBe(3)
        const post = await readPost(admin, id)
        expect(post.status).toBe("published")
        expect(post.publications.map(({ attempts }) => attempts)).toEqual([
          0, 0, 0,
        ])
      })

      it("refuses to publish a post again and says what to do", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)

        const again = await admin.post(`/admin/social-posts/${id}/publish`)
        expect(again.status).toBe(400)
        expect(again.data.message).toBe(
          'The post has been published already, with the status "published". Use retry for the accounts where it failed.'
        )
        const retry = await admin.post(`/admin/social-posts/${id}/retry`)
        expect(retry.status).toBe(400)
        expect(retry.data.message).toBe(
          'A post with the status "published" has nothing to retry.'
        )
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("settles the status by what the last of several workers has done", async () => {
        const id = await createPost(admin, { account_ids: [main, outlet] })
        const [first, second] = (await readPost(admin, id)).publications
        const setState = (publicationId: string, state: string) =>
          sql(
            getContainer(),
            "update social_publication set state = ? where id = ?",
            [state, publicationId]
          )
        await setState(first.id, "published")
        await setState(second.id, "publishing")

        // Another worker holds the post's row while this one counts.
        const knex = getContainer().resolve(
          ContainerRegistrationKeys.PG_CONNECTION
        )
        const other = await knex.transaction()
        await other.raw("select id from social_post where id = ? for update", [
          id,
        ])
        const settling = socialsModule(getContainer()).settlePostStatus(id)
        await new Promise((resolve) => setTimeout(resolve, 300))
        await setState(second.id, "published")
        await other.commit()

        expect(await settling).toBe("published")
      })
    })

    describe("platforms that may not be used", () => {
      const refusal = async (message: string) => {
        const id = await createPost(admin, { account_ids: [outlet, main] })
        const before = await readPost(admin, id)
        const { status, data } = await admin.post(
          `/admin/social-posts/${id}/publish`
        )

        expect(status).toBe(400)
        expect(data.message).toBe(message)
        expect(await readPost(admin, id)).toEqual(before)
        expect(await countAttempts()).toBe(0)
      }

      it("refuses an inactive platform", async () => {
        await admin.post(`/admin/social-platforms/${platformId}`, {
          status: "inactive",
        })
        await refusal(
          `"Ada's sandbox" is inactive. Set its status to active first.`
        )
      })

      it("refuses a pending platform", async () => {
        await admin.post(`/admin/social-platforms/${platformId}`, {
          status: "pending",
        })
        await refusal(
          `"Ada's sandbox" is pending. Connect it, or set its status to active first.`
        )
      })

      it("refuses a disconnected platform", async () => {
        await admin.post(`/admin/social-platforms/${platformId}/disconnect`)
        await refusal(`"Ada's sandbox" is not connected. Connect it first.`)
      })
    })

    describe("failures that pass", () => {
      it("waits as long as the service says, then publishes", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({
          target: "posts",
          kind: "rate_limit",
          retry_after: 120,
        })
        const before = Date.now()
        const post = await publish(admin, id)

        expect(post.status).toBe("publishing")
        expect(post.publications[0]).toMatchObject({
          state: "pending",
          last_error: { class: "rate_limited", code: "rate_limited" },
        })
        const wait = Date.parse(post.publications[0].next_attempt_at!) - before
        expect(wait).toBeGreaterThanOrEqual(120_000)
        expect(wait).toBeLessThan(130_000)

        await runJob()
        expect(await countAttempts()).toBe(1)

        await makeDue(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 0, last_error: null }],
        })
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("backs off when an image cannot be handed over, and the job tries again", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await sandbox.fault({ target: "media", kind: "error", status: 503 })
        const before = Date.now()
        const post = await publish(admin, id)

        expect(post.publications[0]).toMatchObject({
          state: "pending",
          attempts: 1,
          last_error: { class: "transient" },
        })
        const wait = Date.parse(post.publications[0].next_attempt_at!) - before
        expect(wait).toBeGreaterThanOrEqual(15_000)
        expect(wait).toBeLessThan(35_000)
        expect(await countAttempts()).toBe(0)

        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("gives up when its time is over, and publishes when a person retries", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await sandbox.fault({ target: "media", kind: "error", times: 2 })
        await publish(admin, id)
        await sql(
          getContainer(),
          "update social_publication set due_since = now() - interval '6 hours' where post_id = ?",
          [id]
        )
        await makeDue(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "failed",
          publications: [
            { state: "failed", attempts: 2, next_attempt_at: null },
          ],
        })

        expect(await retry(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 0 }],
        })
      })

      it("tries again when the service is sure that nothing was published", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "error", status: 503 })
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

    describe("scheduled posts", () => {
      const schedule = async (): Promise<string> =>
        createPost(admin, {
          account_ids: [main],
          scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
        })
      it("go out at their time and not before", async () => {
        const id = await schedule()
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "scheduled",
          publications: [{ state: "pending", attempts: 0 }],
        })
        expect(await countAttempts()).toBe(0)

        await letTimeCome(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 0 }],
        })
        await runJob()
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("go out once when two jobs find them", async () => {
        const id = await schedule()
        await letTimeCome(getContainer(), id)
        await Promise.all([runJob(), runJob(), runJob()])

        expect((await readPost(admin, id)).status).toBe("published")
        expect(await countAttempts()).toBe(1)
      })

      it("fail where everybody can see it when their platform is inactive", async () => {
        const id = await schedule()
        await admin.post(`/admin/social-platforms/${platformId}`, {
          status: "inactive",
        })
        await letTimeCome(getContainer(), id)
        await runJob()

        expect(await readPost(admin, id)).toMatchObject({
          status: "failed",
          publications: [
            {
              state: "failed",
              last_error: {
                class: "config_error",
                message: `"Ada's sandbox" is inactive. Set its status to active first.`,
              },
            },
          ],
        })
        expect(await countAttempts()).toBe(0)
      })
    })

    describe("the engine's promises", () => {
      const inMinutes = (minutes: number) =>
        new Date(Date.now() + minutes * 60_000).toISOString()
      const update = (assignment: string, values: unknown[]) =>
        sql(
          getContainer(),
          `update social_publication set ${assignment}`,
          values
        )
      const only = async (id: string) =>
        (await readPost(admin, id)).publications[0]
      const parts = (...texts: string[]) => texts.map((text) => ({ text }))

      afterEach(() => jest.restoreAllMocks())

      it("a post is prepared ahead, and only its last call is left for its second", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
          scheduled_at: inMinutes(20),
        })
        await runJob()
        expect(await sandbox.countRequests("POST", "/api/media")).toBe(1)
        expect(await countAttempts()).toBe(0)
        expect(await readPost(admin, id)).toMatchObject({
          status: "scheduled",
          publications: [
            {
              state: "waiting",
              attempts: 0,
              waiting: {
                why: "Everything is ready, and goes out at its time",
              },
            },
          ],
        })

        const time = Date.now() + 2_000
        await update("publish_at = ?, next_attempt_at = ?", [
          new Date(time),
          new Date(time),
        ])
        // The process that was woken begins by itself when the time has come.
        await runJob()
        await eventually(async () =>
          expect((await only(id)).state).toBe("published")
        )
        const late = Date.parse((await only(id)).published_at!) - time
        expect(late).toBeGreaterThanOrEqual(0)
        expect(late).toBeLessThan(2_000)
        expect(await sandbox.countRequests("POST", "/api/media")).toBe(1)
        expect(await countAttempts()).toBe(1)
      })

      it("a post that is overdue by more than two hours waits for a person, who can publish it now", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          scheduled_at: inMinutes(60),
        })
        await letTimeCome(getContainer(), id, "121 minutes")
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "needs_attention",
          publications: [{ state: "overdue", next_attempt_at: null }],
        })
        expect(await countAttempts()).toBe(0)

        expect((await publish(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("a post that is overdue since its account took no more tells that this was why", async () => {
        await sql(
          getContainer(),
          "update social_account set held_until = now() + interval '1 hour' where id = ?",
          [main]
        )
        const id = await createPost(admin, {
          account_ids: [main],
          scheduled_at: inMinutes(60),
        })
        await letTimeCome(getContainer(), id, "90 minutes")
        await runJob()
        expect((await only(id)).state).toBe("waiting")
        await letTimeCome(getContainer(), id, "121 minutes")
        await makeDue(getContainer(), id)
        await runJob()
        expect(await only(id)).toMatchObject({
          state: "overdue",
          last_error: {
            class: "transient",
            code: "waited_too_long",
            message:
              "Its time passed while it waited: Sandbox takes no more posts on Ada's Shop for now.",
          },
        })
      })

      it("a mistake in a provider is logged, without what looks like a secret", async () => {
        const logger = getContainer().resolve(ContainerRegistrationKeys.LOGGER)
        const logged = jest.spyOn(logger, "error").mockImplementation()
        jest
          .spyOn(sandboxProvider, "publish")
          .mockRejectedValueOnce(
            new TypeError("no access_token=abcdefghijklmnop here")
          )
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        const told = logged.mock.calls.join("\n")
        logged.mockRestore()
        expect(await only(id)).toMatchObject({
          state: "failed",
          last_error: { code: "unexpected_error" },
        })
        expect(told).toContain("met an unexpected error: TypeError: no ")
        expect(told).not.toContain("abcdefghijklmnop")
      })

      it("what is out stays so when the database fails once as that is settled", async () => {
        const socials = socialsModule(getContainer())
        const settle = jest
          .spyOn(socials, "settlePublication")
          .mockRejectedValueOnce(
            new MedusaError(MedusaError.Types.DB_ERROR, "Connection lost")
          )
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        settle.mockRestore()
        await makeDue(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ state: "published", last_error: null }],
        })
        expect(await countAttempts()).toBe(1)
      })

      it("what the service takes its time for is shown as progress, and counts no failure", async () => {
        jest.spyOn(sandboxProvider, "publish").mockResolvedValueOnce({
          state: "wait",
          until: new Date(Date.now() + 60_000),
          ...{ why: "Sandbox processes the video", done: 40, of: 100 },
        })
        const id = await createPost(admin, { account_ids: [main] })
        expect(await publish(admin, id)).toMatchObject({
          status: "publishing",
          publications: [
            {
              state: "waiting",
              attempts: 0,
              last_error: null,
              waiting: {
                ...{ why: "Sandbox processes the video", done: 40, of: 100 },
              },
            },
          ],
        })
        await makeDue(getContainer(), id)
        await runJob()
        expect(await readPost(admin, id)).toMatchObject({
          status: "published",
          publications: [{ attempts: 0, waiting: null }],
        })
      })

      it("each state that a publication comes to is told to subscribers, by ids alone", async () => {
        const bus = getContainer().resolve(Modules.EVENT_BUS)
        const told: unknown[] = []
        const states = ["failed", "waiting", "published"]
        const subscribers = states.map((state) => {
          const name = `social_publication.${state}`
          const subscriber = async ({ data }: { data: unknown }) => {
            told.push([state, data])
          }
          bus.subscribe(name, subscriber, { subscriberId: state })
          return () =>
            bus.unsubscribe(name, subscriber, { subscriberId: state })
        })
        jest.spyOn(sandboxProvider, "publish").mockResolvedValueOnce({
          state: "wait",
          until: new Date(Date.now() + 60_000),
          why: "Sandbox processes the video",
        })
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        await sandbox.fault({ target: "posts", kind: "error", status: 422 })
        await makeDue(getContainer(), id)
        await runJob()
        await retry(admin, id)
        const data = { id: (await only(id)).id, post_id: id }
        await eventually(async () =>
          expect(told).toEqual([
            ["waiting", data],
            ["failed", data],
            ["published", data],
          ])
        )
        subscribers.forEach((leave) => leave())
      })

      it("a thread whose second part fails keeps the first, cannot be edited, and goes on with the second", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          parts: parts("Second", "Third"),
        })
        const { publish: real } = sandboxProvider
        jest
          .spyOn(sandboxProvider, "publish")
          .mockImplementationOnce((context, job) =>
            real!.call(sandboxProvider, context, {
              ...job,
              done: async (part, ref) => {
                await job.done(part, ref)
                await sandbox.fault({
                  ...{ target: "posts", kind: "error", status: 422 },
                })
              },
            })
          )
        expect(await publish(admin, id)).toMatchObject({
          status: "partially_published",
          publications: [{ state: "failed", parts: [{ part: 0 }] }],
        })
        const edit = await admin.post(`/admin/social-posts/${id}`, {
          caption: "Once more",
        })
        expect(edit.status).toBe(400)

        expect(await retry(admin, id)).toMatchObject({
          status: "published",
          publications: [
            {
              state: "published",
              parts: [{ part: 0 }, { part: 1 }, { part: 2 }],
            },
          ],
        })
        expect((await sandbox.posts()).map(({ text }) => text)).toEqual(
          expect.arrayContaining([
            ...["The autumn collection is here", "Second", "Third"],
          ])
        )
        expect(await sandbox.posts()).toHaveLength(3)
      })

      it("a comment follows the post after its delay, and not before", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          parts: [{ text: "The link is here", delay_seconds: 600 }],
        })
        const before = Date.now()
        const { publications } = await publish(admin, id)
        expect(publications[0]).toMatchObject({
          ...{ state: "waiting", attempts: 0, parts: [{ part: 0 }] },
          waiting: { why: "The next part waits for its time" },
        })
        const wait = Date.parse(publications[0].next_attempt_at!) - before
        // Taken up a little before, and made public at its second.
        expect(wait).toBeGreaterThanOrEqual(590_000)
        expect(wait).toBeLessThan(600_000)
        expect(await sandbox.posts()).toHaveLength(1)

        await update(
          `parts = jsonb_set(parts, '{0,published_at}', to_jsonb(now() - interval '10 minutes')),
           next_attempt_at = now()`,
          []
        )
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(2)
      })

      it("a limit of the service holds back all that goes to the account, and nothing else", async () => {
        const ids: string[] = []
        for (const account of [main, main, outlet]) {
          const id = await createPost(admin, {
            account_ids: [account],
            scheduled_at: inMinutes(60),
          })
          ids.push(id)
        }
        const [first, second, elsewhere] = ids
        await sandbox.fault({
          ...{ target: "posts", kind: "rate_limit", retry_after: 300 },
        })
        const soon = new Date(Date.now() + 100_000)
        await update("publish_at = ?, next_attempt_at = ? where post_id = ?", [
          soon,
          soon,
          second,
        ])
        await letTimeCome(getContainer(), first)
        await runJob()
        await letTimeCome(getContainer(), elsewhere)
        await runJob()

        for (const id of [first, second]) {
          const { state, next_attempt_at } = await only(id)
          expect(state).toBe("pending")
          expect(Date.parse(next_attempt_at!)).toBeGreaterThan(
            Date.now() + 200_000
          )
        }
        expect((await readPost(admin, elsewhere)).status).toBe("published")
      })

      it("a post that comes while a limit holds its account back waits for its end, and says until when", async () => {
        const limited = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({
          ...{ target: "posts", kind: "rate_limit", retry_after: 300 },
        })
        await publish(admin, limited)
        const end = (await only(limited)).next_attempt_at!
        const attempts = await countAttempts()

        const later = await createPost(admin, { account_ids: [main] })
        const { publications } = await publish(admin, later)
        expect(publications[0]).toMatchObject({
          state: "waiting",
          attempts: 0,
          next_attempt_at: end,
          waiting: {
            why: expect.stringMatching(/^Sandbox takes no more posts/),
          },
        })
        const scheduled = await createPost(admin, {
          account_ids: [main],
          scheduled_at: inMinutes(60),
        })
        await letTimeCome(getContainer(), scheduled)
        await runJob()
        expect((await only(scheduled)).next_attempt_at).toBe(end)
        expect(await countAttempts()).toBe(attempts)

        await sql(
          getContainer(),
          "update social_account set held_until = now()"
        )
        for (const id of [limited, later, scheduled]) {
          await makeDue(getContainer(), id)
          await runJob()
          expect((await readPost(admin, id)).status).toBe("published")
        }
      })

      it("a post goes out to all accounts that work when one does not", async () => {
        const other = await connectSandbox(admin)
        const broken = await accountOf(admin, other)
        const id = await createPost(admin, {
          account_ids: [broken, main, outlet, profile],
        })
        await admin.post(`/admin/social-platforms/${other}`, {
          status: "inactive",
        })
        const post = await publish(admin, id)
        expect(post.status).toBe("partially_published")
        expect(
          post.publications.map(({ account_id, state }) => [account_id, state])
        ).toEqual(
          expect.arrayContaining([
            [broken, "failed"],
            ...[main, outlet, profile].map((account) => [account, "published"]),
          ])
        )
        expect(await sandbox.posts()).toHaveLength(3)
      })

      it("addresses of uploads are sealed in the database, and verified with the credentials", async () => {
        const address = "https://uploads.example.com/a-capability"
        jest
          .spyOn(sandboxProvider, "publish")
          .mockImplementationOnce(async (_context, job) => {
            await job.step("upload", async () => address)
            return {
              ...{ state: "wait", why: "Sandbox processes the video" },
              until: new Date(Date.now() + 60_000),
            }
          })
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        const stored = async () =>
          sql(getContainer(), "select content from social_checkpoint", [])
        const before = await stored()
        expect(before).toHaveLength(1)
        expect(JSON.stringify(before)).not.toContain("capability")

        const quarantined = async () => {
          const found: object[] = []
          let after: string | undefined
          do {
            const { data } = await admin.post("/admin/encryption/verify", {
              after,
            })
            found.push(...data.report.quarantined)
            after = data.report.next ?? undefined
          } while (after)
          return found
        }
        expect(await quarantined()).toEqual([])
        const write = (content: object) =>
          sql(
            getContainer(),
            "update social_checkpoint set content = ?::jsonb",
            [JSON.stringify(content)]
          )
        const [{ content }] = before as { content: object }[]
        await write({ ...content, authTag: "A".repeat(22) + "==" })
        expect(await quarantined()).toHaveLength(1)
        await write(content)

        await makeDue(getContainer(), id)
        await runJob()
        expect((await readPost(admin, id)).status).toBe("published")
        expect(await stored()).toEqual([])
      })

      it("health tells how much is due, and since when", async () => {
        const health = async () =>
          (await admin.get("/admin/socials/health")).data.health.publishing
        expect(await health()).toEqual({ due: 0, oldest_due_at: null })
        const id = await createPost(admin, {
          account_ids: [main],
          scheduled_at: inMinutes(60),
        })
        expect((await health()).due).toBe(0)
        await letTimeCome(getContainer(), id, "90 seconds")
        const { due, oldest_due_at } = await health()
        expect(due).toBe(1)
        expect(Date.now() - Date.parse(oldest_due_at)).toBeGreaterThan(89_000)
      })
    })

    describe("a thread of which a part is out", () => {
      it("can be changed in what follows alone, and goes on with that", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          link: "https://shop.example.com/scarf",
          parts: [{ text: "Refused" }],
        })
        const { publications } = await publish(admin, id)
        await sql(
          getContainer(),
          `update social_publication set state = 'failed', parts = jsonb_build_array(parts -> 0)
           where post_id = ?`,
          [id]
        )
        const [refused] = await sandbox.posts()
        await sandbox.takeDown(refused.id)
        const path = `/admin/social-posts/${id}/publications/${publications[0].id}`
        for (const change of [
          { variant: { caption: "Another beginning" } },
          { variant: { link: null } },
          { settings: { visibility: "followers" } },
        ]) {
          const { status, data } = await admin.post(path, change)
          expect([status, data.message]).toEqual([
            400,
            "The first part is out already: only what follows can be changed, not the link and not the settings.",
          ])
        }
        const { status, data } = await admin.post(path, {
          settings: null,
          variant: { parts: [{ text: "Mended" }] },
        })
        expect([status, data.message]).toEqual([200, undefined])
        await sql(
          getContainer(),
          "update social_post set status = 'partially_published' where id = ?",
          [id]
        )
        expect((await retry(admin, id)).status).toBe("published")
        const texts = (await sandbox.posts()).map(({ text }) => text)
        expect(texts).toContain("Mended")
        expect(
          texts.filter((text) => text === "The autumn collection is here")
        ).toHaveLength(1)
      })
    })

    describe("a quota of posts", () => {
      it("counts each part of a thread, and holds back a thread that has no room as a whole", async () => {
        const { quotas } = sandboxProvider
        Object.assign(sandboxProvider, {
          quotas: [
            {
              label: "posts a day",
              count: 4,
              window_seconds: 86_400,
              per: "part",
            },
          ],
        })
        try {
          const thread = (parts: number) => ({
            account_ids: [main],
            parts: Array.from({ length: parts - 1 }, (_, index) => ({
              text: `Part ${index + 2}`,
            })),
          })
          const first = await createPost(admin, thread(3))
          expect((await publish(admin, first)).status).toBe("published")
          const { data } = await admin.get(
            `/admin/social-accounts/${main}/publishing`
          )
          expect(data.quota).toMatchObject([{ count: 4, used: 3 }])

          const second = thread(2)
          const checked = await admin.post("/admin/social-posts/check", {
            caption: "More",
            ...second,
          })
          expect(checked.data.publications[0].warnings).toMatchObject([
            {
              code: "quota",
              message: expect.stringContaining(
                "takes 4 posts a day, and this would be numbers 4 to 5."
              ),
            },
          ])
          const id = await createPost(admin, { caption: "More", ...second })
          const { publications } = await publish(admin, id)
          expect(publications[0]).toMatchObject({
            state: "waiting",
            waiting: { why: expect.stringContaining("takes 4 posts a day") },
          })
          const hours =
            (Date.parse(publications[0].next_attempt_at!) - Date.now()) / 3.6e6
          expect(hours).toBeGreaterThan(23.9)

          const single = await createPost(admin, {
            caption: "There is room for one",
            account_ids: [main],
          })
          expect((await publish(admin, single)).status).toBe("published")
        } finally {
          Object.assign(sandboxProvider, { quotas })
        }
      })
    })

    describe("partial failure", () => {
      it("is shown for its account, and a retry publishes there alone", async () => {
        const id = await createPost(admin, { account_ids: [main, outlet] })
        await sandbox.fault({ target: "posts", kind: "error", status: 422 })
        const post = await publish(admin, id)

        expect(post.status).toBe("partially_published")
        expect(post.publications.map(({ state }) => state).sort()).toEqual([
          "failed",
          "published",
        ])
        const published = post.publications.find(
          ({ state }) => state === "published"
        )
        expect(
          post.publications.find(({ state }) => state === "failed")
        ).toMatchObject({
          external_id: null,
          last_error: { class: "content_rejected" },
        })

        const again = await retry(admin, id)
        expect(again.status).toBe("published")
        expect(again.publications).toEqual(expect.arrayContaining([published]))
        expect(await countAttempts()).toBe(3)
        expect(await sandbox.posts()).toHaveLength(2)
      })
    })

    describe("tokens that do not work", () => {
      /** The service has ended the access token earlier than it had said. */
      const endAccessToken = async () => {
        await sandbox.settings({ access_token_ttl: 1 })
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [platformId]
        )
        await admin.post("/admin/socials/sync-platform-data", {
          platform_id: platformId,
        })
        await new Promise((resolve) => setTimeout(resolve, 1100))
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() + interval '1 day' where id = ?",
          [platformId]
        )
        await sandbox.settings({ access_token_ttl: 3600 })
      }

      it("are refreshed once, and the post goes out once", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await endAccessToken()
        const before = await sandbox.countRequests("POST", "/token")
        const post = await publish(admin, id)

        expect(post).toMatchObject({
          status: "published",
          publications: [{ state: "published", attempts: 0 }],
        })
        expect(await sandbox.countRequests("POST", "/token")).toBe(before + 1)
        expect(await countAttempts()).toBe(2)
        expect(await sandbox.posts()).toHaveLength(1)
      })

      it("fail the post and flag the platform when the grant is gone", async () => {
        const id = await createPost(admin, { account_ids: [main, outlet] })
        await sandbox.revokeGrants()
        const post = await publish(admin, id)

        expect(post.status).toBe("failed")
        expect(
          post.publications.map(({ state, last_error }) => [
            state,
            last_error?.class,
          ])
        ).toEqual([
          ["failed", "token_invalid"],
          ["failed", expect.stringMatching("token_invalid|config_error")],
        ])
        expect(await readPlatform()).toMatchObject({
          status: "error",
          connection: "reauthorization_required",
          token_validity: "false",
          last_error: { class: "token_invalid", code: "invalid_grant" },
        })

        const next = await createPost(admin, { account_ids: [main] })
        const refused = await admin.post(`/admin/social-posts/${next}/publish`)
        expect(refused.status).toBe(400)
        expect(refused.data.message).toBe(
          `"Ada's sandbox" has lost its access. Connect it again.`
        )
        expect(await sandbox.posts()).toEqual([])
      })
    })
  },
})
