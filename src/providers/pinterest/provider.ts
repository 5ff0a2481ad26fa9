import { isServiceError } from "../../errors/service-error"
import type { Metric } from "../publication"
import type { ProviderContext, RemoteProfile, SocialProvider } from "../types"
import { listBoards, listSections } from "./boards"
import {
  isSandbox,
  malformedResponse,
  pinterestDescription,
} from "./description"
import { fetchPostMetrics, fetchPostState, figuresOf, remove } from "./pins"
import { publish } from "./publish"
import { recover } from "./recover"
import { limits, pinterestSettings } from "./settings"

/** Whom a token belongs to (`user_account/get`). */
interface UserAccount {
  id?: string
  username: string
  business_name?: string | null
  profile_image?: string
  follower_count?: number | null
  monthly_views?: number | null
  pin_count?: number | null
}

const readUser = async ({ request }: ProviderContext): Promise<UserAccount> => {
  const user = await request<Partial<UserAccount>>("/user_account")
  if (!user.username) {
    throw malformedResponse("an account")
  }
  return { ...user, username: user.username }
}

const profileOf = (user: UserAccount): RemoteProfile => ({
  id: user.id ?? user.username,
  name: user.business_name || user.username,
  username: user.username,
  avatar_url: user.profile_image ?? null,
  url: `https://www.pinterest.com/${encodeURIComponent(user.username)}/`,
  followers: user.follower_count ?? null,
})

const DAY_MS = 86_400_000

/** A day in UTC, as reports name it. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const REPORT_DAYS = 30

/** What all pins of the last 30 days have had, by the names that the dashboard has for it. */
const REPORT = {
  IMPRESSION: "impressions_30d",
  PIN_CLICK: "clicks_30d",
  OUTBOUND_CLICK: "outbound_clicks_30d",
  SAVE: "saves_30d",
} as const

/** The sandbox has no report, and accounts of persons may not see theirs. */
const readReport = async ({
  request,
  settings,
}: ProviderContext): Promise<Metric[]> => {
  if (isSandbox(settings)) {
    return []
  }
  try {
    const { all } = await request<{
      all?: { summary_metrics?: Record<string, number> }
    }>("/user_account/analytics", {
      query: {
        start_date: dayOf(Date.now() - REPORT_DAYS * DAY_MS),
        end_date: dayOf(Date.now()),
        metric_types: Object.keys(REPORT).join(","),
      },
    })
    return figuresOf(all?.summary_metrics, REPORT)
  } catch (error) {
    if (isServiceError(error) && error.status === 403) {
      return []
    }
    throw error
  }
}

/** Publishes pins on the boards of an account. */
export const pinterestProvider: SocialProvider = {
  description: pinterestDescription,
  verify: async (context) => {
    const { name, username } = profileOf(await readUser(context))
    const place = isSandbox(context.settings)
      ? " Pins go to the sandbox, where nobody else sees them."
      : ""
    return `The credentials belong to ${name} (@${username}).${place}`
  },
  fetchProfile: async (context) => profileOf(await readUser(context)),
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = profileOf(
      await readUser(context)
    )
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  limits,
  settings: pinterestSettings,
  lookups: {
    boards: {
      label: "Boards",
      search: true,
      ttl_seconds: 300,
      run: (context, _account, query) => listBoards(context, query),
    },
    sections: {
      label: "Sections",
      search: true,
      ttl_seconds: 300,
      depends_on: ["board"],
      run: (context, _account, query, { board } = {}) =>
        listSections(context, query, board),
    },
  },
  publish,
  recover,
  remove,
  fetchPostState,
  fetchPostMetrics,
  readPermalink: (_account, url) =>
    /\bpinterest\.[a-z.]+\/pin\/(?:[^/?#]*--)?(\d+)(?![\w-])/.exec(url)?.[1] ??
    null,
  fetchAccountMetrics: async (context) => [
    ...figuresOf(
      { ...(await readUser(context)) },
      {
        follower_count: "followers",
        monthly_views: "monthly_views",
        pin_count: "posts",
      }
    ),
    ...(await readReport(context)),
  ],
}
