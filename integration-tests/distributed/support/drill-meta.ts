import { startMeta } from "../../../sandbox/networks/meta/server"
import {
  type Host,
  INSTAGRAM,
  PAGE,
  PROFILE,
} from "../../../sandbox/networks/meta/state"
import { FACEBOOK_SCOPES } from "../../../src/providers/meta/facebook/provider"
import {
  INSTAGRAM_LOGIN_SCOPES,
  INSTAGRAM_SCOPES,
} from "../../../src/providers/meta/instagram/provider"
import { THREADS_SCOPES } from "../../../src/providers/meta/threads/description"
import type { DrillNetwork } from "./drill-networks"

const ENDLESS = 1_000_000

/** What one of Meta's publishes to. */
interface MetaDestination {
  provider: string
  host: Host
  scopes: string[]
  account: { external_id: string; kind: string }
}

/** One of Meta's, on a simulator of its own. */
const meta = async ({
  provider,
  host,
  scopes,
  account,
}: MetaDestination): Promise<DrillNetwork> => {
  const simulator = await startMeta(0)
  const { state } = simulator
  state.quota = { instagram: ENDLESS, threads: ENDLESS, replies: ENDLESS }
  return {
    seed: {
      provider,
      auth_type: "oauth2",
      settings: {
        base_url: simulator.host(host),
        client_id: state.apps[host].id,
      },
      credentials: {
        client_secret: state.apps[host].secret,
        access_token:
          account.kind === "page"
            ? simulator.makePageToken(scopes)
            : simulator.makeToken(host, scopes),
      },
      account,
      // A post and two comments, or a chain.
      delays: [0, 0, 0],
      has_file: true,
    },
    can_be_asked: true,
    simulator,
    published: () => simulator.posts().map(({ text }) => text),
  }
}

const DESTINATIONS: readonly MetaDestination[] = [
  {
    provider: "facebook",
    host: "facebook",
    scopes: FACEBOOK_SCOPES,
    account: { external_id: PAGE.id, kind: "page" },
  },
  {
    provider: "instagram",
    host: "facebook",
    scopes: INSTAGRAM_SCOPES,
    account: { external_id: INSTAGRAM.id, kind: "profile" },
  },
  {
    provider: "instagram_login",
    host: "instagram",
    scopes: INSTAGRAM_LOGIN_SCOPES,
    account: { external_id: INSTAGRAM.id, kind: "profile" },
  },
  {
    provider: "threads",
    host: "threads",
    scopes: THREADS_SCOPES,
    account: { external_id: PROFILE.id, kind: "profile" },
  },
]

/** All that publishes by an app at Meta. */
export const metaNetworks = DESTINATIONS.map(
  (destination) => () => meta(destination)
)
