import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import {
  createStep,
  createWorkflow,
  type ReturnWorkflow,
  type WorkflowData,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  getAccessToken,
  prepareAuthorizationResponse,
  prepareAuthorization,
  preparePlatform,
  preparePlatformChange,
} from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import {
  decryptRefreshToken,
  openCredential,
} from "../../src/modules/socials/utils/token-helpers"
import {
  completeOauthAuthorizationWorkflow,
  createSocialPlatformWorkflow,
  createSocialPostWorkflow,
  deleteSocialPlatformWorkflow,
  deleteSocialPostWorkflow,
  publishPostWorkflow,
  startOauthAuthorizationWorkflow,
  syncPlatformDataWorkflow,
  updateSocialPlatformWorkflow,
  updateSocialPostWorkflow,
} from "../../src/workflows"
import {
  accountOf,
  type Admin,
  approve,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import {
  countRows,
  keepHistory,
  overwriteApiConfig,
  storedPlatform,
} from "./support/database"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost, readPost, runPublishing, settled } from "./support/posts"
import { sandbox } from "./support/sandbox"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

const FAILURE = "A later step of the application's own workflow failed."

const failStep = createStep("fail", async () => {
  throw new MedusaError(MedusaError.Types.NOT_ALLOWED, FAILURE)
})

/** A workflow as an application builds one on the plugin's, which fails at its end. */
const failingAfter = <Input extends object, Output, Hooks extends unknown[]>(
  workflow: ReturnWorkflow<Input, Output, Hooks>
) =>
  createWorkflow(
    `fail-after-${workflow.getName()}`,
    (input: WorkflowData<Input>) => {
      workflow.runAsStep({ input: input as Input })
      failStep()
      return new WorkflowResponse(input)
    }
  )

const failing = {
  createPlatform: failingAfter(createSocialPlatformWorkflow),
  updatePlatform: failingAfter(updateSocialPlatformWorkflow),
  deletePlatform: failingAfter(deleteSocialPlatformWorkflow),
  sync: failingAfter(syncPlatformDataWorkflow),
  startAuthorization: failingAfter(startOauthAuthorizationWorkflow),
  completeAuthorization: failingAfter(completeOauthAuthorizationWorkflow),
  createPost: failingAfter(createSocialPostWorkflow),
  updatePost: failingAfter(updateSocialPostWorkflow),
  deletePost: failingAfter(deleteSocialPostWorkflow),
  publishPost: failingAfter(publishPostWorkflow),
}

const changeMeanwhileStep = createStep(
  { name: "change-credentials-meanwhile", noCompensation: true },
  async ({ id, api_key }: { id: string; api_key: string }, { container }) => {
    const change = await preparePlatformChange(container, id, {
      api_config: { api_key },
    })
    await updateSocialPlatformWorkflow(container).run({ input: { change } })
  }
)

