import { ServiceError } from "../../errors/service-error"
import type { ProviderContext, RemoteAccount, SocialProvider } from "../types"
import { AMAZON_ADS_SERVICE, amazonAdsDescription } from "./description"

interface AdvertisingProfile {
  /** A number in Amazon's answer, a text after it was read. */
  profileId?: string
  countryCode?: string
  accountInfo?: { id?: string; type?: string; name?: string }
}

const readProfiles = async ({
  request,
}: ProviderContext): Promise<AdvertisingProfile[]> => {
  const profiles = await request<AdvertisingProfile[]>("/v2/profiles")
  if (
    !Array.isArray(profiles) ||
    profiles.some(({ profileId }) => !profileId)
  ) {
    throw new ServiceError(
      "transient",
      `${AMAZON_ADS_SERVICE} answered without a list of profiles.`,
      { code: "malformed_response" }
    )
  }
  return profiles
}

/** One advertiser has a profile in each country: the name alone is not enough. */
const toAccount = ({
  profileId,
  countryCode,
  accountInfo,
}: AdvertisingProfile): RemoteAccount => {
  const name = accountInfo?.name || accountInfo?.id || `Profile ${profileId}`
  return {
    external_id: `${profileId}`,
    kind: "advertising_profile",
    name: countryCode ? `${name} (${countryCode})` : name,
    username: accountInfo?.id ?? null,
    avatar_url: null,
    url: null,
  }
}

/** The provider for Amazon Ads in its three regions. */
export const amazonAdsProvider: SocialProvider = {
  description: amazonAdsDescription,
  verify: async (context) => {
    const { length } = await readProfiles(context)
    if (!length) {
      return "Amazon accepted the token. Its account has no advertising profile in this region."
    }
    return length === 1
      ? "The token reaches 1 advertising profile."
      : `The token reaches ${length} advertising profiles.`
  },
  listAccounts: async (context) => (await readProfiles(context)).map(toAccount),
}
