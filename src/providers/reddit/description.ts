import type { OAuth2Server } from "../../oauth/types"
import type { ProviderDescription, ProviderSettings } from "../types"
import { readRedditError, REDDIT_ERROR_RULES } from "./errors"
import { USUAL } from "./limits"

export const REDDIT = "Reddit"

const READ_AGAIN =
  "A change holds once the account's limits are read again, within a day."

const API = "https://oauth.reddit.com"
const SITE = "https://www.reddit.com"

/** The address that takes the place of both of Reddit's, without a slash at its end. */
const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

export const apiAddress = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? API

/** What people see: `/r/scarves/comments/…` and the like below Reddit's site. */
export const siteAddress = (settings: ProviderSettings, path: string): string =>
  `${ownAddress(settings) ?? SITE}${path}`

const VERSION = "1.0"

/**
 * Who asks, in the form that Reddit demands of every program: platform, ID,
 * version, and whom to turn to (reddit-archive/reddit, wiki "API", "Rules").
 */
export const userAgentOf = ({
  client_id,
  username,
}: ProviderSettings): string => {
  const word = (value: unknown) => String(value ?? "").replace(/[^\w-]+/g, "")
  const name = String(username ?? "").replace(/^\s*\/?u(?:ser)?\//i, "")
  return `web:medusa-${word(client_id)}:${VERSION} (by /u/${word(name)})`
}

const serverOf = (settings: ProviderSettings): OAuth2Server => ({
  authorization_endpoint: siteAddress(settings, "/api/v1/authorize"),
  token_endpoint: siteAddress(settings, "/api/v1/access_token"),
  revocation_endpoint: siteAddress(settings, "/api/v1/revoke_token"),
  client_auth: "client_secret_basic",
  // Reddit documents no PKCE: the secret and the state protect the code.
  pkce: false,
  scope_separator: " ",
  headers: { "user-agent": userAgentOf(settings) },
  // Without it the access ends after an hour.
  authorization_parameters: { duration: "permanent" },
})

/** A person's account at Reddit, which posts in communities and on its own profile. */
export const redditDescription: ProviderDescription = {
  identifier: "reddit",
  label: REDDIT,
  description:
    "Publishes texts, links, images, galleries and videos in Reddit's communities and on your profile.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Secret",
      required: true,
      help: 'At reddit.com/prefs/apps, beside "secret".',
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      help: 'At reddit.com/prefs/apps, under the app\'s name and "web app".',
    },
    {
      name: "username",
      label: "Your Reddit user name",
      required: true,
      input: "text",
      help: "Whose app it is. Reddit wants it in every request.",
    },
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
    {
      name: "max_title",
      label: "Longest title",
      required: false,
      input: "number",
      default: String(USUAL.max_title),
      help: `In characters. Reddit does not document it for its API. ${READ_AGAIN}`,
    },
    {
      name: "max_text",
      label: "Longest text",
      required: false,
      input: "number",
      default: String(USUAL.max_text),
      help: `In characters, of a post. ${READ_AGAIN}`,
    },
    {
      name: "max_comment",
      label: "Longest comment",
      required: false,
      input: "number",
      default: String(USUAL.max_comment),
      help: `In characters. ${READ_AGAIN}`,
    },
  ],
  docs_url: "https://www.reddit.com/prefs/apps",
  oauth2: {
    // To say whose it is, look, post, choose a flair, list one's communities and
    // one's posts, and delete.
    scopes: [
      "identity",
      "read",
      "submit",
      "flair",
      "mysubreddits",
      "history",
      "edit",
    ],
    server: serverOf,
  },
  api: {
    base_address: apiAddress,
    headers: (settings) => ({ "user-agent": userAgentOf(settings) }),
    read_error: readRedditError,
  },
  error_rules: REDDIT_ERROR_RULES,
}
