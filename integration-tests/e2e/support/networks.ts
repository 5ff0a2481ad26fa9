import { approveConsent } from "../../../sandbox/consent-client"
import { startGoogle } from "../../../sandbox/networks/google/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
} from "../../../sandbox/networks/google/state"
import { startMeta } from "../../../sandbox/networks/meta/server"
import type { Host } from "../../../sandbox/networks/meta/state"
import { createPlatform } from "./arrange"
import type { Store } from "./store"

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

/** Starts the simulators of the networks that matter most to a store. */
export const startNetworks = async (): Promise<Networks> => {
  const [meta, google] = await Promise.all([startMeta(0), startGoogle(0)])
  const simulators = [meta, google]

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
  const ofGoogle = (provider: string, posts: () => Shown[]): Network => ({
    provider,
    body: {
      api_config: {
        base_url: google.url,
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
      },
    },
    posts,
  })

  return {
    all: [
      ofMeta("facebook", "facebook"),
      ofMeta("instagram", "facebook"),
      ofMeta("threads", "threads"),
      ofGoogle("youtube", () =>
        google
          .posts()
          .map(({ snippet }) => ({ text: snippet.description, files: 1 }))
      ),
      ofGoogle("google_business_profile", () =>
        google.state.local_posts.map(({ summary, photo }) => ({
          text: summary,
          files: photo ? 1 : 0,
        }))
      ),
    ],
    forget: () => simulators.forEach((simulator) => simulator.reset()),
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
