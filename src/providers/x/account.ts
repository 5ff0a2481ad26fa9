import { metricsOf } from "../metrics"
import type { AccountFacts, Metric } from "../publication"
import type { ProviderContext, RemoteProfile } from "../types"
import { USUAL, webOf } from "./description"
import { malformedResponse } from "./posts"

/** Figures under the names of the API's description, and the ones that they had before. */
interface UserMetrics {
  followers_count?: number
  following_count?: number
  listed_count?: number
  post_count?: number
  tweet_count?: number
}

interface User {
  id: string
  name: string
  username: string
  profile_image_url?: string
  public_metrics?: UserMetrics
  /** `Basic`, `Premium`, `PremiumPlus`, or `None`. */
  subscription_type?: string
  /** `blue`, `business`, `government`, or `none`. */
  verified_type?: string
}

const readUser = async (
  { request }: ProviderContext,
  fields: string
): Promise<User> => {
  const { data } = await request<{ data?: User }>("/2/users/me", {
    query: { "user.fields": fields },
  })
  if (!data?.id || !data.username) {
    throw malformedResponse("an account")
  }
  return data
}

export const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const user = await readUser(context, "profile_image_url,public_metrics")
  return {
    id: user.id,
    name: user.name || user.username,
    username: user.username,
    avatar_url: user.profile_image_url ?? null,
    url: `${webOf(context.settings)}/${user.username}`,
    followers: user.public_metrics?.followers_count ?? null,
  }
}

/** An amount that a person has entered, or the usual one. */
const amountOf = (value: unknown, usual: number): number =>
  value !== "" && value !== null && Number(value) >= 0 ? Number(value) : usual

/** What decides the account's limits: what it is subscribed to, and what its plan costs. */
export const fetchFacts = async (
  context: ProviderContext
): Promise<AccountFacts> => {
  const { settings } = context
  const { subscription_type, verified_type } = await readUser(
    context,
    "subscription_type,verified_type"
  )
  return {
    subscription_type,
    verified_type,
    post_price: amountOf(settings.post_price, USUAL.post_price),
    link_post_price: amountOf(settings.link_post_price, USUAL.link_post_price),
    long_post_characters: amountOf(
      settings.long_post_characters,
      USUAL.long_post_characters
    ),
  }
}

export const fetchAccountMetrics = async (
  context: ProviderContext
): Promise<Metric[]> => {
  const { public_metrics: figures = {} } = await readUser(
    context,
    "public_metrics"
  )
  return metricsOf({
    followers: figures.followers_count,
    following: figures.following_count,
    posts: figures.post_count ?? figures.tweet_count,
    listed: figures.listed_count,
  })
}