const failAfterInterference = createWorkflow(
  "fail-after-interference",
  (input: {
    change: Awaited<ReturnType<typeof preparePlatformChange>>
    other: { id: string; api_key: string }
  }) => {
    updateSocialPlatformWorkflow.runAsStep({ input: { change: input.change } })
    changeMeanwhileStep(input.other)
    failStep()
    return new WorkflowResponse(input.other)
  }
)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let container: MedusaContainer
    let pictures: PictureServer

    beforeAll(async () => {
      pictures = await startPictureServer()
    })
    afterAll(() => pictures.close())
    beforeEach(async () => {
      await sandbox.reset()
      container = getContainer()
      admin = await createAdmin(api, container, "ada@example.com")
    })

    /** Everything of a row but what tells that it was written. */
    const platformRow = async (id: string) => {
      const {
        updated_at: _,
        credentials_version: __,
        last_used_at: ___,
        ...row
      } = (await storedPlatform(container, id)) as object as Record<
        string,
        unknown
      >
      return row
    }
    const accountRows = async () =>
      (
        await sql(
          container,
          "select * from social_account order by external_id"
        )
      ).map(({ updated_at: _, ...row }) => row)
    const prepareGeneric = () =>
      preparePlatform(container, {
        name: "Carrier",
        provider: "generic",
        auth_type: "api_key",
        api_config: { api_key: "the-first-key", region: "eu" },
      })
    const createGeneric = async (): Promise<string> => {
      const { result } = await createSocialPlatformWorkflow(container).run({
        input: { platform: await prepareGeneric() },
      })
      return result.id
    }
    const apiKeyOf = async (id: string) => {
      const row = await socialsModule(container).retrieveSocialPlatform(id)
      return (
        await openCredential(row.api_config, "api_key", container, id)
      )?.reveal()
    }

    describe("when a later step fails", () => {
      it("creating a platform leaves none", async () => {
        await expect(
          failing
            .createPlatform(container)
            .run({ input: { platform: await prepareGeneric() } })
        ).rejects.toMatchObject({ message: FAILURE })
        expect(await countRows(container, "social_platform")).toBe(0)
      })

      it("updating a platform puts back details, settings, credentials and health", async () => {
        const id = await createGeneric()
        await socialsModule(container).writeHealth(id, {
          status: "error",
          token_validity: "false",
          last_error: {
            class: "token_invalid",
            code: "http_401",
            message: "No",
          },
          consecutive_failures: 3,
        })
        const before = await platformRow(id)
        const change = await preparePlatformChange(container, id, {
          name: "Carrier (new)",
          metadata: { note: "new" },
          api_config: {
            api_key: "the-second-key",
            webhook_secret: "a-webhook-secret",
            region: null,
            zone: "b",
          },
        })
        await expect(
          failing.updatePlatform(container).run({ input: { change } })
        ).rejects.toMatchObject({ message: FAILURE })

        expect(await platformRow(id)).toEqual(before)
        expect(await apiKeyOf(id)).toBe("the-first-key")
      })

      it("an update that fails on its credentials has changed nothing, not for a moment", async () => {
        const id = await createGeneric()
        await keepHistory(container)
        const change = await preparePlatformChange(container, id, {
          name: "Carrier (new)",
          api_config: { region: "us" },
        })
        await expect(
          updateSocialPlatformWorkflow(container).run({
            input: {
              change: { ...change, settings: { region: "no\u0000text" } },
            },
          })
        ).rejects.toMatchObject({ type: "invalid_data" })

        expect(
          await sql(
            container,
            "select line from row_history where line like ?",
            ["%Carrier%"]
          )
        ).toEqual([])
      })

      it("an update stores no credential that was sealed for a tenant whose platform it is no longer", async () => {
        const id = await createGeneric()
        const change = await preparePlatformChange(container, id, {
          api_config: { api_key: "the-second-key", region: "us" },
        })
        await admin.post(`/admin/social-platforms/${id}`, {
          tenant_id: "another-shop",
        })
        const moved = await storedPlatform(container, id)
        await expect(
          updateSocialPlatformWorkflow(container).run({ input: { change } })
        ).rejects.toMatchObject({
          type: "conflict",
          message: expect.stringMatching(/to another tenant in the meantime/),
        })
        expect(await storedPlatform(container, id)).toEqual(moved)
        expect(await apiKeyOf(id)).toBe("the-first-key")
      })

      it("updating a platform puts back plaintext as it was, and hands it to no workflow", async () => {
        const id = await createGeneric()
        const before = { api_key: "a-key-in-the-clear", webhook_secret: 12345 }
        await overwriteApiConfig(container, id, before)
        const change = await preparePlatformChange(container, id, {
          api_config: { api_key: "the-second-key", webhook_secret: null },
        })
        const watch = startWatch(container, admin)
        await expect(
          failing
            .updatePlatform(container)
            .run({ input: { change } })
            .finally(watch.stop)
        ).rejects.toMatchObject({ message: FAILURE })

        expect((await storedPlatform(container, id)).api_config).toEqual(before)
        expect(JSON.stringify([watch.workflows, watch.log])).not.toContain(
          "a-key-in-the-clear"
        )
      })

      it("updating a platform keeps what somebody else has stored since", async () => {
        const id = await createGeneric()
        const change = await preparePlatformChange(container, id, {
          api_config: { api_key: "the-second-key" },
        })
        await expect(
          failAfterInterference(container).run({
            input: { change, other: { id, api_key: "somebody-elses-key" } },
          })
        ).rejects.toMatchObject({ message: FAILURE })
        expect(await apiKeyOf(id)).toBe("somebody-elses-key")
      })

      it("deleting a platform leaves it and its accounts, disconnected", async () => {
        const id = await connectSandbox(admin)
        const accounts = await accountRows()
        await expect(
          failing.deletePlatform(container).run({ input: { id } })
        ).rejects.toMatchObject({ message: FAILURE })

        expect(await accountRows()).toEqual(accounts)
        const { status, data } = await admin.get(
          `/admin/social-platforms/${id}`
        )
        expect(status).toBe(200)
        expect(data.social_platform).toMatchObject({
          status: "pending",
          connection: "not_connected",
        })
      })

      it("syncing puts back accounts, profile and health", async () => {
        const id = await connectSandbox(admin)
        await sql(
          container,
          "delete from social_account where external_id = 'page_outlet'"
        )
        await sql(
          container,
          `update social_account set name = 'Old name', url = null
           where external_id = 'page_main'`
        )
        await sql(
          container,
          `update social_account set external_id = 'page_closed'
           where external_id = 'profile_ada'`
        )
        await socialsModule(container).writeHealth(id, {
          profile: { id: "user_ada", name: "Old name" },
          last_error: { class: "transient", code: "timeout", message: "Slow" },
          consecutive_failures: 2,
        })
        const accounts = await accountRows()
        const before = await platformRow(id)
        await expect(
          failing.sync(container).run({ input: { platform_id: id } })
        ).rejects.toMatchObject({ message: FAILURE })

        expect(await accountRows()).toEqual(accounts)
        expect(await platformRow(id)).toEqual(before)
      })

      it("starting an authorization leaves no session", async () => {
        const id = await createSandboxPlatform(admin)
        const { session } = await prepareAuthorization(container, {
          provider: "sandbox",
          platformId: id,
          actorId: admin.id,
        })
        await expect(
          failing.startAuthorization(container).run({ input: session })
        ).rejects.toMatchObject({ message: FAILURE })
        expect(await countRows(container, "social_oauth_session")).toBe(0)
      })

      it("completing an authorization erases the tokens and keeps the state used up", async () => {
        const id = await createSandboxPlatform(admin)
        const answer = await approve(admin, id)
        const input = await prepareAuthorizationResponse(container, {
          provider: "sandbox",
          actorId: admin.id,
          ...answer,
        })
        await expect(
          failing.completeAuthorization(container).run({ input })
        ).rejects.toMatchObject({ message: FAILURE })

        expect(await platformRow(id)).toMatchObject({
          api_config: {},
          key_version: null,
          status: "pending",
          connected_at: null,
          token_expires_at: null,
          scopes: null,
          token_validity: "unknown",
        })
        const replay = await admin.post("/admin/oauth/sandbox/callback", answer)
        expect(replay.status).toBe(400)
      })
    })

    describe("when a later step fails, of posts", () => {
      let main: string
      let outlet: string

      beforeEach(async () => {
        const id = await connectSandbox(admin)
        main = await accountOf(admin, id)
        outlet = await accountOf(admin, id, "page_outlet")
      })

      const createProduct = async (title: string): Promise<string> => {
        const { data } = await admin.post("/admin/products", {
          title,
          options: [{ title: "Size", values: ["M"] }],
        })
        return data.product.id
      }
      const countLinks = async () => {
        const query = container.resolve(ContainerRegistrationKeys.QUERY)
        const { data } = await query.graph({
          entity: "product",
          fields: ["id", "social_posts.id"],
        })
        return data.flatMap(
          (product) =>
            (product as { social_posts?: unknown[] }).social_posts ?? []
        ).length
      }
      /** What of a post a person sees, with its publications in a fixed order. */
      const content = async (id: string) => {
        const {
          updated_at: _,
          publications,
          products,
          ...post
        } = (await readPost(admin, id)) as Awaited<
          ReturnType<typeof readPost>
        > & {
          updated_at: string
          products: { title: string }[]
        }
        return {
          ...post,
          products: products.map(({ title }) => title).sort(),
          accounts: publications
            .map(({ account_id, state }) => `${account_id} ${state}`)
            .sort(),
        }
      }

      it("creating one leaves neither post nor publications nor links", async () => {
        const product = await createProduct("Scarf")
        await expect(
          failing.createPost(container).run({
            input: {
              caption: "New in",
              account_ids: [main, outlet],
              product_ids: [product],
            },
          })
        ).rejects.toMatchObject({ message: FAILURE })

        expect(await countRows(container, "social_post")).toBe(0)
        expect(await countRows(container, "social_publication")).toBe(0)
        expect(await countLinks()).toBe(0)
      })

      it("changing one puts back text, images, accounts, time and products", async () => {
        const scarf = await createProduct("Scarf")
        const hat = await createProduct("Hat")
        const id = await createPost(admin, {
          account_ids: [main, outlet],
          media: [
            { url: `${pictures.url}?1`, alt_text: "One" },
            { url: `${pictures.url}?2`, alt_text: "Two" },
          ],
          product_ids: [scarf],
          scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
        })
        const before = await content(id)
        await expect(
          failing.updatePost(container).run({
            input: {
              id,
              caption: "Something else",
              link: "https://shop.example.com",
              media: [{ url: `${pictures.url}?3`, alt_text: null }],
              account_ids: [outlet],
              product_ids: [hat],
              scheduled_at: null,
            },
          })
        ).rejects.toMatchObject({ message: FAILURE })
        expect(await content(id)).toEqual(before)
      })

      it("deleting one brings it back with its publications and products", async () => {
        const scarf = await createProduct("Scarf")
        const id = await createPost(admin, {
          account_ids: [main, outlet],
          product_ids: [scarf],
        })
        const before = await content(id)
        await expect(
          failing.deletePost(container).run({ input: { id } })
        ).rejects.toMatchObject({ message: FAILURE })
        expect(await content(id)).toEqual(before)
      })

      it("a publish that was asked for goes on, once: the workers have it", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await expect(
          failing.publishPost(container).run({ input: { id } })
        ).rejects.toMatchObject({ message: FAILURE })
        await runPublishing(container)
        expect((await settled(admin, id)).status).toBe("published")
        expect(await sandbox.posts()).toHaveLength(1)
      })
    })

    describe("what a workflow hands to Medusa, compensation included,", () => {
      /** Just what Medusa writes to its table of executions when a workflow is stored. */
      const contextOf = (transaction: unknown): string =>
        JSON.stringify(
          (transaction as { getContext: () => unknown }).getContext()
        )

      it("holds no secret of a platform", async () => {
        const created = await createSocialPlatformWorkflow(container).run({
          input: { platform: await prepareGeneric() },
        })
        const { id } = created.result
        await overwriteApiConfig(container, id, {
          api_key: "a-key-in-the-clear",
        })
        const updated = await updateSocialPlatformWorkflow(container).run({
          input: {
            change: await preparePlatformChange(container, id, {
              api_config: { api_key: "the-second-key" },
            }),
          },
        })

        expect(contextOf(created.transaction)).toContain(id)
        expect(contextOf(created.transaction)).not.toContain("the-first-key")
        for (const secret of ["a-key-in-the-clear", "the-second-key"]) {
          expect(contextOf(updated.transaction)).not.toContain(secret)
        }
      })

      it("holds no state, code or token", async () => {
        const id = await createSandboxPlatform(admin)
        const answer = await approve(admin, id)
        const completed = await completeOauthAuthorizationWorkflow(
          container
        ).run({
          input: await prepareAuthorizationResponse(container, {
            provider: "sandbox",
            actorId: admin.id,
            ...answer,
          }),
        })
        const before = await tokensOf(id)
        await sql(
          container,
          "update social_platform set token_expires_at = now() where id = ?",
          [id]
        )
        const synced = await syncPlatformDataWorkflow(container).run({
          input: { platform_id: id },
        })
        const post = await createPost(admin, {
          account_ids: [await accountOf(admin, id)],
        })
        const published = await publishPostWorkflow(container).run({
          input: { id: post },
        })
        const after = await tokensOf(id)
        const contexts = [completed, synced, published].map(({ transaction }) =>
          contextOf(transaction)
        )

        expect(contexts[0]).toContain(id)
        expect(after).not.toEqual(before)
        for (const secret of [answer.state, answer.code, ...before, ...after]) {
          for (const context of contexts) {
            expect(context).not.toContain(secret)
          }
        }
      })

      const tokensOf = async (id: string): Promise<string[]> => {
        const row = await socialsModule(container).retrieveSocialPlatform(id)
        return [
          (await getAccessToken(container, id)).reveal(),
          (await decryptRefreshToken(row.api_config, container, id)).reveal(),
        ]
      }
    })
  },
})
