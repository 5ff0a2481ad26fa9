import { startBluesky } from "../../../sandbox/networks/bluesky"
import { startDiscord } from "../../../sandbox/networks/discord/server"
import { GUILD_ID, TEXT_ID } from "../../../sandbox/networks/discord/state"
import { startGoogle } from "../../../sandbox/networks/google/server"
import {
  CHANNEL,
  CLIENT_ID,
  CLIENT_SECRET,
} from "../../../sandbox/networks/google/state"
import { startLinkedIn } from "../../../sandbox/networks/linkedin/server"
import { PAGE as LINKEDIN_PAGE } from "../../../sandbox/networks/linkedin/state"
import { startMastodon } from "../../../sandbox/networks/mastodon/server"
import { ACCOUNT } from "../../../sandbox/networks/mastodon/state"
import type { Simulator } from "../../../sandbox/networks/simulator"
import { startPinterest } from "../../../sandbox/networks/pinterest/server"
import {
  APP_ID,
  APP_SECRET,
  AUTUMN,
  USER,
} from "../../../sandbox/networks/pinterest/state"
import { startTelegram } from "../../../sandbox/networks/telegram/server"
import {
  CHANNEL_ID,
  STAGING_ID,
} from "../../../sandbox/networks/telegram/state"
import { startTikTok } from "../../../sandbox/networks/tiktok/server"
import { CLIENT_KEY, CREATOR } from "../../../sandbox/networks/tiktok/state"
import { startReddit } from "../../../sandbox/networks/reddit/server"
import * as redditState from "../../../sandbox/networks/reddit/state"
import { startWordPress } from "../../../sandbox/networks/wordpress/server"
import { PASSWORD } from "../../../sandbox/networks/wordpress/site"
import { startX } from "../../../sandbox/networks/x/server"
import { APP as X_APP } from "../../../sandbox/networks/x/state"
import { startPostingNetwork } from "../../../src/providers/__tests__/support/sandbox"
import type { AuthType } from "../../../src/shared/enums"
import { metaNetworks } from "./drill-meta"
import { startGalleryServer } from "./gallery-server"

/** What the drill's publications to a network are made of. */
export interface DrillSeed {
  provider: string
  auth_type: AuthType
  settings: Record<string, string>
  credentials: Record<string, string>
  /** Tokens that the service gives for them. */
  tokens?: Record<string, string>
  account: {
    external_id: string
    kind: string
    username?: string
    url?: string
    /** What its publications must have chosen. */
    default_settings?: Record<string, unknown>
  }
  /** How long each part comes after the one before it, in s. */
  delays: number[]
  /** Whether the first part has the drill's file. */
  has_file: boolean
  /** What the network is told that the file is. @default "image" */
  file_kind?: "image" | "video"
}

/** A network of the drill, on this machine. */
export interface DrillNetwork {
  seed: DrillSeed
  /** Whether its service can say what became of a call, so that nothing stays unknown. */
  can_be_asked: boolean
  simulator: Simulator
  /** All that is public, in any form that has the texts in it; once for each time. */
  published: () => unknown[]
}

/** A post and two that follow it at once. */
const THREAD = [0, 0, 0]

const ENDLESS = 1_000_000

export const gallery = async (
  provider: string,
  can_be_asked: boolean
): Promise<DrillNetwork> => {
  const simulator = await startGalleryServer()
  return {
    seed: {
      provider,
      auth_type: "api_key",
      settings: { base_url: simulator.url },
      credentials: { api_key: "a-key" },
      account: { external_id: "wall", kind: "wall" },
      delays: THREAD,
      has_file: false,
    },
    can_be_asked,
    simulator,
    published: simulator.texts,
  }
}

const sandbox = async (): Promise<DrillNetwork> => {
  const simulator = await startPostingNetwork()
  simulator.settings.posts_per_day = ENDLESS
  return {
    seed: sandboxSeed(simulator.url),
    can_be_asked: true,
    simulator,
    published: simulator.store.listPosts,
  }
}

/** @param base_url - of the sandbox network */
export const sandboxSeed = (base_url: string): DrillSeed => ({
  provider: "sandbox",
  auth_type: "oauth2",
  settings: { base_url, client_id: "medusa" },
  credentials: {},
  tokens: { access_token: "a-token" },
  account: { external_id: "page_main", kind: "page" },
  delays: THREAD,
  has_file: true,
})

