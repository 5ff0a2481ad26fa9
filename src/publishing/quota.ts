import { socialsModule } from "../credentials/modules"
import type { Waiting } from "../modules/socials/sql/publications"
import type { Destination, QuotaRule } from "../providers/publication"
import type { SocialProvider } from "../providers/types"
import type { Work } from "./job"

/** How much an account takes, as its provider says. */
export const quotasOf = (
  { quotas = [] }: Pick<SocialProvider, "quotas">,
  account: Pick<Destination, "kind" | "facts">
): readonly QuotaRule[] =>
  typeof quotas === "function" ? quotas(account) : quotas

/**
 * Whether an account has had as many posts as its service takes in a time.
 *
 * @returns until when to wait, and why; null where there is room
 */
export const quotaEnd = async ({
  container,
  publication,
  subject,
}: Work): Promise<(Waiting & { until: Date }) | null> => {
  const { provider, destination } = subject
  for (const { label, count, window_seconds } of quotasOf(
    provider,
    destination
  )) {
    const windowMs = window_seconds * 1000
    const used = await socialsModule(container).countAccountPublications(
      publication.account_id,
      new Date(Date.now() - windowMs)
    )
    if (used.count >= count && used.oldest_at) {
      return {
        until: new Date(used.oldest_at.getTime() + windowMs),
        why: `${provider.description.label} takes ${count} ${label} on ${destination.name}`,
      }
    }
  }
  return null
}
