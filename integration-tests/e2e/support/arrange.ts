import { approveConsent } from "../../../sandbox/consent-client"
import type { Store } from "./store"

/** Creates a platform through the API. */
export const createPlatform = async (
  store: Store,
  body: object = {}
): Promise<string> => {
  const { social_platform } = await store.api(
    "POST",
    "/admin/social-platforms",
    {
      name: "Ada's sandbox",
      provider: "sandbox",
      ...body,
    }
  )
  return social_platform.id
}

/** Creates a sandbox platform and connects it through the whole redirect. */
export const connectPlatform = async (
  store: Store,
  body: object = {}
): Promise<string> => {
  const id = await createPlatform(store, body)
  const { location } = await store.api(
    "GET",
    `/admin/oauth/sandbox?platform_id=${id}`
  )
  const { searchParams } = new URL(await approveConsent(location))
  await store.api("POST", "/admin/oauth/sandbox/callback", {
    state: searchParams.get("state"),
    code: searchParams.get("code"),
    iss: searchParams.get("iss"),
  })
  return id
}

/** The ids of a platform's accounts, by the service's own name for them. */
export const accountIds = async (
  store: Store,
  platformId: string
): Promise<Record<string, string>> => {
  const { social_accounts } = await store.api(
    "GET",
    `/admin/social-accounts?platform_id=${platformId}`
  )
  return Object.fromEntries(
    social_accounts.map((account: { external_id: string; id: string }) => [
      account.external_id,
      account.id,
    ])
  )
}

/** Creates a post through the API. */
export const createPost = async (
  store: Store,
  body: object
): Promise<string> => {
  const { social_post } = await store.api("POST", "/admin/social-posts", body)
  return social_post.id
}