const bluesky = async (): Promise<DrillNetwork> => {
  const simulator = await startBluesky()
  const { state, url } = simulator
  const { accessJwt, refreshJwt } = state.openSession(state.ada.did)
  return {
    seed: {
      provider: "bluesky",
      auth_type: "basic",
      settings: {
        ...{ base_url: url, video_service: url },
        handle: state.ada.handle,
      },
      credentials: { app_password: state.ada.appPasswords[0] },
      tokens: { access_token: accessJwt, refresh_token: refreshJwt },
      account: { external_id: state.ada.did, kind: "profile" },
      // Two are made public by one call, the third by another.
      delays: [0, 0, 1],
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: simulator.posts,
  }
}

export const mastodon = async (): Promise<DrillNetwork> => {
  const simulator = await startMastodon(0)
  simulator.state.media_limit = ENDLESS
  return {
    seed: {
      provider: "mastodon",
      auth_type: "bearer",
      settings: { instance_url: simulator.url },
      credentials: { access_token: simulator.makeToken() },
      account: { external_id: ACCOUNT.id, kind: "profile" },
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ text }) => text),
  }
}

const telegram = async (): Promise<DrillNetwork> => {
  const simulator = await startTelegram(0)
  return {
    seed: {
      provider: "telegram",
      auth_type: "api_key",
      settings: { base_url: simulator.url, staging_chat: String(STAGING_ID) },
      credentials: { api_key: simulator.state.token },
      account: { external_id: String(CHANNEL_ID), kind: "channel" },
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: false,
    simulator,
    published: () => simulator.posts(CHANNEL_ID),
  }
}

const discord = async (): Promise<DrillNetwork> => {
  const simulator = await startDiscord(0)
  return {
    seed: {
      provider: "discord",
      auth_type: "api_key",
      settings: { base_url: simulator.url },
      credentials: { api_key: simulator.state.token },
      account: {
        external_id: TEXT_ID,
        kind: "text",
        url: `https://discord.com/channels/${GUILD_ID}/${TEXT_ID}`,
      },
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts(TEXT_ID),
  }
}

const discordWebhook = async (): Promise<DrillNetwork> => {
  const simulator = await startDiscord(0)
  return {
    seed: {
      provider: "discord_webhook",
      auth_type: "api_key",
      settings: { base_url: simulator.url },
      credentials: { webhook_url: simulator.webhookUrl() },
      account: {
        external_id: simulator.state.webhook.id,
        kind: "webhook",
        url: `https://discord.com/channels/${GUILD_ID}/${TEXT_ID}`,
      },
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: false,
    simulator,
    published: () => simulator.posts(TEXT_ID),
  }
}

const reddit = async (): Promise<DrillNetwork> => {
  const simulator = await startReddit(0)
  simulator.state.allowance.limit = ENDLESS
  return {
    seed: {
      provider: "reddit",
      auth_type: "oauth2",
      settings: {
        base_url: simulator.url,
        client_id: redditState.CLIENT_ID,
        username: redditState.USER.name,
      },
      credentials: { client_secret: redditState.CLIENT_SECRET },
      tokens: { access_token: simulator.makeTokens().access_token },
      account: {
        external_id: `t2_${redditState.USER.id}`,
        kind: "profile",
        username: redditState.USER.name,
        default_settings: { subreddit: "scarves" },
      },
      delays: THREAD,
      has_file: true,
    },
    // What is not listed may be held back, so a person decides.
    can_be_asked: false,
    simulator,
    published: () => [
      ...simulator.posts().map(({ title, text }) => `${title} ${text}`),
      ...simulator.state.comments.map(({ text }) => text),
    ],
  }
}

const wordpress = async (): Promise<DrillNetwork> => {
  const simulator = await startWordPress(0)
  return {
    seed: {
      provider: "wordpress",
      auth_type: "basic",
      settings: { instance_url: simulator.url, username: "ada" },
      credentials: { application_password: PASSWORD },
      account: { external_id: simulator.url, kind: "blog" },
      delays: [0],
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: simulator.posts,
  }
}

const youtube = async (): Promise<DrillNetwork> => {
  const simulator = await startGoogle(0)
  const { state } = simulator
  state.processing_ms = 0
  state.units.limit = ENDLESS
  state.uploads.limit = ENDLESS
  return {
    seed: {
      provider: "youtube",
      auth_type: "oauth2",
      settings: { base_url: simulator.url, client_id: CLIENT_ID },
      credentials: { client_secret: CLIENT_SECRET },
      tokens: { access_token: simulator.makeTokens().access_token },
      account: {
        external_id: CHANNEL.id,
        kind: "channel",
        default_settings: { made_for_kids: "no" },
      },
      delays: [0],
      has_file: true,
      file_kind: "video",
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ snippet }) => snippet),
  }
}

const pinterest = async (): Promise<DrillNetwork> => {
  const simulator = await startPinterest(0)
  simulator.state.calls.limit = ENDLESS
  return {
    seed: {
      provider: "pinterest",
      auth_type: "oauth2",
      settings: { base_url: simulator.url, client_id: APP_ID },
      credentials: { client_secret: APP_SECRET },
      tokens: { access_token: simulator.makeTokens().access_token },
      account: {
        external_id: USER.id,
        kind: "profile",
        default_settings: { board: AUTUMN },
      },
      delays: [0],
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ description }) => description),
  }
}

