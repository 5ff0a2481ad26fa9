import type { ProviderDescription, ProviderSettings } from "../../types"
import { META_PUBLISHING_ERROR_RULES } from "../error-rules"
import {
  addressField,
  graphAddress,
  type GraphHost,
  graphVersionField,
  originOf,
  readGraphError,
} from "../graph"
import { EXCHANGE_AHEAD_SECONDS, standardTokenAnswer } from "../tokens"

export const THREADS = "Threads"

/** developers.facebook.com/documentation/threads: graph.threads.com is the same. */
export const THREADS_HOST: GraphHost = {
  origin: "https://graph.threads.net",
  version: "v1.0",
}

/** Of files, as others have found: Meta's pages do not tell. */
export const USUAL = {
  max_image_mb: 8,
  max_video_mb: 1000,
  max_video_seconds: 300,
} as const

export const THREADS_SCOPES = [
  "threads_basic",
  "threads_content_publish",
  "threads_manage_replies",
  "threads_read_replies",
  "threads_manage_insights",
  "threads_delete",
]

/** Where people log in; a platform's base URL takes its place. */
const loginOf = ({ base_url }: ProviderSettings): string =>
  String(base_url || "https://threads.com").replace(/\/+$/, "")

/** A profile of Threads. */
export const threadsDescription: ProviderDescription = {
  identifier: "threads",
  label: THREADS,
  description:
    "Publishes posts, carousels and chains on a Threads profile. It needs an app of yours at Meta.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Threads app secret",
      required: true,
      help: "On the same page as the Threads app ID.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Threads app ID",
      required: true,
      input: "text",
      help: "At Meta for Developers: your app, Use cases, Access the Threads API, Settings. It is another number than the app's own ID.",
    },
    {
      name: "max_image_mb",
      label: "Largest image in MB",
      required: false,
      input: "number",
      default: String(USUAL.max_image_mb),
    },
    {
      name: "max_video_mb",
      label: "Largest video in MB",
      required: false,
      input: "number",
      default: String(USUAL.max_video_mb),
      help: "It holds once the account's limits are read again, within a day.",
    },
    {
      name: "max_video_seconds",
      label: "Longest video in seconds",
      required: false,
      input: "number",
      default: String(USUAL.max_video_seconds),
      help: "It holds once the account's limits are read again, within a day.",
    },
    graphVersionField(THREADS_HOST),
    addressField,
  ],
  docs_url: "https://developers.facebook.com/docs/threads/get-started",
  oauth2: {
    scopes: THREADS_SCOPES,
    refresh: {
      strategy: "exchange_current_token",
      min_ttl_seconds: EXCHANGE_AHEAD_SECONDS,
    },
    server: (settings) => ({
      authorization_endpoint: `${loginOf(settings)}/oauth/authorize`,
      token_endpoint: `${originOf(THREADS_HOST, settings)}/oauth/access_token`,
      client_auth: "client_secret_post",
      pkce: false,
      scope_separator: ",",
      normalize_token_response: standardTokenAnswer,
    }),
  },
  api: {
    service: THREADS,
    base_address: graphAddress(THREADS_HOST),
    read_error: readGraphError,
  },
  error_rules: META_PUBLISHING_ERROR_RULES,
}
