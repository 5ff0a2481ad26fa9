import { startBluesky } from "./networks/bluesky"
import { createState } from "./networks/bluesky/state"
import { startGoogle } from "./networks/google/server"
import { CLIENT_ID, CLIENT_SECRET } from "./networks/google/state"
import { startLinkedIn } from "./networks/linkedin/server"
import {
  CLIENT_ID as LINKEDIN_ID,
  CLIENT_SECRET as LINKEDIN_SECRET,
} from "./networks/linkedin/state"
import { startMastodon } from "./networks/mastodon/server"
import { PASSWORD } from "./networks/wordpress/site"
import { startWordPress } from "./networks/wordpress/server"
import { startReddit } from "./networks/reddit/server"
import {
  CLIENT_ID as redditId,
  CLIENT_SECRET as redditSecret,
  USER as redditUser,
} from "./networks/reddit/state"
import { startDiscord } from "./networks/discord/server"
import { initialState as discordState } from "./networks/discord/state"
import { startTelegram } from "./networks/telegram/server"
import { initialState } from "./networks/telegram/state"
import { startX } from "./networks/x/server"
import { APP as X_APP } from "./networks/x/state"
import { startMeta } from "./networks/meta/server"
import { newState as metaState } from "./networks/meta/state"
import { startPinterest } from "./networks/pinterest/server"
import { APP_ID, APP_SECRET } from "./networks/pinterest/state"
import type { Simulator } from "./networks/simulator"
import { startTikTok } from "./networks/tiktok/server"
import {
  CLIENT_KEY,
  CLIENT_SECRET as TIKTOK_SECRET,
} from "./networks/tiktok/state"

const { token: discordBot, webhook } = discordState()

const appOf = ({ id, secret }: { id: string; secret: string }): string =>
  `app ${id}, secret ${secret}`

/** A network that can be tried without an account anywhere. */
type Simulated = {
  name: string
  start: (port: number) => Promise<Simulator>
  /** What to enter in the dashboard, besides the simulator's address. */
  login: string
}

const { ada } = createState()
const { facebook, instagram, threads } = metaState().apps

/** Each has the port after the one before it, the first the sandbox network's next. */
const SIMULATED: readonly Simulated[] = [
  {
    name: "Bluesky",
    start: startBluesky,
    login: `handle ${ada.handle}, app password ${ada.appPasswords[0]}`,
  },
  {
    name: "Telegram",
    start: startTelegram,
    login: `token ${initialState().token}, channels @adas_shop`,
  },
  {
    name: "WordPress",
    start: startWordPress,
    login: `user ada, application password ${PASSWORD}`,
  },
  {
    name: "Mastodon",
    start: startMastodon,
    login: "nothing: press Connect",
  },
  {
    name: "Discord",
    start: startDiscord,
    login: `bot token ${discordBot}, or webhook https://discord.com/api/webhooks/${webhook.id}/${webhook.token}`,
  },
  {
    name: "Reddit",
    start: startReddit,
    login: `client ID ${redditId}, secret ${redditSecret}, user name ${redditUser.name}`,
  },
  {
    name: "Meta",
    start: startMeta,
    login: `/facebook (also for Instagram): ${appOf(facebook)}; /instagram (own login): ${appOf(instagram)}; /threads: ${appOf(threads)}`,
  },
  {
    name: "Google",
    start: startGoogle,
    login: `YouTube and Business Profile: client ID ${CLIENT_ID}, secret ${CLIENT_SECRET}`,
  },
  {
    name: "X",
    start: startX,
    login: `client ID ${X_APP.client_id}, secret ${X_APP.client_secret}; with OAuth 1.0a API key ${X_APP.consumer_key}, secret ${X_APP.consumer_secret}`,
  },
  {
    name: "Pinterest",
    start: startPinterest,
    login: appOf({ id: APP_ID, secret: APP_SECRET }),
  },
  {
    name: "LinkedIn",
    start: startLinkedIn,
    login: `client ID ${LINKEDIN_ID}, secret ${LINKEDIN_SECRET}; publishes on "profile" or "profile and pages"`,
  },
  {
    name: "TikTok",
    start: startTikTok,
    login: `client key ${CLIENT_KEY}, secret ${TIKTOK_SECRET}`,
  },
]

/**
 * A line about each simulator: where it is, and what to enter in the dashboard.
 *
 * @param port - of the first
 */
export const describeSimulators = (port: number): string[] =>
  SIMULATED.map(
    ({ name, login }, index) =>
      `${name.padEnd(16)} http://localhost:${port + index}  ${login}`
  )

/**
 * Starts all simulators.
 *
 * @param port - of the first
 * @returns how to end them
 * @throws Error with the code EADDRINUSE if a port is taken
 */
export const startSimulators = async (
  port: number
): Promise<{ close: () => Promise<void> }> => {
  const running: Simulator[] = []
  for (const [index, { start }] of SIMULATED.entries()) {
    running.push(await start(port + index))
  }
  return {
    close: async () => {
      await Promise.all(running.map((simulator) => simulator.close()))
    },
  }
}
