import type { SocialProvider } from "../types"
import {
  fetchAccountMetrics,
  fetchFacts,
  fetchPostMetrics,
  fetchPostState,
  fetchProfile,
  listAccounts,
  lookups,
} from "./channels"
import { discordDescription, discordLogin } from "./description"
import { readPermalink } from "./message"
import { publish, remove } from "./publish"
import { recover } from "./recover"
import { discordSettings, limits } from "./settings"

/** The provider for Discord by a bot. */
export const discordProvider: SocialProvider = {
  description: discordDescription,
  verify: discordLogin.verify,
  fetchProfile,
  listAccounts,
  fetchFacts,
  limits,
  settings: discordSettings,
  lookups,
  publish,
  recover,
  readPermalink,
  remove,
  fetchPostState,
  fetchPostMetrics,
  fetchAccountMetrics,
}
