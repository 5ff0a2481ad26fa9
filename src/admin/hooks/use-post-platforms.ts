import type { SocialPlatform, SocialProvider } from "../../shared/api-types"
import type { SocialPost, SocialPublication } from "../../shared/post-types"
import { useSocialPlatforms } from "./use-social-platforms"
import { useSocialProviders } from "./use-social-providers"

/** Where a publication goes, as far as that is known already. */
export type Destination = {
  platform: SocialPlatform | undefined
  provider: SocialProvider | undefined
  /** The service, as a person knows it. */
  service: string
}

/**
 * The platforms and services that a post goes to.
 *
 * @param post the post
 * @returns a function of one of its publications
 */
export const usePostPlatforms = (
  post: SocialPost
): ((publication: SocialPublication) => Destination) => {
  const ids = [
    ...new Set(
      post.publications.flatMap(({ account }) => account?.platform_id ?? [])
    ),
  ].sort()
  const { data } = useSocialPlatforms(
    { id: ids, limit: ids.length, offset: 0 },
    { enabled: ids.length > 0 }
  )
  const { findProvider } = useSocialProviders()

  return ({ account }) => {
    const platform = data?.social_platforms.find(
      ({ id }) => id === account?.platform_id
    )
    const provider = findProvider(platform?.provider)
    return { platform, provider, service: provider?.label ?? "the service" }
  }
}
