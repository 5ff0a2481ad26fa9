import type { ErrorRule } from "../../../http/classify"
import type { ProviderDescription, ProviderSettings } from "../../types"
import { GOOGLE_ERROR_RULES, readGoogleError } from "../errors"
import { GOOGLE_CLIENT_FIELDS, googleAddress, googleConsent } from "../oauth"

export const BUSINESS_PROFILE = "Google Business Profile"

/** Posts are in the older API, accounts and locations in newer ones of their own. */
const POSTS = "https://mybusiness.googleapis.com"
const ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
const LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"

export const accountsAddress = (settings: ProviderSettings): string =>
  `${googleAddress(settings, ACCOUNTS)}/v1/accounts`

/** @param account - its resource name, `accounts/1` */
export const locationsAddress = (
  settings: ProviderSettings,
  account: string
): string => `${googleAddress(settings, LOCATIONS)}/v1/${account}/locations`

/** In characters. */
export const USUAL = { max_title: 58 } as const

/** Codes of google.rpc.Status, as the Business Profile APIs use them. */
const BUSINESS_ERROR_RULES: readonly ErrorRule[] = [
  ...GOOGLE_ERROR_RULES,
  {
    code: /^(?:INVALID_ARGUMENT|OUT_OF_RANGE)$/,
    errorClass: "content_rejected",
    next_action: "Change the post as Google says.",
  },
  {
    code: "NOT_FOUND",
    errorClass: "account_restricted",
    next_action:
      "The location is not there any more: synchronize the accounts of the platform.",
  },
  {
    code: "PERMISSION_DENIED",
    errorClass: "permission",
    next_action:
      "Let the Google account be an owner or manager of the location, at business.google.com.",
  },
  {
    code: "FAILED_PRECONDITION",
    errorClass: "account_restricted",
    next_action:
      "Look at the location at business.google.com: it has to be verified and open.",
  },
  { code: "ALREADY_EXISTS", errorClass: "duplicate" },
]

/** The locations of a business on Google Search and Maps. */
export const businessProfileDescription: ProviderDescription = {
  identifier: "google_business_profile",
  label: BUSINESS_PROFILE,
  description:
    "Publishes updates, events and offers of a shop on Google Search and Maps.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2"],
  ...GOOGLE_CLIENT_FIELDS,
  setting_fields: [
    ...GOOGLE_CLIENT_FIELDS.setting_fields,
    {
      name: "max_title",
      label: "Longest title of an event or offer",
      required: false,
      input: "number",
      default: String(USUAL.max_title),
      help: "In characters. Change it only if Google takes another length.",
    },
  ],
  docs_url: "https://developers.google.com/my-business/content/prereqs",
  oauth2: googleConsent(["business.manage"]),
  api: {
    base_address: (settings) => googleAddress(settings, POSTS),
    further_addresses: (settings) => [
      googleAddress(settings, ACCOUNTS),
      googleAddress(settings, LOCATIONS),
    ],
    read_error: readGoogleError,
    service: "Google",
  },
  error_rules: BUSINESS_ERROR_RULES,
}
