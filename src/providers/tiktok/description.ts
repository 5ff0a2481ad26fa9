import type { OAuth2Server } from "../../oauth/types"
import type { ProviderDescription, ProviderSettings } from "../types"
import { readTikTokError, TIKTOK_ERROR_RULES } from "./error-rules"
import { parseExactIds } from "./publish-state"

export const TIKTOK = "TikTok"

const API = "https://open.tiktokapis.com"
const SITE = "https://www.tiktok.com"

/** All that the plugin can do; an app that TikTok has given less has a setting of its own. */
export const TIKTOK_SCOPES = [
  "user.info.basic",
  "user.info.profile",
  "user.info.stats",
  "video.list",
  "video.publish",
  "video.upload",
]

/**
 * Posts that an account takes in a day, as TikTok says for most, photos in one,
 * and what is written with them, in UTF-16 code units.
 */
export const USUAL = {
  posts_a_day: 15,
  max_photos: 35,
  max_photo_text: 4000,
} as const

/** The address that takes the place of all of TikTok's, without a slash at its end. */
const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

/** Where people see what is public. */
export const siteAddress = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? SITE

const apiAddress = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? API

/** Whether something stands in for TikTok. */
export const isSimulated = (settings: ProviderSettings): boolean =>
  ownAddress(settings) !== null

/** developers.tiktok.com/doc/login-kit-web and login-kit-desktop */
const serverOf = (settings: ProviderSettings): OAuth2Server => ({
  authorization_endpoint: `${siteAddress(settings)}/v2/auth/authorize/`,
  token_endpoint: `${apiAddress(settings)}/v2/oauth/token/`,
  revocation_endpoint: `${apiAddress(settings)}/v2/oauth/revoke/`,
  client_auth: "client_secret_post",
  client_id_parameter: "client_key",
  // TikTok knows PKCE for apps on a desktop alone, with the challenge in hexadecimal.
  pkce: settings.app_type === "desktop",
  pkce_encoding: "hex",
  scope_separator: ",",
  normalize_token_response: (body) => {
    const refusal = readTikTokError(body, { ok: !body.access_token })
    return refusal
      ? { error: refusal.code, error_description: refusal.message }
      : body
  },
})

/** An account of TikTok's, through an app of the shop's own. */
export const tiktokDescription: ProviderDescription = {
  identifier: "tiktok",
  label: TIKTOK,
  description:
    "Publishes videos and photos on a TikTok account, or puts them into its inbox. It needs an app of yours at TikTok.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      help: "On the same page as the client key.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client key",
      required: true,
      input: "text",
      help: "At TikTok for Developers: Manage apps, your app, Credentials. TikTok calls it a key; it is no secret.",
    },
    {
      name: "app_type",
      label: "Platform of the app",
      required: false,
      input: "select",
      options: ["web", "desktop"],
      default: "web",
      help: "As it is chosen at TikTok, under Login Kit. desktop is for a redirect URI on this machine (localhost) alone.",
    },
    {
      name: "scopes",
      label: "Scopes",
      required: false,
      input: "text",
      help: `Only where TikTok has not given the app all of these: ${TIKTOK_SCOPES.join(", ")}.`,
    },
    {
      name: "posts_a_day",
      label: "Posts a day",
      required: false,
      input: "number",
      default: String(USUAL.posts_a_day),
      help: "How many posts TikTok takes from an account in 24 hours. It tells no number; most may post 15.",
    },
    {
      name: "max_photos",
      label: "Photos of a post",
      required: false,
      input: "number",
      default: String(USUAL.max_photos),
      help: "How many photos TikTok takes in one post.",
    },
    {
      name: "max_photo_text",
      label: "Longest text with photos",
      required: false,
      input: "number",
      default: String(USUAL.max_photo_text),
      help: "In characters. Change it only if TikTok takes another length.",
    },
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
  ],
  docs_url: "https://developers.tiktok.com/doc/content-posting-api-get-started",
  oauth2: {
    scopes: TIKTOK_SCOPES,
    // A refresh token lives for half a year, and each refresh brings a new one.
    refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
    server: serverOf,
    // By it webhooks say whom they are about.
    facts: [
      {
        setting: "open_id",
        from: { token_response: "open_id" },
        pattern: /^[\w.~-]{1,128}$/,
      },
    ],
  },
  api: {
    base_address: apiAddress,
    read_error: readTikTokError,
    parse: parseExactIds,
  },
  error_rules: TIKTOK_ERROR_RULES,
}
