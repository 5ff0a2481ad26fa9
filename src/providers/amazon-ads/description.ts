import type { ProviderDescription } from "../types"
import { AMAZON_ADS_REGIONS, DEFAULT_REGION, regionOf } from "./regions"

export const AMAZON_ADS_SERVICE = "Amazon Ads"

/** Amazon Ads, connected through Login with Amazon. */
export const amazonAdsDescription: ProviderDescription = {
  identifier: "amazon_ads",
  label: AMAZON_ADS_SERVICE,
  description:
    "Connects the advertising profiles of an Amazon account, in North America, Europe or the Far East.",
  category: "analytics",
  categories: ["analytics", "social", "other"],
  auth_types: ["oauth2"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      help: "From the security profile of Login with Amazon.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      help: "From the security profile of Login with Amazon. It starts with amzn1.application-oa2-client.",
    },
    {
      name: "region",
      label: "Region",
      required: false,
      input: "select",
      options: Object.keys(AMAZON_ADS_REGIONS),
      default: DEFAULT_REGION,
      help: "Where the advertising accounts are: na for North America, eu for Europe, fe for the Far East.",
    },
  ],
  capabilities: {
    verify: true,
    accounts: true,
    profile: false,
    publish: false,
    insights: false,
  },
  publishing: null,
  docs_url: "https://advertising.amazon.com/API/docs/en-us/guides/overview",
  api_address: (settings) => regionOf(settings).api,
  oauth2: {
    scopes: ["advertising::campaign_management"],
    refresh: { strategy: "refresh_token", min_ttl_seconds: 900 },
    server: (settings) => {
      const { authorization_endpoint, token_endpoint } = regionOf(settings)
      return {
        authorization_endpoint,
        token_endpoint,
        client_auth: "client_secret_post",
        pkce: true,
        scope_separator: " ",
      }
    },
  },
  error_rules: [
    // Amazon refuses a profile with the same status and code as a token.
    { code: "profile_not_permitted", errorClass: "permission" },
    { code: "client_id_refused", errorClass: "config_error" },
    { status: 404, errorClass: "config_error" },
    { status: 422, errorClass: "content_rejected" },
  ],
}
