import { useQuery } from "@tanstack/react-query"
import { isAboutRegistration } from "../../shared/trouble"
import { platformTrouble, type Trouble } from "../lib/platform-trouble"
import { sdk } from "../lib/sdk"
import type { CredentialEvent, SocialPlatform } from "../../shared/api-types"
import { useSocialProviders } from "./use-social-providers"

/**
 * What to mend where a service has just refused to connect a platform because
 * of the application's client ID or client secret.
 *
 * @param platformId the platform that was to be connected; null where that is not known
 * @returns words and a way to mend it; `null` while it loads, and for every other reason
 */
export const useRefusedRegistration = (
  platformId: string | null
): Trouble | null => {
  const { findProvider } = useSocialProviders()
  const { data } = useQuery({
    queryKey: ["social_platforms", "refused", platformId],
    queryFn: () => lastEventOf(platformId ?? ""),
    enabled: platformId !== null,
    retry: false,
    gcTime: 0,
  })
  if (!data) {
    return null
  }
  const { platform, event } = data
  const code = event?.type === "connection_refused" && event.details?.code
  if (typeof code !== "string" || !isAboutRegistration({ code })) {
    return null
  }
  return platformTrouble(
    { class: "config_error", code, message: "" },
    platform,
    findProvider(platform.provider)
  )
}

const lastEventOf = async (
  id: string
): Promise<{
  platform: SocialPlatform
  event: CredentialEvent | undefined
}> => {
  const path = `/admin/social-platforms/${encodeURIComponent(id)}`
  const [{ social_platform }, { events }] = await Promise.all([
    sdk.client.fetch<{ social_platform: SocialPlatform }>(path),
    sdk.client.fetch<{ events: CredentialEvent[] }>(`${path}/events`, {
      query: { limit: 1 },
    }),
  ])
  return { platform: social_platform, event: events[0] }
}
