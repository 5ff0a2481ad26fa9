import { useQuery } from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type { Paginated, SocialProvider } from "../../shared/api-types"

type ProvidersResponse = Paginated & { social_providers: SocialProvider[] }

/**
 * All services that this application can connect to.
 *
 * @returns the query, and a look-up by identifier
 */
export const useSocialProviders = () => {
  const query = useQuery({
    queryKey: ["social_providers"],
    queryFn: () =>
      sdk.client.fetch<ProvidersResponse>("/admin/social-providers", {
        query: { limit: 200 },
      }),
  })
  const providers = query.data?.social_providers

  return {
    ...query,
    providers,
    findProvider: (identifier: string | undefined) =>
      providers?.find((provider) => provider.identifier === identifier),
  }
}
