import { ServiceError } from "../../errors/service-error"
import type { ProviderSettings } from "../types"

/** Hosts of one of Amazon's three advertising regions. */
export interface AmazonAdsRegion {
  authorization_endpoint: string
  token_endpoint: string
  api: string
}

/** North America, Europe and the Far East, each with its own Login with Amazon. */
export const AMAZON_ADS_REGIONS: Readonly<Record<string, AmazonAdsRegion>> = {
  na: {
    authorization_endpoint: "https://www.amazon.com/ap/oa",
    token_endpoint: "https://api.amazon.com/auth/o2/token",
    api: "https://advertising-api.amazon.com",
  },
  eu: {
    authorization_endpoint: "https://eu.account.amazon.com/ap/oa",
    token_endpoint: "https://api.amazon.co.uk/auth/o2/token",
    api: "https://advertising-api-eu.amazon.com",
  },
  fe: {
    authorization_endpoint: "https://apac.account.amazon.com/ap/oa",
    token_endpoint: "https://api.amazon.co.jp/auth/o2/token",
    api: "https://advertising-api-fe.amazon.com",
  },
}

export const DEFAULT_REGION = "na"

/**
 * @returns the hosts of the platform's region
 * @throws {ServiceError} `config_error` for a region that Amazon does not have
 */
export const regionOf = (settings: ProviderSettings): AmazonAdsRegion => {
  const name = String(settings.region || DEFAULT_REGION).toLowerCase()
  const region = Object.hasOwn(AMAZON_ADS_REGIONS, name)
    ? AMAZON_ADS_REGIONS[name]
    : undefined
  if (!region) {
    throw new ServiceError(
      "config_error",
      `"region" must be one of: ${Object.keys(AMAZON_ADS_REGIONS).join(", ")}.`,
      { code: "invalid_region" }
    )
  }
  return region
}
