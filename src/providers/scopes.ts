import type { ProviderDescription, ProviderSettings } from "./types"

type DescribedScopes = NonNullable<ProviderDescription["oauth2"]>["scopes"]

/** The scopes that a provider needs with a platform's settings. */
export const describedScopes = (
  settings: ProviderSettings,
  scopes: DescribedScopes
): readonly string[] =>
  typeof scopes === "function" ? scopes(settings) : scopes

/** The scopes to ask for: what is configured, or else what the provider needs. */
export const scopesOf = (
  settings: ProviderSettings,
  described: DescribedScopes
): string[] => {
  const { scopes } = settings
  return typeof scopes === "string" && scopes.trim()
    ? scopes.split(/[\s,]+/).filter(Boolean)
    : [...describedScopes(settings, described)]
}
