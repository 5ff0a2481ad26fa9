import { ServiceError } from "../../errors/service-error"
import type { OAuth2Server } from "../../oauth/types"
import { scopesOf } from "../scopes"
import type {
  ProviderDescription,
  ProviderSettings,
  SettingField,
} from "../types"
import { LINKEDIN_ERROR_RULES, readLinkedInError } from "./errors"

export const LINKEDIN = "LinkedIn"

const API = "https://api.linkedin.com"

/** Where people log in, and where files are sent to. */
const SITE = "https://www.linkedin.com"

/** The version of the API that this code was written for; LinkedIn keeps each for a year. */
export const API_VERSION = "202609"

/** What "Share on LinkedIn" and "Sign In with LinkedIn using OpenID Connect" allow. */
const PROFILE_SCOPES = ["openid", "profile", "w_member_social"]

/** What the Community Management API allows, which must be the only product of its app. */
const PAGE_SCOPES = [
  "r_basicprofile",
  "w_member_social",
  "w_member_social_feed",
  "r_member_postAnalytics",
  "r_member_profileAnalytics",
  "rw_organization_admin",
  "w_organization_social",
  "r_organization_social",
  "w_organization_social_feed",
  "r_organization_social_feed",
]

/** What LinkedIn writes down nowhere, and an account's limits are made of. */
export const USUAL = { posts_a_day: 150, comment_characters: 1250 } as const

/** How long files are given whose state LinkedIn does not tell, in s. */
export const USUAL_WAITS = {
  file_wait_seconds: 10,
  video_wait_seconds: 60,
} as const

const USUAL_FIELDS: readonly SettingField[] = [
  {
    name: "posts_a_day",
    label: "Posts a day",
    required: false,
    input: "number",
    default: String(USUAL.posts_a_day),
    help: "How many posts LinkedIn takes from a member in a day: at LinkedIn for Developers, your app, Analytics.",
  },
  {
    name: "comment_characters",
    label: "Characters of a comment",
    required: false,
    input: "number",
    default: String(USUAL.comment_characters),
    help: "What LinkedIn takes in one comment. It documents no number.",
  },
  {
    name: "file_wait_seconds",
    label: "Wait for a profile's files",
    required: false,
    input: "number",
    default: String(USUAL_WAITS.file_wait_seconds),
    help: "In seconds. LinkedIn does not tell when it has processed images and documents of a profile.",
  },
  {
    name: "video_wait_seconds",
    label: "Wait for a video",
    required: false,
    input: "number",
    default: String(USUAL_WAITS.video_wait_seconds),
    help: "In seconds, where LinkedIn refuses to tell when it has processed a video.",
  },
]

const PROFILE = "profile"
const PROFILE_AND_PAGES = "profile and pages"

/** LinkedIn refuses the whole consent for one scope that the app does not have. */
const scopesFor = ({ publishes_on }: ProviderSettings): readonly string[] =>
  publishes_on === PROFILE_AND_PAGES ? PAGE_SCOPES : PROFILE_SCOPES

/** Whether a platform asks for a scope. */
export const asksFor = (settings: ProviderSettings, scope: string): boolean =>
  scopesOf(settings, scopesFor).includes(scope)

/** The address that takes the place of all of LinkedIn's, without a slash at its end. */
const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

/** Where people see what is published. */
export const siteOf = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? SITE

const apiOf = (settings: ProviderSettings): string =>
  ownAddress(settings) ?? API

/** Whether an address that LinkedIn has given is its own: only such a one gets the token. */
export const isOwn = (settings: ProviderSettings, address: string): boolean =>
  [siteOf(settings), apiOf(settings)].some(
    (own) => new URL(own).origin === new URL(address).origin
  )

/** @throws {ServiceError} `config_error` for what is no version */
const versionOf = ({ api_version }: ProviderSettings): string => {
  const version = String(api_version || API_VERSION)
  if (!/^20\d\d(?:0[1-9]|1[0-2])$/.test(version)) {
    throw new ServiceError(
      "config_error",
      `"${version.slice(0, 20)}" is no version of LinkedIn's API. Enter a year and a month, for example ${API_VERSION}.`,
      { code: "invalid_api_version" }
    )
  }
  return version
}

const serverOf = (settings: ProviderSettings): OAuth2Server => {
  const oauth = `${siteOf(settings)}/oauth/v2`
  return {
    authorization_endpoint: `${oauth}/authorization`,
    token_endpoint: `${oauth}/accessToken`,
    introspection_endpoint: `${oauth}/introspectToken`,
    // It is in use everywhere, and on none of LinkedIn's pages.
    revocation_endpoint:
      String(settings.revocation_endpoint ?? "") || `${oauth}/revoke`,
    client_auth: "client_secret_post",
    // LinkedIn has it for native apps alone.
    pkce: false,
    scope_separator: " ",
    token_refusals: {
      codes: {
        user_cancelled_login: "access_denied",
        user_cancelled_authorize: "access_denied",
        unauthorized_scope_error: "invalid_scope",
      },
    },
  }
}

/** A person's profile, and the pages that they may publish on. */
export const linkedinDescription: ProviderDescription = {
  identifier: "linkedin",
  label: LINKEDIN,
  description:
    "Publishes posts, images, videos, documents and polls on a LinkedIn profile and on company pages. It needs an app of yours at LinkedIn.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Primary client secret",
      required: true,
      help: "On the same page as the client ID.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      help: "At LinkedIn for Developers: your app, Auth.",
    },
    {
      name: "publishes_on",
      label: "Publishes on",
      required: false,
      input: "select",
      options: [PROFILE, PROFILE_AND_PAGES],
      default: PROFILE,
      help: "Pages need the product Community Management API, which LinkedIn has to approve.",
    },
    {
      name: "scopes",
      label: "Scopes",
      required: false,
      input: "text",
      help: "Only where LinkedIn gave your app other ones than the page about LinkedIn names, with spaces between them.",
    },
    {
      name: "api_version",
      label: "API version",
      required: false,
      input: "text",
      default: API_VERSION,
      help: "A year and a month. LinkedIn ends each version after a year.",
    },
    ...USUAL_FIELDS,
    {
      name: "revocation_endpoint",
      label: "Revocation endpoint",
      required: false,
      input: "url",
      help: `Where a disconnected platform's access is ended, should it no longer be ${SITE}/oauth/v2/revoke.`,
    },
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
  ],
  docs_url:
    "https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api",
  oauth2: { scopes: scopesFor, server: serverOf },
  api: {
    base_address: apiOf,
    further_addresses: (settings) => [siteOf(settings)],
    headers: (settings) => ({
      "linkedin-version": versionOf(settings),
      "x-restli-protocol-version": "2.0.0",
    }),
    read_error: readLinkedInError,
  },
  error_rules: LINKEDIN_ERROR_RULES,
}
