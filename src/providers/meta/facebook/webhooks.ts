import { isServiceError } from "../../../errors/service-error"
import type { AccountFacts } from "../../publication"
import type { ProviderContext } from "../../types"
import { facebookGraph } from "../facebook-login"
import { numericSetting } from "../graph"
import { CLIENT } from "../tokens"

/** What becomes of a page's posts: it is told of those that are deleted, hidden or blocked. */
const FIELD = "feed"

interface Subscription {
  /** Of the app. */
  id?: string
  subscribed_fields?: string[]
}

/**
 * Has Facebook tell the app what becomes of a page's posts, with the page's own
 * token (developers.facebook.com/docs/graph-api/webhooks/getting-started/webhooks-for-pages).
 * Whatever else the app has subscribed to there stays: a subscription takes the
 * place of the one before. Nobody publishes worse without, so that a refusal is
 * a note and no failure.
 *
 * @throws {ServiceError} what may be otherwise the next time
 */
export const subscribePage = async (
  context: ProviderContext,
  page: string
): Promise<AccountFacts> => {
  const graph = facebookGraph(context)
  const path = `/${page}/subscribed_apps`
  try {
    const app = numericSetting(context.settings, CLIENT.id)
    const { data = [] } = await graph.get<{ data?: Subscription[] }>(path)
    const { subscribed_fields: fields = [] } =
      data.find(({ id }) => id === app) ?? {}
    if (!fields.includes(FIELD)) {
      await graph.post(path, { subscribed_fields: [...fields, FIELD].join() })
    }
    return { told_of_removals: true }
  } catch (error) {
    if (!isServiceError(error) || error.errorClass !== "permission") {
      throw error
    }
    return {
      told_of_removals: false,
      note: "Facebook does not tell when a post is deleted, hidden or blocked: pages_manage_metadata was not granted. Connect the platform again, and allow everything.",
    }
  }
}
