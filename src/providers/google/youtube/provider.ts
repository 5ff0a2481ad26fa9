import { isServiceError } from "../../../errors/service-error"
import { metricsOf } from "../../metrics"
import type { RemoteProfile, SocialProvider } from "../../types"
import {
  type Channel,
  listCategories,
  listPlaylists,
  readChannel,
} from "./channel"
import { youtubeDescription } from "./description"
import { fetchFacts, limits, quotas } from "./limits"
import { fetchPostState } from "./processing"
import { publish, recover } from "./publish"
import { youtubeSettings } from "./settings"
import { readVideos } from "./upload"

const profileOf = ({ id, snippet, statistics }: Channel): RemoteProfile => ({
  id,
  name: snippet?.title ?? id,
  username: snippet?.customUrl?.replace(/^@/, "") ?? null,
  avatar_url: snippet?.thumbnails?.default?.url ?? null,
  url: `https://www.youtube.com/channel/${id}`,
  followers: statistics?.hiddenSubscriberCount
    ? null
    : Number(statistics?.subscriberCount ?? 0),
})

/** Publishes on the channel that a person has chosen at Google. */
export const youtubeProvider: SocialProvider = {
  description: youtubeDescription,
  verify: async (context) => {
    const { name, username } = profileOf(await readChannel(context))
    return `The credentials belong to the channel ${name}${username ? ` (@${username})` : ""}.`
  },
  fetchProfile: async (context) => profileOf(await readChannel(context)),
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = profileOf(
      await readChannel(context)
    )
    return [
      { external_id: id, kind: "channel", name, username, avatar_url, url },
    ]
  },
  fetchFacts,
  limits,
  settings: youtubeSettings,
  lookups: {
    categories: {
      label: "Categories",
      search: false,
      ttl_seconds: 86_400,
      run: (context, { facts }) => listCategories(context, facts.country),
    },
    playlists: {
      label: "Playlists",
      search: true,
      ttl_seconds: 300,
      run: (context, _account, query) => listPlaylists(context, query),
    },
  },
  quotas,
  publish,
  recover,
  remove: async ({ request }, _account, { external_id }) => {
    await request("/youtube/v3/videos", {
      method: "DELETE",
      query: { id: external_id },
    }).catch((error: unknown) => {
      if (!isServiceError(error) || error.status !== 404) {
        throw error
      }
    })
  },
  fetchPostState,
  readPermalink: (_account, url) =>
    /(?:[?&]v=|youtu\.be\/|\/shorts\/|\/live\/|studio\.youtube\.com\/video\/)([\w-]{11})(?![\w-])/.exec(
      url
    )?.[1] ?? null,
  fetchPostMetrics: async (context, _account, { external_id }) => {
    const [video] = await readVideos(context, [external_id], "statistics")
    return metricsOf({
      views: video?.statistics?.viewCount,
      likes: video?.statistics?.likeCount,
      comments: video?.statistics?.commentCount,
    })
  },
  fetchAccountMetrics: async (context) => {
    const { statistics } = await readChannel(context)
    return metricsOf({
      followers: statistics?.hiddenSubscriberCount
        ? undefined
        : statistics?.subscriberCount,
      views: statistics?.viewCount,
      posts: statistics?.videoCount,
    })
  },
}
