import type { SocialProvider } from "../types"
import { TIKTOK_CALLBACKS } from "./callbacks"
import { listPrivacyLevels, readProfile } from "./creator"
import { tiktokDescription } from "./description"
import { fetchFacts, limits, quotas } from "./limits"
import {
  fetchAccountMetrics,
  fetchPostMetrics,
  fetchPostState,
  readPermalink,
} from "./posts"
import { publish, recover } from "./publish"
import { tiktokSettings } from "./settings"

/** Publishes on the account that a person has connected. TikTok's API deletes nothing. */
export const tiktokProvider: SocialProvider = {
  description: tiktokDescription,
  callbacks: TIKTOK_CALLBACKS,
  verify: async (context) => {
    const { name, username } = await readProfile(context)
    return `The credentials belong to ${name}${username ? ` (@${username})` : ""}.`
  },
  fetchProfile: readProfile,
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = await readProfile(context)
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  fetchFacts,
  limits,
  settings: tiktokSettings,
  lookups: {
    privacy_levels: {
      label: "Who can see a post",
      search: false,
      ttl_seconds: 300,
      run: (context) => listPrivacyLevels(context),
    },
  },
  quotas,
  publish,
  recover,
  readPermalink,
  fetchPostState,
  fetchPostMetrics,
  fetchAccountMetrics,
}
