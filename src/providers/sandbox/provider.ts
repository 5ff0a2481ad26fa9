import { SecretString } from "../../secrets/secret-string"
import type { AccountFacts, Destination, Lookup, Metric } from "../publication"
import type {
  ProviderContext,
  RemoteAccount,
  RemoteProfile,
  SocialProvider,
} from "../types"
import { sandboxDescription } from "./description"
import { limits } from "./limits"
import { malformedResponse } from "./media"
import { publish, recover } from "./publish"
import { sandboxSettings } from "./settings"

interface SandboxAccount extends Omit<
  RemoteAccount,
  "external_id" | "credentials"
> {
  id: string
  /** Pages have one of their own. */
  access_token?: string
}

/** More pages than this means that the service repeats its cursor. */
const MAX_ACCOUNT_PAGES = 50

const fetchProfile = async ({
  request,
}: ProviderContext): Promise<RemoteProfile> => {
  const profile = await request<RemoteProfile>("/api/me")
  if (!profile.id) {
    throw malformedResponse("a profile")
  }
  return profile
}

const listAccounts = async ({
  request,
}: ProviderContext): Promise<RemoteAccount[]> => {
  const accounts: RemoteAccount[] = []
  let cursor: string | null = ""

  for (let page = 0; cursor !== null && page < MAX_ACCOUNT_PAGES; page++) {
    const answer: { data: SandboxAccount[]; next_cursor: string | null } =
      await request("/api/accounts", { query: { cursor: cursor || undefined } })
    if (!Array.isArray(answer.data)) {
      throw malformedResponse("a list of accounts")
    }
    accounts.push(
      ...answer.data.map(({ id, access_token, ...account }) => ({
        external_id: id,
        kind: account.kind,
        name: account.name,
        username: account.username,
        avatar_url: account.avatar_url,
        url: account.url,
        ...(access_token && {
          credentials: { access_token: new SecretString(access_token) },
        }),
      }))
    )
    cursor = answer.next_cursor ?? null
  }
  return accounts
}

const fetchFacts = async (
  { request }: ProviderContext,
  { external_id }: Destination
): Promise<AccountFacts> => {
  const { max_characters } = await request<{ max_characters?: number }>(
    `/api/accounts/${encodeURIComponent(external_id)}`
  )
  return { max_characters }
}

const boards: Lookup = {
  label: "Boards",
  search: true,
  ttl_seconds: 300,
  run: async ({ request }, _account, query) => {
    const { data } = await request<{
      data: { id: string; name: string; posts: number }[]
    }>("/api/boards", { query: { q: query || undefined } })
    if (!Array.isArray(data)) {
      throw malformedResponse("a list of boards")
    }
    return data.map(({ id, name, posts }) => ({
      value: id,
      label: name,
      hint: posts === 1 ? "1 post" : `${posts} posts`,
    }))
  },
}

const toMetrics = (figures: Record<string, number>): Metric[] =>
  Object.entries(figures).map(([name, value]) => ({ name, value }))

/** The provider for the sandbox network: it has every operation of the contract. */
export const sandboxProvider: SocialProvider = {
  description: sandboxDescription,
  verify: async (context) => {
    const { name, username } = await fetchProfile(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile,
  listAccounts,
  placements: [
    { value: "feed", label: "Feed" },
    { value: "story", label: "Story" },
  ],
  limits,
  settings: sandboxSettings,
  lookups: { boards },
  quotas: [
    { label: "posts a day", count: 1000, window_seconds: 86_400, per: "part" },
  ],
  fetchFacts,
  publish,
  recover,
  readPermalink: (_account, url) => /\/posts\/(\w+)$/.exec(url)?.[1] ?? null,
  remove: async ({ request }, _account, { external_id }) => {
    await request(`/api/posts/${encodeURIComponent(external_id)}`, {
      method: "DELETE",
    })
  },
  fetchPostState: async ({ request }, _account, { external_id }) => {
    const post = await request<{ url?: string; rejected?: string | null }>(
      `/api/posts/${encodeURIComponent(external_id)}`,
      { accept_status: [404] }
    )
    if (post?.rejected) {
      return { state: "rejected", reason: post.rejected }
    }
    return post?.url ? { state: "public", url: post.url } : { state: "gone" }
  },
  fetchAccountMetrics: async ({ request }, { external_id }) =>
    toMetrics(
      await request<Record<string, number>>(
        `/api/accounts/${encodeURIComponent(external_id)}/insights`
      )
    ),
  fetchPostMetrics: async ({ request }, _account, { external_id }) =>
    toMetrics(
      await request<Record<string, number>>(
        `/api/posts/${encodeURIComponent(external_id)}/insights`
      )
    ),
}
