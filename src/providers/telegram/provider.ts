import type { SocialProvider } from "../types"
import {
  fetchAccountMetrics,
  fetchFacts,
  fetchProfile,
  findAccount,
  listAccounts,
  verify,
} from "./chats"
import { telegramDescription } from "./description"
import { publish, readPermalink, remove } from "./publish"
import { limits, telegramSettings } from "./settings"

/**
 * The provider for Telegram. It has no `recover`: a bot can neither read what it
 * has sent nor give a message a key, so a lost call is for a person to look up.
 */
export const telegramProvider: SocialProvider = {
  description: telegramDescription,
  verify,
  fetchProfile,
  listAccounts,
  findAccount,
  fetchFacts,
  limits,
  settings: telegramSettings,
  // Bots send at most 20 messages a minute to one group ("Broadcasting to users").
  quotas: [
    { label: "messages a minute", count: 20, window_seconds: 60, per: "part" },
  ],
  publish,
  readPermalink,
  remove,
  fetchAccountMetrics,
}
