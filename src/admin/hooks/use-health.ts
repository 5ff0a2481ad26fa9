import { useQuery } from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type { StoreHealth } from "../../shared/api-types"
import { healthKey } from "./query-keys"

/** How often an open page looks again, in ms: jobs change it every minute. */
const REFETCH_MS = 60_000

/**
 * How the connections fare: what fails, what ends soon and what to do.
 *
 * @returns the query
 */
export const useHealth = () =>
  useQuery({
    queryKey: healthKey,
    queryFn: () =>
      sdk.client.fetch<{ health: StoreHealth }>("/admin/socials/health", {
        query: { limit: 100 },
      }),
    staleTime: 0,
    refetchInterval: REFETCH_MS,
  })
