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
 * Whether an account has no room for what is to go out, as its service takes only
 * so much in a time.
 *
 * @returns until when to wait, and why; null where there is room
 */
export const quotaEnd = async ({
  container,
  publication,
  subject,
}: Work): Promise<(Waiting & { until: Date }) | null> => {
  const { provider, destination } = subject
  const open = subject.parts.filter(({ published }) => !published).length
  const isBegun = open < subject.parts.length
  for (const rule of quotasOf(provider, destination)) {
    const { label, count, window_seconds } = rule
    const need = rule.per === "part" ? open : isBegun ? 0 : 1
    const { frees_at } = await socialsModule(container).readQuotaUse(
      publication.account_id,
      rule,
      need
    )
    if (need && frees_at) {
      return {
        until: new Date(frees_at.getTime() + window_seconds * 1000),
        why: `${provider.description.label} takes ${count} ${label} on ${destination.name}`,
      }
    }
  }
  return null
}
