import type { MedusaContainer } from "@medusajs/framework/types"
import type { UnhealthyPlatform } from "../../modules/socials/sql/health"
import type { SocialProvider } from "../../providers/types"
import type { Health, HealthItem } from "../../shared/api-types"
import { serviceName, troubleSentences } from "../../shared/trouble"
import { sealingFindings } from "../key-operations/doctor"
import { accessRules } from "../state/access-rules"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { shownError } from "../state/transitions"
import { adviceOn, connectsByRedirect, reasonOf } from "./advice"

/** How far ahead the end of an access is told of, in s. */
const WINDOW_SECONDS = 30 * 86_400

/**
 * How the platforms fare: what fails and why, what ends within 30 days, what
 * keeps the store from encrypting, and what to do about it. No credential is
 * opened.
 *
 * @param limit - most platforms to list, the most urgent first
 */
export const healthOf = async (
  container: MedusaContainer,
  { limit }: { limit: number }
): Promise<Health<Date>> => {
  const socials = socialsModule(container)
  const known = await listProviders(container)
  const rules = {
    ...(await accessRules(container)),
    window_seconds: WINDOW_SECONDS,
  }
  const [{ counts, providers, unhealthy, total }, encryption] =
    await Promise.all([
      socials.readHealth(rules, limit),
      sealingFindings(container),
    ])
  const labelOf = (provider: string) =>
    known.get(provider)?.description.label ?? provider

  return {
    encryption,
    counts: {
      healthy: 0,
      expiring: 0,
      reconnect: 0,
      failing: 0,
      not_tested: 0,
      not_connected: 0,
      inactive: 0,
      ...counts,
    },
    providers: providers.map(
      ({ provider, platforms, affected, platform_id, last_error }) => ({
        provider,
        label: labelOf(provider),
        platforms,
        misconfigured:
          platform_id && last_error
            ? {
                code: last_error.code,
                message: troubleSentences(last_error, {
                  service: labelOf(provider),
                }),
                at: last_error.at,
                what_to_do: `Correct the application's registration with ${labelOf(provider)}: its client ID and client secret are in the application's configuration. No connection is lost by this.`,
                affected,
                platform_id,
              }
            : null,
      })
    ),
    items: unhealthy.map((row) => toItem(row, known.get(row.provider))),
    count: total,
  }
}

const toItem = (
  row: UnhealthyPlatform,
  provider: SocialProvider | undefined
): HealthItem<Date> => {
  const byRedirect = connectsByRedirect(row.auth_type, provider)
  const canTest = !!provider?.verify
  const service = serviceName(row, provider?.description.label)
  return {
    platform_id: row.id,
    name: row.name,
    provider: row.provider,
    provider_label: provider?.description.label ?? row.provider,
    state: row.state,
    reason: reasonOf(row, service),
    what_to_do: provider
      ? adviceOn(row, { byRedirect, canTest }, service)
      : `The application no longer has the provider "${row.provider}". Add it again, or delete "${row.name}".`,
    connects_by_redirect: !!provider && byRedirect,
    can_test: row.state !== "not_connected" && canTest,
    expires_at: row.token_expires_at,
    reconnect_before: row.deadline,
    next_refresh_at: row.next_refresh_at,
    consecutive_failures: row.consecutive_failures,
    last_error: shownError(row.last_error),
  }
}
