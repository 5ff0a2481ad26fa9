import type { MedusaContainer } from "@medusajs/framework/types"
import { recordFailure } from "../credentials/state/failures"
import { socialsModule } from "../credentials/modules"
import { getProvider } from "../credentials/providers"
import { requireUsablePlatform } from "../credentials/state/usable"
import { runWithCredentials } from "../credentials/use/with-credentials"
import { isServiceError, ServiceError } from "../errors/service-error"
import type {
  SocialAccountRow,
  SocialPlatformRow,
  SocialPostRow,
} from "../modules/socials/service"
import type {
  ClaimedPublication,
  PublicationOutcome,
  UnknownPublication,
} from "../modules/socials/sql/publications"
import type { AllowedNetworks } from "../http/guard/networks"
import { openMedia } from "../http/media"
import type {
  PublicationRequest,
  RecoveryResult,
  SocialProvider,
} from "../providers/types"
import type { PostMedia } from "./post-content"
import { armUnderLease, type Lease } from "./lease"
import {
  backoffMs,
  failedOutcome,
  MAX_ATTEMPTS,
  publishedOutcome,
  unknownOutcome,
} from "./outcome"

interface Destination {
  account: SocialAccountRow
  platform: SocialPlatformRow
  provider: SocialProvider
}

const findDestination = async (
  container: MedusaContainer,
  account_id: string
): Promise<Destination> => {
  const socials = socialsModule(container)
  const account = await socials.retrieveSocialAccount(account_id)
  const platform = await socials.retrieveSocialPlatform(account.platform_id)
  const provider = await getProvider(container, platform.provider)
  await requireUsablePlatform(container, platform, provider)
  return { account, platform, provider }
}

/**
 * Publishes one claimed publication and says what became of it. Never throws
 * for what a service, a platform or a post did wrong: that is an outcome.
 *
 * @param publication - claimed by this worker
 * @param lease - the claim's lease
 */
export const publishPublication = async (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease
): Promise<PublicationOutcome> => {
  let armed: { armedAt: Date; recovery: Record<string, string> } | undefined
  let destination: Destination | undefined

  try {
    const socials = socialsModule(container)
    const post = await socials.retrieveSocialPost(publication.post_id)
    const { allow_private_networks } = await socials.getOptions()
    destination = await findDestination(container, publication.account_id)
    const { account, platform, provider } = destination
    const { publish } = provider
    if (!publish) {
      throw new ServiceError(
        "config_error",
        `${provider.description.label} cannot publish posts.`,
        { code: "publishing_not_supported" }
      )
    }

    const published = await runWithCredentials(
      container,
      platform,
      provider,
      (context) =>
        publish
          .call(
            provider,
            context,
            toRequest({
              post,
              account,
              provider,
              publicationId: publication.id,
              networks: allow_private_networks,
              arm: async (recovery) => {
                await armUnderLease(container, publication.id, lease, recovery)
                armed = { armedAt: new Date(), recovery }
              },
            })
          )
          .catch((error) => {
            // A clear refusal: whatever fails next, a refresh for one, the post is not out.
            if (!isUnclear(error)) {
              armed = undefined
            }
            throw error
          })
    )
    return publishedOutcome(published)
  } catch (error) {
    if (isUnclear(error) && armed && destination) {
      return askService(container, destination, {
        publication,
        ...armed,
        error,
      })
    }
    if (destination && isServiceError(error)) {
      await recordAccessFailure(container, destination.platform, error)
    }
    return failedOutcome(error, publication.attempts)
  }
}

/** Whether the service may have published although the attempt failed. */
const isUnclear = (error: unknown): boolean =>
  !isServiceError(error) || error.outcomeUnknown

/**
 * Asks the service about a publication whose outcome nobody knows, for example
 * because its worker died.
 */
export const recoverPublication = async (
  container: MedusaContainer,
  publication: UnknownPublication
): Promise<PublicationOutcome> => {
  const error = new ServiceError(
    "transient",
    "It is not known whether the post went out: the worker stopped while the service was being asked to publish.",
    { code: "worker_lost", outcomeUnknown: true }
  )
  try {
    return await askService(
      container,
      await findDestination(container, publication.account_id),
      {
        publication,
        armedAt: publication.armed_at,
        recovery: publication.recovery ?? {},
        error,
      }
    )
  } catch (cause) {
    return unknownOutcome(cause, null)
  }
}

interface LostAnswer {
  publication: ClaimedPublication
  armedAt: Date
  recovery: Record<string, string>
  error: unknown
}

const askService = async (
  container: MedusaContainer,
  { account, platform, provider }: Destination,
  { publication, armedAt, recovery, error }: LostAnswer
): Promise<PublicationOutcome> => {
  const { recover } = provider
  if (!recover) {
    return unknownOutcome(error, null)
  }

  try {
    const post = await socialsModule(container).retrieveSocialPost(
      publication.post_id
    )
    const result: RecoveryResult = await runWithCredentials(
      container,
      platform,
      provider,
      (context) =>
        recover.call(provider, context, {
          idempotency_key: publication.id,
          account_external_id: account.external_id,
          text: post.caption,
          armed_at: armedAt,
          recovery,
        })
    )
    if (result.outcome === "published") {
      return publishedOutcome(result.post)
    }
    return result.outcome === "not_published"
      ? failedOutcome(error, publication.attempts)
      : unknownOutcome(error, null)
  } catch (failure) {
    // The service cannot say now. Asking again is harmless, unlike publishing again.
    const askAgain =
      isServiceError(failure) && publication.attempts < MAX_ATTEMPTS
    return unknownOutcome(
      error,
      askAgain
        ? (failure.retryAt ??
            new Date(Date.now() + backoffMs(publication.attempts)))
        : null
    )
  }
}

interface Publishing {
  post: SocialPostRow
  account: SocialAccountRow
  provider: SocialProvider
  publicationId: string
  /** Where media may be fetched from besides the public internet. */
  networks: AllowedNetworks
  arm: (recovery: Record<string, string>) => Promise<void>
}

const toRequest = ({
  post,
  account,
  provider,
  publicationId,
  networks,
  arm,
}: Publishing): PublicationRequest => {
  const limits = provider.description.publishing
  const media = (post.media ?? []) as unknown as PostMedia[]
  return {
    idempotency_key: publicationId,
    account_external_id: account.external_id,
    text: post.caption,
    link: post.link,
    media: media.map(({ url, alt_text }) => ({
      alt_text,
      open: () =>
        openMedia({
          url,
          alt_text,
          allowed_types: limits?.media_types ?? [],
          max_bytes: limits?.max_media_bytes ?? 0,
          networks,
        }),
    })),
    arm: (recovery = {}) => arm(recovery),
  }
}

/** Failures that concern the platform rather than the post are shown on it too. */
const recordAccessFailure = async (
  container: MedusaContainer,
  platform: SocialPlatformRow,
  error: ServiceError
): Promise<void> => {
  if (["permission", "config_error"].includes(error.errorClass)) {
    await recordFailure(container, platform, error)
  }
}
