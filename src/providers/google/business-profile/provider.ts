import { ServiceError } from "../../../errors/service-error"
import type { SocialProvider } from "../../types"
import { businessProfileDescription } from "./description"
import { limits } from "./limits"
import { fetchFacts, listAccounts, listBusinesses } from "./locations"
import { fetchPostState, publish, recover, remove } from "./publish"
import { businessProfileSettings } from "./settings"

/** Publishes on the locations that a person manages. */
export const businessProfileProvider: SocialProvider = {
  description: businessProfileDescription,
  verify: async (context) => {
    const [account] = await listBusinesses(context)
    if (!account) {
      throw new ServiceError(
        "account_restricted",
        "The Google account manages no business. Let it be added as a manager at business.google.com, or connect again with the account that is.",
        { code: "no_account" }
      )
    }
    return `The credentials belong to ${account.accountName ?? account.name}.`
  },
  listAccounts,
  fetchFacts,
  limits,
  settings: businessProfileSettings,
  quotas: [{ label: "posts a minute", count: 10, window_seconds: 60 }],
  publish,
  recover,
  remove,
  fetchPostState,
}
