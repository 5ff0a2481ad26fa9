import { approveConsent } from "../../../sandbox/consent-client"
import type { MetaSimulator } from "../../../sandbox/networks/meta/server"
import type { Host } from "../../../sandbox/networks/meta/state"
import type { Admin } from "./application"

/** At which of Meta's hosts a provider's platforms are. */
export const META_HOSTS: Record<string, Host> = {
  facebook: "facebook",
  instagram: "facebook",
  instagram_login: "instagram",
  threads: "threads",
}

/** Creates a platform for an app at the simulated Meta. */
export const createMetaPlatform = async (
  admin: Admin,
  meta: MetaSimulator,
  provider: string,
  apiConfig: object = {}
): Promise<string> => {
  const app = meta.state.apps[META_HOSTS[provider]]
  const { status, data } = await admin.post("/admin/social-platforms", {
    name: `Our ${provider}`,
    provider,
    base_url: meta.host(META_HOSTS[provider]),
    api_config: { client_id: app.id, client_secret: app.secret, ...apiConfig },
  })
  expect([status, data.message]).toEqual([200, undefined])
  return data.social_platform.id
}

/** Lets the person of the simulator consent, and gives the response to the callback. */
export const consentAtMeta = async (
  admin: Admin,
  provider: string,
  id: string
) => {
  const { data } = await admin.get(`/admin/oauth/${provider}?platform_id=${id}`)
  const { searchParams } = new URL(await approveConsent(data.location))
  return admin.post(`/admin/oauth/${provider}/callback`, {
    state: searchParams.get("state"),
    code: searchParams.get("code"),
    platform_id: id,
  })
}

/** Creates a platform and connects it. */
export const connectMeta = async (
  admin: Admin,
  meta: MetaSimulator,
  provider: string,
  apiConfig: object = {}
): Promise<string> => {
  const id = await createMetaPlatform(admin, meta, provider, apiConfig)
  const { status, data } = await consentAtMeta(admin, provider, id)
  expect([status, data.message]).toEqual([200, undefined])
  return id
}
