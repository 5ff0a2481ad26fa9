import { approveConsent } from "../../../sandbox/consent-client"
import { startGoogle } from "../../../sandbox/networks/google/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
} from "../../../sandbox/networks/google/state"
import { startLinkedIn } from "../../../sandbox/networks/linkedin/server"
import {
  CLIENT_ID as LINKEDIN_ID,
  CLIENT_SECRET as LINKEDIN_SECRET,
} from "../../../sandbox/networks/linkedin/state"
import { startMeta } from "../../../sandbox/networks/meta/server"
import type { Host } from "../../../sandbox/networks/meta/state"
import { startPinterest } from "../../../sandbox/networks/pinterest/server"
import { APP_ID, APP_SECRET } from "../../../sandbox/networks/pinterest/state"
import { startReddit } from "../../../sandbox/networks/reddit/server"
import {
  CLIENT_ID as REDDIT_ID,
  CLIENT_SECRET as REDDIT_SECRET,
  USER as REDDITOR,
} from "../../../sandbox/networks/reddit/state"
import { startTikTok } from "../../../sandbox/networks/tiktok/server"
import {
  CLIENT_KEY,
  CLIENT_SECRET as TIKTOK_SECRET,
} from "../../../sandbox/networks/tiktok/state"
import { startX } from "../../../sandbox/networks/x/server"
import { APP as X_APP } from "../../../sandbox/networks/x/state"
import { createPlatform } from "./arrange"
import type { Store } from "./store"

const GOOGLE_APP = [CLIENT_ID, CLIENT_SECRET] as const

/** What somebody sees at a network. */
export interface Shown {
  text: string
  files: number
}

/** A network that a store of the browser tests publishes to. */
export interface Network {
  provider: string
  /** What a person enters, besides the name. */
  body: object
  /** What somebody sees there, oldest first. */
  posts: () => Shown[]
}

export interface Networks {
  all: Network[]
  /** Puts all simulators back to where they began. */
  forget: () => void
  close: () => Promise<void>
}

/**
 * Starts the simulators of the networks that matter most to a store.
 *
 * @param storeUrl - address of the store, whose files TikTok fetches
 */
export const startNetworks = async (storeUrl: string): Promise<Networks> => {
  const [meta, google, tiktok, pinterest, x, linkedin, reddit] =
    await Promise.all([
      startMeta(0),
      startGoogle(0),
      startTikTok(0),
      startPinterest(0),
      startX(0),
      startLinkedIn(0),
      startReddit(0),
    ])
  const simulators = [meta, google, tiktok, pinterest, x, linkedin, reddit]

  const ofMeta = (
    provider: "facebook" | "instagram" | "threads",
    host: Host
  ): Network => ({
    provider,
    body: {
      base_url: meta.host(host),
      api_config: {
        client_id: meta.state.apps[host].id,
        client_secret: meta.state.apps[host].secret,
      },
    },
    posts: () =>
      meta
        .posts()
        .filter(({ network }) => network === provider)
        .map(({ text, files }) => ({ text, files: files.length })),
  })
  const ofOthers = (
    provider: string,
    { url }: { url: string },
    [client_id, client_secret]: readonly [string, string],
    posts: () => Shown[],
    settings: object = {}
  ): Network => ({
    provider,
    body: {
      api_config: { base_url: url, client_id, client_secret, ...settings },
    },
    posts,
  })

  return {
    all: [
      ofMeta("facebook", "facebook"),
      ofMeta("instagram", "facebook"),
      ofMeta("threads", "threads"),
      ofOthers("youtube", google, GOOGLE_APP, () =>
        google
          .posts()
          .map(({ snippet }) => ({ text: snippet.description, files: 1 }))
      ),
      ofOthers("google_business_profile", google, GOOGLE_APP, () =>
        google.state.local_posts.map(({ summary, photo }) => ({
          text: summary,
          files: photo ? 1 : 0,
        }))
      ),
      ofOthers("tiktok", tiktok, [CLIENT_KEY, TIKTOK_SECRET], () =>
        tiktok.posts().map(({ info, files }) => ({
          text: `${info.title} ${info.description}`,
          files: files.length,
        }))
      ),
      ofOthers("pinterest", pinterest, [APP_ID, APP_SECRET], () =>
        pinterest.posts().map(({ description, files }) => ({
          text: String(description),
          files: files.length,
        }))
      ),
      ofOthers("x", x, [X_APP.client_id, X_APP.client_secret], () =>
        x.posts().map(({ text, media }) => ({ text, files: media.length }))
      ),
      ofOthers("linkedin", linkedin, [LINKEDIN_ID, LINKEDIN_SECRET], () =>
        linkedin.posts().map(({ text, content }) => ({
          text,
          files: content?.multiImage?.images.length ?? (content?.media ? 1 : 0),
        }))
      ),
      ofOthers(
        "reddit",
        reddit,
        [REDDIT_ID, REDDIT_SECRET],
        () =>
          reddit.posts().map(({ title, text, files }) => ({
            text: `${title} ${text}`,
            files: files.length,
          })),
        { username: REDDITOR.name }
      ),
    ],
    forget: () => {
      simulators.forEach((simulator) => simulator.reset())
      tiktok.state.verified_prefix = storeUrl
    },
    close: async () => {
      await Promise.all(simulators.map((simulator) => simulator.close()))
    },
  }
}

/** Under which name a network is connected: accounts of two may have one name. */
export const nameOf = ({ provider }: Network): string => `Our ${provider}`

/** Connects a platform by its network's consent page. */
export const connectNetwork = async (
  store: Store,
  network: Network
): Promise<void> => {
  const { provider, body } = network
  const id = await createPlatform(store, {
    ...body,
    name: nameOf(network),
    provider,
  })
  const { location } = await store.api(
    "GET",
    `/admin/oauth/${provider}?platform_id=${id}`
  )
  const { searchParams } = new URL(await approveConsent(location))
  const code = searchParams.get("code")
  const state = searchParams.get("state")
  await store.api("POST", `/admin/oauth/${provider}/callback`, {
    platform_id: id,
    state,
    code,
  })
}