const businessProfile = async (): Promise<DrillNetwork> => {
  const simulator = await startGoogle(0)
  return {
    seed: {
      provider: "google_business_profile",
      auth_type: "oauth2",
      settings: { base_url: simulator.url, client_id: CLIENT_ID },
      credentials: { client_secret: CLIENT_SECRET },
      tokens: {
        access_token: simulator.makeTokens(
          "https://www.googleapis.com/auth/business.manage"
        ).access_token,
      },
      account: { external_id: "accounts/1/locations/11", kind: "location" },
      delays: [0],
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.state.local_posts.map(({ summary }) => summary),
  }
}

const x = async (): Promise<DrillNetwork> => {
  const simulator = await startX(0)
  const { state } = simulator
  state.limit = ENDLESS
  state.daily_limit = ENDLESS
  return {
    seed: {
      provider: "x",
      auth_type: "oauth2",
      settings: { base_url: simulator.url, client_id: X_APP.client_id },
      credentials: { client_secret: X_APP.client_secret },
      tokens: { access_token: simulator.makeTokens().access_token },
      account: { external_id: state.user.id, kind: "profile" },
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ text }) => text),
  }
}

const linkedin = async (): Promise<DrillNetwork> => {
  const simulator = await startLinkedIn(0)
  simulator.state.processing_ms = 0
  return {
    seed: {
      provider: "linkedin",
      auth_type: "oauth2",
      settings: {
        base_url: simulator.url,
        client_id: "simulated",
        publishes_on: "profile and pages",
      },
      credentials: { client_secret: "secret" },
      tokens: { access_token: simulator.makeToken() },
      account: { external_id: LINKEDIN_PAGE.urn, kind: "page" },
      // A post and two comments.
      delays: THREAD,
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => [
      ...simulator.posts().map(({ text }) => text),
      ...simulator.state.comments.map(({ text }) => text),
    ],
  }
}

const tiktok = async (): Promise<DrillNetwork> => {
  const simulator = await startTikTok(0)
  const { state } = simulator
  state.processing_ms = 0
  state.posts_left = ENDLESS
  state.inits_left = ENDLESS
  return {
    seed: {
      provider: "tiktok",
      auth_type: "oauth2",
      settings: {
        base_url: simulator.url,
        client_id: CLIENT_KEY,
        posts_a_day: String(ENDLESS),
      },
      credentials: { client_secret: "secret" },
      tokens: { access_token: simulator.makeTokens().access_token },
      account: {
        external_id: CREATOR.open_id,
        kind: "profile",
        default_settings: { privacy_level: "PUBLIC_TO_EVERYONE" },
      },
      delays: [0],
      has_file: true,
      file_kind: "video",
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ info }) => info.title),
  }
}

/** Every network that publishes has an entry here. */
const NETWORKS: readonly (() => Promise<DrillNetwork>)[] = [
  () => gallery("gallery", true),
  () => gallery("gallery-without-listing", false),
  sandbox,
  bluesky,
  mastodon,
  telegram,
  discord,
  discordWebhook,
  reddit,
  wordpress,
  ...metaNetworks,
  pinterest,
  youtube,
  businessProfile,
  x,
  linkedin,
  tiktok,
]

export const startDrillNetworks = (): Promise<DrillNetwork[]> =>
  Promise.all(NETWORKS.map((start) => start()))
