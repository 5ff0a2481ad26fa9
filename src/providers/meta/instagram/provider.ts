import type { Lookup } from "../../publication"
import type {
  ProviderContext,
  ProviderDescription,
  RemoteAccount,
  SocialProvider,
} from "../../types"
import { META_CALLBACKS } from "../callbacks"
import { META_PUBLISHING_ERROR_RULES } from "../error-rules"
import {
  extendFacebookGrant,
  facebookGraph,
  facebookLogin,
  fetchFacebookPerson,
  revokeFacebookGrant,
  verifyFacebookToken,
} from "../facebook-login"
import {
  addressField,
  type Graph,
  graphAddress,
  type GraphHost,
  graphOf,
  graphVersionField,
  malformed,
  originOf,
  readGraphError,
} from "../graph"
import { readMetrics } from "../metrics"
import { readQuota } from "../quota"
import { removeWith } from "../remove"
import {
  EXCHANGE_AHEAD_SECONDS,
  exchangeFacebookToken,
  exchangeFirstToken,
  exchangeLongLivedToken,
  requireScopes,
  standardTokenAnswer,
  type TokenExchange,
} from "../tokens"
import { INSTAGRAM, POST_QUOTA, publish, recover } from "./publish"
import {
  instagramSettings,
  instagramShopSettings,
  limits,
  quotas,
  usualFields,
  usualOf,
} from "./settings"

/** developers.facebook.com/documentation/instagram-platform, by the login with Facebook. */
export const INSTAGRAM_SCOPES = [
  "instagram_basic",
  "instagram_content_publish",
  "instagram_manage_comments",
  "instagram_manage_insights",
  "pages_show_list",
  "pages_read_engagement",
  "business_management",
]

/** The same, by the login with Instagram. */
export const INSTAGRAM_LOGIN_SCOPES = [
  "instagram_business_basic",
  "instagram_business_content_publish",
  "instagram_business_manage_comments",
  "instagram_business_manage_insights",
]

/**
 * What deleting a post takes. It is not asked for: not every app may have it,
 * and Meta refuses the whole consent for one permission that the app lacks.
 */
const DELETING_SCOPE = "instagram_manage_contents"

const DOCS =
  "https://developers.facebook.com/docs/instagram-platform/content-publishing"

interface InstagramUser {
  id?: string
  /** By the login with Instagram: the account's number; `id` is the app's own for it. */
  user_id?: string
  username?: string
  name?: string
  profile_picture_url?: string
  followers_count?: number
}

const USER_FIELDS = "username,name,profile_picture_url"

const toAccount = (user: InstagramUser): RemoteAccount => {
  const id = user.user_id ?? user.id
  if (!id || !user.username) {
    throw malformed(INSTAGRAM, "an account")
  }
  return {
    external_id: id,
    kind: "profile",
    name: user.name || user.username,
    username: user.username,
    avatar_url: user.profile_picture_url ?? null,
    url: `https://www.instagram.com/${encodeURIComponent(user.username)}/`,
  }
}

/** All that is the same whichever way an account was connected. */
const publishing = (
  graphFor: (context: ProviderContext) => Graph
): Partial<SocialProvider> => ({
  placements: [
    { value: "feed", label: "Feed" },
    { value: "reel", label: "Reel" },
    { value: "story", label: "Story" },
  ],
  limits,
  quotas,
  fetchFacts: async (context, { external_id }) => {
    const quota = await readQuota(graphFor(context), external_id, POST_QUOTA)
    return {
      ...usualOf(context.settings),
      ...(quota && { quota_used: quota.used, quota_total: quota.total }),
    }
  },
  publish: (context, job) => publish(graphFor(context), job),
  recover: (context, lost) => recover(graphFor(context), lost),
  fetchPostMetrics: (context, _account, { external_id }) =>
    readMetrics(graphFor(context), `/${external_id}/insights`, {
      metric: "views,reach,saved,likes,comments,shares",
    }),
  fetchAccountMetrics: (context, { external_id }) =>
    readMetrics(graphFor(context), `/${external_id}/insights`, {
      metric: "reach,likes,views,comments,shares,saves,replies",
      metric_type: "total_value",
      period: "day",
    }),
})

interface LinkedPage {
  instagram_business_account?: InstagramUser
}

/** Of the catalogues that are connected with an account; it takes words to search for. */
const products: Lookup = {
  label: "Products of the catalogue",
  search: true,
  ttl_seconds: 60,
  run: async (context, { external_id }, q) => {
    const graph = facebookGraph(context)
    const catalogs = await graph.list<{ catalog_id?: string }>(
      `/${external_id}/available_catalogs`,
      "catalog_id,catalog_name"
    )
    const options = []
    for (const { catalog_id } of catalogs) {
      const { data = [] } = await graph.get<{
        data?: {
          product_id?: string | number
          product_name?: string
          retailer_id?: string
        }[]
      }>(`/${external_id}/catalog_product_search`, { catalog_id, q })
      options.push(
        ...data.map(({ product_id, product_name, retailer_id }) => ({
          value: String(product_id),
          label: product_name ?? String(product_id),
          ...(retailer_id && { hint: retailer_id }),
        }))
      )
    }
    return options
  },
}

