import { isServiceError } from "../../errors/service-error"
import type { ProviderContext, SocialProvider } from "../types"
import type { Graph } from "./graph"

/** Of what is gone, and of what may not be seen: Meta does not say which. */
const NOT_SEEN = "100/33"

/**
 * Deletes what is public. What is gone already is what was wanted: that is so
 * where the account itself is still seen.
 */
export const removeWith =
  (
    graphFor: (context: ProviderContext) => Graph
  ): NonNullable<SocialProvider["remove"]> =>
  async (context, account, { external_id }) => {
    const graph = graphFor(context)
    try {
      await graph.remove(`/${external_id}`)
    } catch (error) {
      if (!isServiceError(error) || error.code !== NOT_SEEN) {
        throw error
      }
      await graph.get(`/${account.external_id}`, { fields: "id" })
    }
  }
