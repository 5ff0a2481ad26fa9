import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type { CredentialEvent, Paginated } from "../../shared/api-types"
import { activityKey, adminNameKey } from "./query-keys"

const PAGE_SIZE = 10

type EventsPage = Paginated & { events: CredentialEvent[] }

/**
 * What happened to a platform's credentials, newest first.
 *
 * @param id the platform's id
 * @returns the query, whose pages follow each other
 */
export const usePlatformActivity = (id: string) =>
  useInfiniteQuery({
    queryKey: activityKey(id),
    queryFn: ({ pageParam }) =>
      sdk.client.fetch<EventsPage>(
        `/admin/social-platforms/${encodeURIComponent(id)}/events`,
        { query: { limit: PAGE_SIZE, offset: pageParam } }
      ),
    initialPageParam: 0,
    getNextPageParam: ({ offset, limit, count }) =>
      offset + limit < count ? offset + limit : undefined,
    staleTime: 0,
  })

type UsersResponse = { users: { id: string; email: string }[] }

/**
 * The e-mail addresses of admins.
 *
 * @param ids their ids
 * @returns the addresses by id; empty while they load, and without those of
 * admins who are gone
 */
export const useAdminEmails = (ids: string[]): Map<string, string> => {
  const wanted = [...new Set(ids)].sort()
  const { data } = useQuery({
    queryKey: adminNameKey(wanted),
    queryFn: () =>
      sdk.client.fetch<UsersResponse>("/admin/users", {
        query: { id: wanted, fields: "id,email", limit: wanted.length },
      }),
    enabled: wanted.length > 0,
  })
  return new Map(data?.users.map(({ id, email }) => [id, email]))
}
