import type { ProviderDescription, SocialProvider } from "./types"

/** What can be done with a service's platforms. */
export interface ProviderCapabilities {
  /** Whether somebody is asked for consent at the service. */
  connect: boolean
  verify: boolean
  accounts: boolean
  profile: boolean
  publish: boolean
  /** Whether the service tells figures of posts. */
  insights: boolean
  /** Whether it tells figures of accounts. */
  account_insights: boolean
  /** Whether what is public can be removed from here. */
  remove: boolean
}

/** Whether somebody is asked for consent at the service. */
export const isConnectable = ({
  oauth1,
  oauth2,
}: ProviderDescription): boolean =>
  !!oauth1 || (!!oauth2 && oauth2.grant !== "client_credentials")

/** Whether a person has to register a redirect URI at the service. */
export const needsRedirectUri = ({
  description,
  registerClient,
}: SocialProvider): boolean => isConnectable(description) && !registerClient

/** What a provider can do, by the operations that it has. */
export const capabilitiesOf = (
  provider: SocialProvider
): ProviderCapabilities => ({
  connect: isConnectable(provider.description),
  verify: !!provider.verify,
  accounts: !!provider.listAccounts,
  profile: !!provider.fetchProfile,
  publish: !!provider.publish,
  insights: !!provider.fetchPostMetrics,
  account_insights: !!provider.fetchAccountMetrics,
  remove: !!provider.remove,
})
