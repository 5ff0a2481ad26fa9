import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { createAdmin } from "./support/application"
import { overwriteApiConfig, storedPlatform } from "./support/database"
import { changeLetter } from "./support/envelopes"
jest.setTimeout(120_000)
medusaIntegrationTestRunner({
  env: { SOCIAL_PLATFORMS_ENCRYPTION_WRITING: "dual" },
  testSuite: ({ api, getContainer }) => {
    it("scratch", async () => {
      const admin = await createAdmin(api, getContainer(), "ada@example.com")
      const { data } = await admin.post("/admin/social-platforms", {
        name: "C", provider: "generic", auth_type: "api_key",
        api_config: { api_key: "the-key-1", webhook_secret: "the-webhook-1" },
      })
      const id = data.social_platform.id
      const { api_config } = await storedPlatform(getContainer(), id)
      const e = api_config.webhook_secret_encrypted as Record<string, string>
      await overwriteApiConfig(getContainer(), id, { ...api_config, webhook_secret_encrypted: { ...e, encrypted: changeLetter(e.encrypted) } })
      const out = []
      for (const r of [
        await admin.post(`/admin/social-platforms/${id}`, { api_config: { colour: "red" } }),
        await admin.post(`/admin/social-platforms/${id}/disconnect`),
        await admin.delete(`/admin/social-platforms/${id}`),
      ]) out.push([r.status, r.data.message])
      expect(out).toEqual([])
    })
  },
})
