import { socialsModule } from "../credentials/modules"
import type { Waiting } from "../modules/socials/sql/publications"
import type { Work } from "./job"

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
  const { quotas = [], description } = subject.provider
  for (const { label, count, window_seconds } of quotas) {
    const windowMs = window_seconds * 1000
    const used = await socialsModule(container).countAccountPublications(
      publication.account_id,
      new Date(Date.now() - windowMs)
    )
    if (used.count >= count && used.oldest_at) {
      return {
        until: new Date(used.oldest_at.getTime() + windowMs),
        why: `${description.label} takes ${count} ${label} on ${subject.destination.name}`,
      }
    }
  }
  return null
}
