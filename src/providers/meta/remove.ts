import { isServiceError, ServiceError } from "../../errors/service-error"
import type { ProviderContext, SocialProvider } from "../types"
import type { Graph } from "./graph"

/** Of what is gone, and of what may not be seen: Meta does not say which. */
const NOT_SEEN = "100/33"

/**
 * Deletes what is public. What is gone already is what was wanted: that is so
 * where the account itself is still seen.
 *
 * @param scope - the permission for it, where people are not asked for it as they connect
 */
export const removeWith =
  (
    graphFor: (context: ProviderContext) => Graph,
    scope?: string
  ): NonNullable<SocialProvider["remove"]> =>
  async (context, account, { external_id }) => {
    const graph = graphFor(context)
    try {
      await graph.remove(`/${external_id}`)
    } catch (error) {
      if (!isServiceError(error)) {
        throw error
      }
      if (scope && error.errorClass === "permission") {
        throw new ServiceError(
          "permission",
          `Meta lets an app delete posts that has the permission ${scope}. Add it to the app and to all others in the platform's setting Scopes, and connect again; or delete the post at the network.`,
          error
        )
      }
      if (error.code !== NOT_SEEN) {
        throw error
      }
      await graph.get(`/${account.external_id}`, { fields: "id" })
    }
  }
