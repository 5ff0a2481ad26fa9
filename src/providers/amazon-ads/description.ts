import { ServiceError } from "../../errors/service-error"
import type { ParsedServiceError } from "../../http/classify"
import type { ProviderDescription, ProviderSettings } from "../types"
import { AMAZON_ADS_REGIONS, DEFAULT_REGION, regionOf } from "./regions"

export const AMAZON_ADS_SERVICE = "Amazon Ads"

const clientIdOf = ({ client_id }: ProviderSettings): string => {
  if (typeof client_id !== "string" || !client_id) {
    throw new ServiceError(
      "config_error",
      "The client ID for Amazon Ads is not configured: every request has to name it.",
      { code: "missing_client_id" }
    )
  }
  return client_id
}

/** Amazon's ids are numbers that may have more digits than JavaScript's numbers hold. */
const parseWithExactIds = (text: string): unknown =>
  JSON.parse(text.replace(/("profileId"\s*:\s*)(\d+)/g, '$1"$2"'))

const readFailure = (
  { code, details, message }: Record<string, unknown>,
  status: number
): ParsedServiceError | null => {
  const explanation = [details, message].find(
    (text): text is string => typeof text === "string" && !!text
  )
  // Some answers have the status as their code, which says nothing.
  if (typeof code === "string" && /^[A-Za-z_]{1,64}$/.test(code)) {
    return { code, message: explanation }
  }
  return explanation ? { code: `http_${status}`, message: explanation } : null
}

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
  docs_url: "https://advertising.amazon.com/API/docs/en-us/guides/overview",
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
  api: {
    base_address: (settings) =>
      String(settings.base_url || regionOf(settings).api),
    headers: (settings) => ({
      "Amazon-Advertising-API-ClientId": clientIdOf(settings),
    }),
    parse: parseWithExactIds,
    read_error: (body, { ok, status }) =>
      ok ? undefined : readFailure(body ?? {}, status),
  },
  error_rules: [
    // Amazon refuses a profile with the same status and code as a token.
    {
      pattern: /not authorized to access scope|no matching advertiser/i,
      errorClass: "permission",
    },
    {
      pattern: /client ?id/i,
      errorClass: "config_error",
      next_action:
        "Compare the client ID with the security profile of Login with Amazon.",
    },
    { status: 404, errorClass: "config_error" },
    { status: 422, errorClass: "content_rejected" },
  ],
}
