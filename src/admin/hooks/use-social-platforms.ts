import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type {
  ListQuery,
  Paginated,
  PlatformInput,
  Revocation,
  SocialPlatform,
  SyncResult,
} from "../../shared/api-types"
import { accountKeys, platformKeys } from "./query-keys"

type PlatformResponse = { social_platform: SocialPlatform }
type PlatformsResponse = Paginated & { social_platforms: SocialPlatform[] }

const platformPath = (id: string, action = "") =>
  `/admin/social-platforms/${encodeURIComponent(id)}${action}`

/**
 * A page of the platform list.
 *
 * @param query filters, search, order, limit and offset
 * @param options `enabled`: whether to ask at all
 * @returns the query; the previous page stays visible while the next one loads
 */
export const useSocialPlatforms = (
  query: ListQuery,
  { enabled = true }: { enabled?: boolean } = {}
) =>
  useQuery({
    enabled,
    queryKey: platformKeys.list(query),
    queryFn: () =>
      sdk.client.fetch<PlatformsResponse>("/admin/social-platforms", { query }),
    placeholderData: keepPreviousData,
    // Jobs change a platform's health without the dashboard's doing.
    staleTime: 0,
  })

/**
 * One platform.
 *
 * @param id its id
 * @returns the query
 */
export const useSocialPlatform = (id: string) =>
  useQuery({
    queryKey: platformKeys.detail(id),
    queryFn: () => sdk.client.fetch<PlatformResponse>(platformPath(id)),
    staleTime: 0,
  })

const useRefreshPlatforms = () => {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: platformKeys.all }),
      client.invalidateQueries({ queryKey: accountKeys.all }),
    ])
}

/**
 * Creates a platform. The mutation's cache is emptied at once, because its
 * variables hold what was typed into password fields.
 *
 * @returns the mutation
 */
export const useCreateSocialPlatform = () => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: (body: PlatformInput) =>
      sdk.client.fetch<PlatformResponse>("/admin/social-platforms", {
        method: "POST",
        body,
      }),
    gcTime: 0,
    onSuccess: refresh,
  })
}

/**
 * Updates a platform; see {@link useCreateSocialPlatform} about its cache.
 *
 * @param id the platform's id
 * @returns the mutation
 */
export const useUpdateSocialPlatform = (id: string) => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: (body: PlatformInput) =>
      sdk.client.fetch<PlatformResponse>(platformPath(id), {
        method: "POST",
        body,
      }),
    gcTime: 0,
    onSuccess: refresh,
  })
}

/**
 * Deletes a platform and forgets its page.
 *
 * @param id the platform's id
 * @returns the mutation
 */
export const useDeleteSocialPlatform = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<{ id: string; deleted: boolean }>(platformPath(id), {
        method: "DELETE",
      }),
    onSuccess: async () => {
      // The open page still watches the deleted row: asking for it again would
      // only show a "not found" for the moment before the page changes.
      await client.invalidateQueries({ queryKey: platformKeys.lists })
      await client.invalidateQueries({ queryKey: accountKeys.all })
    },
  })
}

/**
 * Asks the API where the person has to go to give consent.
 *
 * @returns a mutation that takes the provider's identifier and the platform's id
 */
export const useStartConnection = () =>
  useMutation({
    mutationFn: (input: { provider: string; platformId: string }) =>
      sdk.client.fetch<{ location: string; expires_at: string }>(
        `/admin/oauth/${encodeURIComponent(input.provider)}`,
        { query: { platform_id: input.platformId } }
      ),
    gcTime: 0,
  })

/**
 * Withdraws the grant where the service allows it, and erases the tokens.
 *
 * @param id the platform's id
 * @returns the mutation
 */
export const useDisconnectSocialPlatform = (id: string) => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<PlatformResponse & Revocation>(
        platformPath(id, "/disconnect"),
        { method: "POST", body: {} }
      ),
    onSuccess: refresh,
  })
}

/**
 * Marks the access as invalid, until somebody connects again or enters new
 * credentials. The mutation's cache is emptied at once, because the reason may
 * repeat a secret.
 *
 * @param id the platform's id
 * @returns a mutation that takes the reason
 */
export const useMarkPlatformInvalid = (id: string) => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: (reason: string) =>
      sdk.client.fetch<PlatformResponse>(platformPath(id, "/mark-invalid"), {
        method: "POST",
        body: { reason },
      }),
    gcTime: 0,
    onSuccess: refresh,
  })
}

/**
 * Asks the service whether it accepts the stored credentials.
 *
 * @param id the platform's id
 * @returns the mutation
 */
export const useTestSocialPlatform = (id: string) => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<
        PlatformResponse & { verification: { ok: boolean; message: string } }
      >(platformPath(id, "/verify"), { method: "POST", body: {} }),
    onSettled: refresh,
  })
}

/**
 * Fetches accounts and profile from the service.
 *
 * @param id the platform's id
 * @returns the mutation
 */
export const useSyncSocialPlatform = (id: string) => {
  const refresh = useRefreshPlatforms()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<PlatformResponse & { sync: SyncResult }>(
        "/admin/socials/sync-platform-data",
        { method: "POST", body: { platform_id: id } }
      ),
    onSettled: refresh,
  })
}
