import type { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { type Admin, connectSandbox, createAdmin } from "./application"
import { overwriteApiConfig, storedPlatform } from "./database"
import { sandbox } from "./sandbox"

type Options = Parameters<
  Parameters<typeof medusaIntegrationTestRunner>[0]["testSuite"]
>[0]

/**
 * Gives every test of a suite two freshly connected platforms, and what tests
 * of stored credentials do with them.
 */
export const connectTwoPlatforms = ({ api, getContainer }: Options) => {
  const context = {} as { admin: Admin; id: string; other: string }

  beforeAll(async () => {
    context.admin = await createAdmin(api, getContainer(), "ada@example.com")
  })
  // Each time: the database goes back to its state, the network's tokens do not.
  beforeEach(async () => {
    await sandbox.reset()
    context.id = await connectSandbox(context.admin)
    context.other = await connectSandbox(context.admin, { name: "Second" })
  })

  const stored = (id = context.id) => storedPlatform(getContainer(), id)
  const overwrite = (apiConfig: object, id = context.id) =>
    overwriteApiConfig(getContainer(), id, { ...apiConfig })
  const sync = (id = context.id) =>
    context.admin.post("/admin/socials/sync-platform-data", { platform_id: id })
  const show = async (id = context.id) =>
    (await context.admin.get(`/admin/social-platforms/${id}`)).data
      .social_platform
  const credential = async (name: string) =>
    (await show()).credentials.find(
      (view: { name: string }) => view.name === name
    )
  return { context, stored, overwrite, sync, show, credential }
}
