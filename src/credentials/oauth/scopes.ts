import type { ProviderSettings } from "../../providers/types"

/** The scopes to ask for: what is configured, or else what the provider needs. */
export const scopesOf = (
  { scopes }: ProviderSettings,
  described: readonly string[]
): string[] =>
  typeof scopes === "string" && scopes.trim()
    ? scopes.split(/[\s,]+/).filter(Boolean)
    : [...described]
