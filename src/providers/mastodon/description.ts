import { instanceAddress } from "../instance-address"
import type { ProviderDescription, ProviderSettings } from "../types"
import { MASTODON_ERROR_RULES } from "./error-rules"

/** The origin of a platform's instance: people paste the address of their profile, too. */
export const instanceOf = ({ instance_url }: ProviderSettings): string =>
  new URL(instanceAddress("Mastodon", instance_url)).origin

/** What the plugin registers itself for, and asks people for. All instances know them. */
const SCOPES = [
  "read:accounts",
  "read:statuses",
  "write:statuses",
  "write:media",
]

/** Any instance of Mastodon, and of services that speak its API. */
export const mastodonDescription: ProviderDescription = {
  identifier: "mastodon",
  label: "Mastodon",
  description:
    "Publishes posts and threads on any Mastodon instance. You only need its address.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2", "bearer"],
  credential_fields: [
    {
      name: "access_token",
      label: "Access token",
      required: true,
      auth_types: ["bearer"],
      help: `At the instance: Preferences, Development, New application, with ${SCOPES.join(", ")}.`,
    },
  ],
  setting_fields: [
    {
      name: "instance_url",
      label: "Address of the instance",
      required: true,
      input: "url",
      help: "Where your account is, for example https://mastodon.social.",
    },
  ],
  docs_url: "https://docs.joinmastodon.org/client/intro/",
  oauth2: {
    scopes: SCOPES,
    // Tokens have no end (docs.joinmastodon.org/methods/oauth/#token).
    refresh: { strategy: "none" },
    server: (settings) => {
      const instance = instanceOf(settings)
      return {
        authorization_endpoint: `${instance}/oauth/authorize`,
        token_endpoint: `${instance}/oauth/token`,
        revocation_endpoint: `${instance}/oauth/revoke`,
        client_auth: "client_secret_post",
        // Instances before 4.3 have no PKCE, and take no notice of it.
        pkce: true,
        scope_separator: " ",
      }
    },
  },
  api: { base_address: instanceOf },
  error_rules: MASTODON_ERROR_RULES,
}
