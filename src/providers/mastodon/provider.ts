import { isServiceError, ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { metricsOf } from "../metrics"
import type {
  ProviderContext,
  ProviderSettings,
  RegisteredClient,
  RemoteProfile,
  SocialProvider,
} from "../types"
import { instanceOf, mastodonDescription } from "./description"
import { fetchFacts } from "./facts"
import { limits } from "./limits"
import { publish } from "./publish"
import { recover } from "./recover"
import { stateOf } from "../post-state"
import { mastodonSettings } from "./settings"
import { malformedResponse, type Status } from "./statuses"

interface Account {
  id: string
  username: string
  acct: string
  display_name: string
  url: string
  avatar?: string | null
  followers_count?: number
  following_count?: number
  statuses_count?: number
}

const readAccount = async ({ request }: ProviderContext): Promise<Account> => {
  const account = await request<Account>("/api/v1/accounts/verify_credentials")
  if (!account.id || !account.username) {
    throw malformedResponse("an account")
  }
  return account
}

/** The name by which other instances know an account. */
const handleOf = ({ url, username }: Account, context: ProviderContext) => {
  const home = URL.canParse(url) ? url : instanceOf(context.settings)
  return `${username}@${new URL(home).host}`
}

const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const account = await readAccount(context)
  return {
    id: account.id,
    name: account.display_name || account.username,
    username: handleOf(account, context),
    avatar_url: account.avatar ?? null,
    url: account.url ?? null,
    followers: account.followers_count ?? null,
  }
}

/** RFC 7591 in all but name: docs.joinmastodon.org/methods/apps/#create. */
const registerClient = async (
  { request, settings }: ProviderContext,
  { redirect_uri, scopes }: { redirect_uri: string; scopes: readonly string[] }
): Promise<RegisteredClient> => {
  const registered = await request<{
    client_id?: string
    client_secret?: string
  }>("/api/v1/apps", {
    method: "POST",
    credentials: "omit",
    json: {
      client_name: "Medusa",
      // A list is known since 4.3, and a single one to all.
      redirect_uris: redirect_uri,
      scopes: scopes.join(" "),
      website: new URL(redirect_uri).origin,
    },
  }).catch((error: unknown) => {
    throw isOtherService(error) ? noMastodon(settings) : error
  })
  if (!registered.client_id || !registered.client_secret) {
    throw noMastodon(settings)
  }
  return {
    client_id: registered.client_id,
    client_secret: new SecretString(registered.client_secret),
  }
}

/** Whether an address leads to a server that does not know what is asked. */
const isOtherService = (error: unknown): boolean =>
  isServiceError(error) &&
  ([404, 405].includes(error.status ?? 0) ||
    ["malformed_response", "unexpected_redirect"].includes(error.code)) &&
  (error.status ?? 0) < 500

const noMastodon = (settings: ProviderSettings): ServiceError =>
  new ServiceError(
    "config_error",
    `${new URL(instanceOf(settings)).host} does not register applications as Mastodon does. Check the address of the instance.`,
    { code: "no_mastodon" }
  )

const statusPath = (id: string): string =>
  `/api/v1/statuses/${encodeURIComponent(id)}`

/** Publishes to the account that a person has connected at their instance. */
export const mastodonProvider: SocialProvider = {
  description: mastodonDescription,
  registerClient,
  verify: async (context) => {
    const { name, username } = await fetchProfile(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile,
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = await fetchProfile(context)
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  fetchFacts,
  limits,
  settings: mastodonSettings,
  // Mastodon's own (RateLimiter of its source); an instance does not tell it before it is reached.
  quotas: [
    {
      label: "posts in three hours",
      count: 300,
      window_seconds: 3 * 60 * 60,
      per: "part",
    },
  ],
  publish,
  recover,
  readPermalink: (_account, url) =>
    /\/@[^/]+\/(\d+)\/?$/.exec(url)?.[1] ?? null,
  remove: async ({ request }, _account, { external_id }) => {
    await request(statusPath(external_id), { method: "DELETE" }).catch(
      (error: unknown) => {
        if (!isServiceError(error) || error.status !== 404) {
          throw error
        }
      }
    )
  },
  fetchPostState: async ({ request }, _account, { external_id }) =>
    stateOf(
      request<Status>(statusPath(external_id)).then(({ url }) => url ?? null)
    ),
  fetchPostMetrics: async ({ request }, _account, { external_id }) => {
    const status = await request<Status>(statusPath(external_id))
    return metricsOf({
      favourites: status.favourites_count,
      reblogs: status.reblogs_count,
      replies: status.replies_count,
      quotes: status.quotes_count,
    })
  },
  fetchAccountMetrics: async (context) => {
    const account = await readAccount(context)
    return metricsOf({
      followers: account.followers_count,
      following: account.following_count,
      posts: account.statuses_count,
    })
  },
}
