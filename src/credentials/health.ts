import type { MedusaContainer } from "@medusajs/framework/types"
import type {
  HealthRules,
  HealthState,
  StoredFailure,
  UnhealthyPlatform,
} from "../modules/socials/sql/health"
import type { SocialProvider } from "../providers/types"
import { AUTH_TYPES } from "../types/enums"
import { socialsModule } from "./modules"
import { listProviders } from "./providers"
import { needsNoConsent, refreshOf } from "./refresh-strategy"
import { KEY_CREDENTIAL, SELF_RENEWING } from "./view"

/** How far ahead the end of an access is told of, in s. */
const WINDOW_SECONDS = 30 * 86_400

export interface ProviderHealthView {
  provider: string
  label: string
  platforms: number
  /** Set while the service refuses the application's own registration. */
  misconfigured: {
    code: string
    message: string
    at: string
    what_to_do: string
    /** How many of the platforms have met it. */
    affected: number
    /** The one that met it last. */
    platform_id: string
  } | null
}

export interface HealthItem {
  platform_id: string
  name: string
  provider: string
  provider_label: string
  state: UnhealthyPlatform["state"]
  /** What is wrong, in a sentence. */
  reason: string
  what_to_do: string
  /** Whether "connect again" means a visit to the service. */
  connects_by_redirect: boolean
  can_verify: boolean
  expires_at: Date | null
  reconnect_before: Date | null
  next_refresh_at: Date | null
  consecutive_failures: number
  last_error: StoredFailure | null
}

export interface HealthView {
  counts: Record<HealthState, number>
  providers: ProviderHealthView[]
  items: HealthItem[]
  /** How many items there are, shown or not. */
  count: number
}

/**
 * How the platforms fare: what fails and why, what ends within 30 days, and
 * what to do about it. No credential is opened.
 *
 * @param limit - most platforms to list, the most urgent first
 */
export const healthOf = async (
  container: MedusaContainer,
  { limit }: { limit: number }
): Promise<HealthView> => {
  const socials = socialsModule(container)
  const known = await listProviders(container)
  const rules = rulesOf([...known.values()])
  const [states, providers, unhealthy] = await Promise.all([
    socials.countHealthStates(rules),
    socials.listProviderHealth(rules),
    socials.listUnhealthyPlatforms(rules, limit),
  ])
  const labelOf = (provider: string) =>
    known.get(provider)?.description.label ?? provider

  return {
    counts: {
      healthy: 0,
      expiring: 0,
      reconnect: 0,
      failing: 0,
      not_connected: 0,
      inactive: 0,
      ...Object.fromEntries(
        states.map(({ state, platforms }) => [state, platforms])
      ),
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
                message: last_error.message,
                at: last_error.at,
                what_to_do: `Correct the application's registration with ${labelOf(provider)}: its client ID and client secret are in the application's configuration. No connection is lost by this.`,
                affected,
                platform_id,
              }
            : null,
      })
    ),
    items: unhealthy.map((row) => toItem(row, known.get(row.provider))),
    count: unhealthy[0]?.total ?? 0,
  }
}

const rulesOf = (providers: SocialProvider[]): HealthRules => ({
  key_credentials: KEY_CREDENTIAL,
  self_renewing: providers.flatMap(({ description }) =>
    AUTH_TYPES.filter((authType) =>
      SELF_RENEWING.includes(refreshOf(description, authType).strategy)
    ).map((authType) => `${description.identifier}/${authType}`)
  ),
  window_seconds: WINDOW_SECONDS,
})

/** How a person gives a platform new access. */
type Access = "consent" | "registration" | "key"

const accessOf = (
  authType: string,
  provider: SocialProvider | undefined
): Access => {
  if (provider && needsNoConsent(provider.description, authType)) {
    return "registration"
  }
  return authType === "oauth2" || authType === "oauth1" ? "consent" : "key"
}

const toItem = (
  row: UnhealthyPlatform,
  provider: SocialProvider | undefined
): HealthItem => {
  const access = accessOf(row.auth_type, provider)
  const label = provider?.description.label ?? row.provider
  return {
    platform_id: row.id,
    name: row.name,
    provider: row.provider,
    provider_label: label,
    state: row.state,
    reason: reasonOf(row, label),
    what_to_do: provider
      ? adviceOn(row, access, label)
      : `The application no longer has the provider "${row.provider}". Add it again, or delete "${row.name}".`,
    connects_by_redirect: !!provider && access === "consent",
    can_verify:
      row.state !== "not_connected" &&
      !!provider?.description.capabilities.verify,
    expires_at: row.token_expires_at,
    reconnect_before: row.deadline,
    next_refresh_at: row.next_refresh_at,
    consecutive_failures: row.consecutive_failures,
    last_error: row.last_error,
  }
}

const reasonOf = (
  { name, state, last_error }: UnhealthyPlatform,
  label: string
): string => {
  if (state === "not_connected") {
    return `"${name}" was never connected, or was disconnected.`
  }
  if (state === "expiring") {
    return `The access of "${name}" ends soon, and only a person can renew it.`
  }
  return (
    last_error?.message ??
    (state === "reconnect"
      ? `The access of "${name}" to ${label} has ended.`
      : `The last request of "${name}" to ${label} failed.`)
  )
}

/** What gives a platform access for the first time, and again. */
const CONNECT: Record<Access, (name: string, label: string) => string> = {
  consent: (name, label) => `Connect "${name}" with ${label}.`,
  registration: (name, label) =>
    `Enter the client ID and the client secret that ${label} gave you in the settings of "${name}", then verify it.`,
  key: (name, label) =>
    `Enter the credentials from ${label} in the settings of "${name}".`,
}

const CONNECT_AGAIN: Record<Access, (name: string, label: string) => string> = {
  consent: (name, label) =>
    `Connect "${name}" again, and allow ${label} everything that it asks for.`,
  registration: (name, label) =>
    `Make new credentials at ${label}, and enter them in the settings of "${name}".`,
  key: (name, label) =>
    `Make new credentials at ${label}, and enter them in the settings of "${name}".`,
}

const adviceOn = (
  { name, state, last_error }: UnhealthyPlatform,
  access: Access,
  label: string
): string => {
  const again = CONNECT_AGAIN[access](name, label)
  if (state === "not_connected") {
    return CONNECT[access](name, label)
  }
  if (state === "reconnect") {
    return again
  }
  if (state === "expiring") {
    return access === "consent"
      ? `Connect "${name}" again before its access ends. What is scheduled goes on without a break.`
      : `${again} Do it before the old ones end.`
  }
  switch (last_error?.class) {
    case "token_invalid":
    case "token_expired":
      return again
    case "permission":
      return `${again} If that does not help, ask the owner of the account at ${label} for the missing role.`
    case "rate_limited":
      return `Nothing to do: ${label} has asked for a pause, and "${name}" is tried again after it.`
    case "account_restricted":
      return `Sign in at ${label} to see why it restricts the account behind "${name}", and settle it there.`
    case "config_error":
      return `Correct the settings or the application's registration of "${name}", then verify it. The connection is kept.`
    case "content_rejected":
    case "duplicate":
      return `Look at the posts of "${name}": the connection itself works.`
    default:
      return `Nothing to do yet: "${name}" is tried again by itself. If this lasts for hours, look for a disruption at ${label}, then verify "${name}".`
  }
}
