import path from "node:path"
import configuration from "../../../medusa-config"
import type { SocialPlatformsPluginOptions } from "../../../src/types/options"
import type { Admin } from "./application"
import { sandboxUrl } from "./sandbox"
import { approveConsent } from "../../../sandbox/consent-client"

const FIXTURE = path.resolve(__dirname, "../../fixtures/noticeboard")
const HARBOUR = path.resolve(__dirname, "../../fixtures/harbour")

/**
 * Adds the fixture's provider to the application's configuration, as a
 * developer does in `medusa-config.ts`. Call it at the top of a spec file,
 * before the application starts.
 */
export const registerNoticeboard = (): void => {
  const socials = configuration.modules?.socials as {
    options: SocialPlatformsPluginOptions
  }
  socials.options.providers = [
    { resolve: HARBOUR, id: "harbour" },
    {
      resolve: FIXTURE,
      id: "noticeboard",
      options: { base_url: sandboxUrl() },
    },
  ]
}

/** Creates a noticeboard platform and connects it through the whole redirect. */
export const connectNoticeboard = async (admin: Admin): Promise<string> => {
  const created = await admin.post("/admin/social-platforms", {
    name: "The noticeboard",
    provider: "noticeboard",
    api_config: { client_secret: "sandbox-secret" },
  })
  if (created.status !== 200) {
    throw new Error(`Creating failed: ${JSON.stringify(created.data)}`)
  }
  const { id } = created.data.social_platform
  const { data } = await admin.get(`/admin/oauth/noticeboard?platform_id=${id}`)
  const { searchParams } = new URL(await approveConsent(data.location))
  const connected = await admin.post(
    "/admin/oauth/noticeboard/callback",
    Object.fromEntries(searchParams)
  )
  if (connected.status !== 200) {
    throw new Error(`Connecting failed: ${JSON.stringify(connected.data)}`)
  }
  return id
}
