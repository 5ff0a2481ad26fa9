import { SecretString } from "../../../secrets/secret-string"
import type { Metric } from "../../publication"
import type { SocialProvider } from "../../types"
import { META_CALLBACKS } from "../callbacks"
import {
  extendFacebookGrant,
  facebookGraph,
  facebookLogin,
  fetchFacebookPerson,
  revokeFacebookGrant,
  verifyFacebookToken,
} from "../facebook-login"
import { readMetrics } from "../metrics"
import { removeWith } from "../remove"
import { exchangeFacebookToken } from "../tokens"
import { publish } from "./publish"
import { recover } from "./recover"
import { facebookSettings, limits } from "./settings"
import { subscribePage } from "./webhooks"

/** developers.facebook.com/docs/pages-api */
export const FACEBOOK_SCOPES = [
  "pages_show_list",
  "pages_manage_posts",
  "pages_read_engagement",
  "pages_manage_engagement",
  "pages_manage_metadata",
  "read_insights",
  "business_management",
]

interface Page {
  id: string
  name?: string
  username?: string
  link?: string
  access_token?: string
  picture?: { data?: { url?: string } }
  /** What the person may do on the page. */
  tasks?: string[]
}

/** Whether a person may publish on a page; where Meta does not say it, it will show. */
const mayPublish = ({ tasks }: Page): boolean =>
  !tasks || tasks.some((task) => ["CREATE_CONTENT", "MANAGE"].includes(task))

/** The pages that a person manages, each with a token of its own. */
export const facebookProvider: SocialProvider = {
  description: {
    identifier: "facebook",
    label: "Facebook",
    description:
      "Publishes posts, photos, videos, reels and stories on Facebook pages. It needs an app of yours at Meta.",
    docs_url: "https://developers.facebook.com/docs/pages-api/posts",
    ...facebookLogin(FACEBOOK_SCOPES),
    account_credentials: ["access_token"],
  },
  callbacks: META_CALLBACKS,
  extendGrant: extendFacebookGrant(["pages_show_list", "pages_manage_posts"]),
  refreshTokens: exchangeFacebookToken,
  revoke: revokeFacebookGrant,
  verify: verifyFacebookToken(FACEBOOK_SCOPES),
  fetchProfile: fetchFacebookPerson,
  listAccounts: async (context) => {
    const pages = await facebookGraph(context).list<Page>(
      "/me/accounts",
      "id,name,username,link,access_token,picture{url},tasks"
    )
    return pages.filter(mayPublish).map((page) => ({
      external_id: page.id,
      kind: "page",
      name: page.name || page.id,
      username: page.username ?? null,
      avatar_url: page.picture?.data?.url ?? null,
      url: page.link ?? null,
      ...(page.access_token && {
        credentials: { access_token: new SecretString(page.access_token) },
      }),
    }))
  },
  placements: [
    { value: "feed", label: "Feed" },
    { value: "reel", label: "Reel" },
    { value: "story", label: "Story" },
  ],
  limits,
  fetchFacts: (context, { external_id }) => subscribePage(context, external_id),
  settings: facebookSettings,
  publish,
  recover,
  remove: removeWith(facebookGraph),
  fetchPostMetrics: async (
    context,
    _account,
    { external_id }
  ): Promise<Metric[]> =>
    // Videos have figures of another kind, which Meta gives after a day at the earliest.
    external_id.includes("_")
      ? readMetrics(facebookGraph(context), `/${external_id}/insights`, {
          metric: "post_total_media_view_unique,post_clicks",
        })
      : [],
  fetchAccountMetrics: async (context, { external_id }) => {
    const graph = facebookGraph(context)
    const { followers_count } = await graph.get<{ followers_count?: number }>(
      `/${external_id}`,
      { fields: "followers_count" }
    )
    return [
      ...(followers_count === undefined
        ? []
        : [{ name: "followers_count", value: followers_count }]),
      ...(await readMetrics(graph, `/${external_id}/insights`, {
        metric: "page_total_media_view_unique,page_post_engagements",
        period: "day",
      })),
    ]
  },
}
