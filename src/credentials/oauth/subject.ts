import { ServiceError } from "../../errors/service-error"
import type { TokenSet } from "../../oauth/types"
import type { ProviderSettings, SocialProvider } from "../../providers/types"

/**
 * Refuses tokens of somebody else than who was to consent: a server may grant
 * what it likes, and must not speak for accounts of another one.
 *
 * @throws {ServiceError} `config_error`, code `other_account`
 */
export const requireSubject = (
  { description }: SocialProvider,
  settings: ProviderSettings,
  { subject }: TokenSet
): void => {
  const expected = description.oauth2?.subject?.(settings)
  if (expected !== undefined && subject !== expected) {
    throw new ServiceError(
      "config_error",
      `${description.label} gave access to another account than the one that is entered, and nothing was stored. Log in there with the account that you want to connect, and connect again.`,
      { code: "other_account" }
    )
  }
}
