import type { OAuth1Server } from "../../oauth/oauth1/types"
import type { OAuth2Server } from "../../oauth/types"
import type {
  ProviderDescription,
  ProviderSettings,
  SettingField,
} from "../types"
import { readXError, X_ERROR_RULES } from "./errors"

const API = "https://api.x.com"
const WEB = "https://x.com"

/** The address that takes the place of all of X's, without a slash at its end. */
const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

const apiOf = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? API

/** Where people read X. */
export const webOf = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? WEB

/** `offline.access` brings the refresh token: an access token alone ends after two hours. */
export const X_SCOPES = [
  "tweet.read",
  "tweet.write",
  "users.read",
  "media.write",
  "offline.access",
]

const oauth2Server = (settings: ProviderSettings): OAuth2Server => ({
  authorization_endpoint: `${webOf(settings)}/i/oauth2/authorize`,
  token_endpoint: `${apiOf(settings)}/2/oauth2/token`,
  revocation_endpoint: `${apiOf(settings)}/2/oauth2/revoke`,
  client_auth: "client_secret_basic",
  pkce: true,
  scope_separator: " ",
  // What X says of a refresh token that is used up or revoked.
  token_refusals: { codes: { invalid_request: "invalid_grant" } },
})

const oauth1Server = (settings: ProviderSettings): OAuth1Server => ({
  request_token_endpoint: `${apiOf(settings)}/oauth/request_token`,
  authorization_endpoint: `${apiOf(settings)}/oauth/authorize`,
  access_token_endpoint: `${apiOf(settings)}/oauth/access_token`,
  signature_method: "HMAC-SHA1",
})

/** What X charges at its list prices, in US dollars, and how long its subscribers may write. */
export const USUAL = {
  post_price: 0.015,
  link_post_price: 0.2,
  long_post_characters: 25_000,
} as const

const PRICE_HELP =
  "In US dollars, as the Developer Console says. 0 where your plan has no price for each post."

const USUAL_FIELDS: readonly SettingField[] = [
  {
    name: "post_price",
    label: "Price of a post",
    required: false,
    input: "number",
    default: String(USUAL.post_price),
    help: PRICE_HELP,
  },
  {
    name: "link_post_price",
    label: "Price of a post with a link",
    required: false,
    input: "number",
    default: String(USUAL.link_post_price),
    help: PRICE_HELP,
  },
  {
    name: "long_post_characters",
    label: "Characters of a long post",
    required: false,
    input: "number",
    default: String(USUAL.long_post_characters),
    help: "What an account with X Premium may write in one post. Others have 280.",
  },
]

/** An account of X's, by either of X's two logins. */
export const xDescription: ProviderDescription = {
  identifier: "x",
  label: "X",
  description: "Publishes posts, threads and polls on X, formerly Twitter.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2", "oauth1"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      auth_types: ["oauth2"],
      help: "In the Developer Console, at the app: Keys and tokens, OAuth 2.0. It is shown once.",
    },
    {
      name: "consumer_secret",
      label: "API key secret",
      required: true,
      auth_types: ["oauth1"],
      help: "In the Developer Console, at the app: Keys and tokens, next to the API key.",
    },
    {
      name: "access_token",
      label: "Access token",
      required: false,
      auth_types: ["oauth1"],
      help: "Only in place of Connect: what the Developer Console generates for the app's own account.",
    },
    {
      name: "access_token_secret",
      label: "Access token secret",
      required: false,
      auth_types: ["oauth1"],
      help: "Belongs to the access token above.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      auth_types: ["oauth2"],
      help: "In the Developer Console, at the app: Keys and tokens, OAuth 2.0.",
    },
    {
      name: "consumer_key",
      label: "API key",
      required: true,
      input: "text",
      auth_types: ["oauth1"],
      help: "In the Developer Console, at the app: Keys and tokens, Consumer keys.",
    },
    ...USUAL_FIELDS,
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
  ],
  docs_url: "https://docs.x.com/x-api/getting-started/getting-access",
  oauth2: {
    scopes: X_SCOPES,
    // X does not say how long an unused refresh token lives: none is left to die of it.
    refresh: { strategy: "refresh_token", keep_alive_seconds: 30 * 86_400 },
    server: oauth2Server,
  },
  oauth1: { server: oauth1Server },
  api: { base_address: apiOf, read_error: readXError },
  error_rules: X_ERROR_RULES,
}
