import type { ErrorRule } from "../../http/classify"
import type { ProviderDescription, ProviderSettings } from "../types"
import { USUAL } from "./limits"

export const DEFAULT_PDS = "https://bsky.social"
const DEFAULT_VIDEO_SERVICE = "https://video.bsky.app"

/** Without the sign that people write before a handle. */
export const identifierOf = ({ handle }: ProviderSettings): string =>
  String(handle ?? "")
    .trim()
    .replace(/^@/, "")

/** The address of the video service, without a slash at its end. */
export const videoServiceOf = ({ video_service }: ProviderSettings): string =>
  String(video_service || DEFAULT_VIDEO_SERVICE).replace(/\/+$/, "")

const NEW_APP_PASSWORD =
  "Create an app password at Bluesky under Settings, Privacy and security, App passwords, and enter it here."

/** What the errors of lexicons and of the reference server mean. */
export const blueskyErrorRules: readonly ErrorRule[] = [
  // A refresh may help: it goes on to log in with the app password.
  { code: "ExpiredToken", errorClass: "token_expired" },
  { code: "InvalidToken", errorClass: "token_expired" },
  { code: "invalid_token", errorClass: "token_expired" },
  // The next request has the nonce that the server has just told.
  { code: "use_dpop_nonce", errorClass: "transient" },
  {
    code: "AuthFactorTokenRequired",
    errorClass: "token_invalid",
    next_action: `This is the account's own password, and it asks for a code from an e-mail. ${NEW_APP_PASSWORD}`,
  },
  {
    code: /^(?:AuthenticationRequired|AuthMissing)$/,
    errorClass: "token_invalid",
    next_action: `Check the handle. ${NEW_APP_PASSWORD}`,
  },
  {
    code: /^(?:Account|Repo)(?:Takedown|Takendown|Suspended|Deactivated)$/,
    errorClass: "account_restricted",
    next_action: "Log in at Bluesky to see what has become of the account.",
  },
  { code: "RateLimitExceeded", errorClass: "rate_limited", retry_after: 300 },
  { status: 429, errorClass: "rate_limited", retry_after: 300 },
  {
    code: /^(?:BlobTooLarge|PayloadTooLarge)$/,
    errorClass: "content_rejected",
    next_action: "Use a smaller file.",
  },
  {
    code: "InvalidMimeType",
    errorClass: "content_rejected",
    next_action: "Use a JPEG, PNG or WebP image, or an MP4 video.",
  },
  {
    code: /^(?:UpstreamFailure|UpstreamTimeout|NotEnoughResources|InternalServerError)$/,
    errorClass: "transient",
  },
  { code: "InvalidSwap", errorClass: "transient" },
  {
    code: "InvalidRequest",
    pattern: /could not find repo|repo not found/i,
    errorClass: "account_restricted",
    next_action:
      "Check that the server's address is the one where the account lives.",
  },
  // It was collected: an upload that is older than an hour is repeated.
  { pattern: /could not find blob/i, errorClass: "transient" },
  {
    code: "InvalidRequest",
    errorClass: "content_rejected",
    next_action: "Change the post as Bluesky says.",
  },
  { code: "RecordNotFound", errorClass: "content_rejected" },
  { code: "unconfirmed_email", errorClass: "account_restricted" },
]

/** Bluesky and every other server of the AT Protocol, through an app password or OAuth. */
export const blueskyDescription: ProviderDescription = {
  identifier: "bluesky",
  label: "Bluesky",
  description:
    "Publishes posts, threads, images and videos on a Bluesky account.",
  category: "social",
  auth_types: ["basic", "oauth2"],
  docs_url: "https://bsky.app/settings/app-passwords",
  credential_fields: [
    {
      name: "app_password",
      label: "App password",
      required: true,
      auth_types: ["basic"],
      help: "At Bluesky: Settings, Privacy and security, App passwords, Add. It looks like xxxx-xxxx-xxxx-xxxx. Never enter the account's own password.",
    },
  ],
  setting_fields: [
    {
      name: "handle",
      label: "Handle",
      required: true,
      input: "text",
      help: "For example shop.bsky.social, or the account's DID.",
    },
    {
      name: "base_url",
      label: "Server",
      required: false,
      input: "url",
      default: DEFAULT_PDS,
      help: "Where the account lives. Change it only for an account on a server of its own.",
    },
    {
      name: "video_service",
      label: "Video service",
      required: false,
      input: "url",
      default: DEFAULT_VIDEO_SERVICE,
      help: "Where videos are processed. Leave it as it is unless your server has its own.",
    },
    {
      name: "max_video_mb",
      label: "Largest video in MB",
      required: false,
      input: "number",
      default: String(USUAL.max_video_mb),
      help: "Bluesky takes 300. Lower it for a server that takes less; it holds once the account's limits are read again, within a day.",
    },
  ],
  refresh: {
    strategy: "session",
    made_from: ["handle", "app_password", "base_url", "pds"],
  },
  oauth2: {
    scopes: ["atproto", "transition:generic"],
    par: "required",
    dpop: true,
    client_metadata: true,
    issuer: ({ issuer }) => (issuer ? String(issuer) : null),
    subject: ({ did }) => (did ? String(did) : undefined),
    // What the issuer publishes takes the place of the endpoints.
    server: ({ issuer, handle }) => ({
      issuer: String(issuer),
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      authorization_response_iss_parameter_supported: true,
      client_auth: "none",
      pkce: true,
      scope_separator: " ",
      authorization_parameters: { login_hint: identifierOf({ handle }) },
    }),
  },
  api: {
    base_address: ({ pds, base_url }) => String(pds || base_url || DEFAULT_PDS),
    authentication: () => ({
      in: "header",
      name: "authorization",
      prefix: "Bearer",
      credential: "access_token",
    }),
    error_codes: ["error"],
  },
  error_rules: blueskyErrorRules,
}