const LOGIN = facebookLogin(INSTAGRAM_SCOPES)

/** Professional accounts that are linked with a Facebook page. */
export const instagramProvider: SocialProvider = {
  description: {
    identifier: "instagram",
    label: "Instagram",
    description:
      "Publishes posts, reels and stories on Instagram accounts that are linked with a Facebook page. It needs an app of yours at Meta.",
    docs_url: DOCS,
    ...LOGIN,
    setting_fields: [...LOGIN.setting_fields, ...usualFields],
  },
  callbacks: META_CALLBACKS,
  extendGrant: extendFacebookGrant([
    "instagram_basic",
    "instagram_content_publish",
    "pages_show_list",
  ]),
  refreshTokens: exchangeFacebookToken,
  revoke: revokeFacebookGrant,
  verify: verifyFacebookToken(INSTAGRAM_SCOPES),
  fetchProfile: fetchFacebookPerson,
  listAccounts: async (context) => {
    const pages = await facebookGraph(context).list<LinkedPage>(
      "/me/accounts",
      `id,instagram_business_account{id,${USER_FIELDS}}`
    )
    return pages.flatMap(({ instagram_business_account }) =>
      instagram_business_account ? [toAccount(instagram_business_account)] : []
    )
  },
  ...publishing(facebookGraph),
  // The login with Instagram cannot.
  remove: removeWith(facebookGraph, DELETING_SCOPE),
  settings: instagramShopSettings,
  lookups: { products },
}

const LOGIN_HOST: GraphHost = {
  origin: "https://graph.instagram.com",
  version: "v25.0",
}

const loginDescription: ProviderDescription = {
  identifier: "instagram_login",
  label: "Instagram (own login)",
  description:
    "Publishes posts, reels and stories on one Instagram account, without a Facebook page. It needs an app of yours at Meta.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Instagram app secret",
      required: true,
      help: "On the same page as the Instagram app ID.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Instagram app ID",
      required: true,
      input: "text",
      help: "At Meta for Developers: your app, Instagram, API setup with Instagram login. It is another number than the app's own ID.",
    },
    graphVersionField(LOGIN_HOST),
    ...usualFields,
    addressField,
  ],
  docs_url: DOCS,
  oauth2: {
    scopes: INSTAGRAM_LOGIN_SCOPES,
    refresh: {
      strategy: "exchange_current_token",
      min_ttl_seconds: EXCHANGE_AHEAD_SECONDS,
    },
    server: ({ base_url }) => {
      const own = base_url ? String(base_url).replace(/\/+$/, "") : null
      return {
        authorization_endpoint: `${own ?? "https://www.instagram.com"}/oauth/authorize`,
        token_endpoint: `${own ?? "https://api.instagram.com"}/oauth/access_token`,
        client_auth: "client_secret_post",
        pkce: false,
        scope_separator: ",",
        authorization_parameters: { enable_fb_login: "0" },
        normalize_token_response: standardTokenAnswer,
      }
    },
  },
  api: {
    service: INSTAGRAM,
    base_address: graphAddress(LOGIN_HOST),
    read_error: readGraphError,
  },
  error_rules: META_PUBLISHING_ERROR_RULES,
}

const exchangeOf = ({ settings }: ProviderContext): TokenExchange => ({
  service: INSTAGRAM,
  origin: originOf(LOGIN_HOST, settings),
  prefix: "ig",
})

const readOwn = async (context: ProviderContext): Promise<InstagramUser> =>
  graphOf(context).get<InstagramUser>("/me", {
    fields: `user_id,${USER_FIELDS},followers_count`,
  })

/** One professional account, by the login with Instagram itself. */
export const instagramLoginProvider: SocialProvider = {
  description: loginDescription,
  callbacks: META_CALLBACKS,
  extendGrant: async (context, granted) => {
    requireScopes(
      INSTAGRAM,
      ["instagram_business_basic", "instagram_business_content_publish"],
      granted.scopes
    )
    return exchangeFirstToken(context, exchangeOf(context))
  },
  refreshTokens: (context) =>
    exchangeLongLivedToken(context, exchangeOf(context)),
  verify: async (context) => {
    const { name, username } = toAccount(await readOwn(context))
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile: async (context) => {
    const user = await readOwn(context)
    const { external_id, kind: _, ...profile } = toAccount(user)
    return {
      // As Meta names the person to the app; the account has the other number.
      id: user.id ?? external_id,
      ...profile,
      followers: user.followers_count ?? null,
    }
  },
  listAccounts: async (context) => [toAccount(await readOwn(context))],
  ...publishing(graphOf),
  settings: instagramSettings,
}
