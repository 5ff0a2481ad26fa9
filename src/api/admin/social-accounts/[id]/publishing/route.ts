import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { publishingOf, readAccount } from "../../../../../publishing/account"
import { refreshAccountFactsWorkflow } from "../../../../../workflows/accounts/workflows/refresh-account-facts"
import type { AdminGetAccountPublishingParamsType } from "../../validators"

/** What a service tells of an account is asked for again after this time, in ms. */
const FACTS_LAST_MS = 24 * 60 * 60 * 1000

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetAccountPublishingParamsType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  const { placement, settings } =
    req.validatedQuery as AdminGetAccountPublishingParamsType
  const known = await readAccount(req.scope, id)
  const isOld =
    !known.account.facts_at ||
    Date.now() - known.account.facts_at.getTime() > FACTS_LAST_MS
  const isUsable = known.platform.status === "active"
  if (known.provider.fetchFacts && isOld && isUsable) {
    // What is known is good enough for a form where the service does not answer.
    await refreshAccountFactsWorkflow(req.scope).run({
      input: { platform_id: known.platform.id, account_ids: [id] },
      throwOnError: false,
    })
  }

  res.json(
    await publishingOf(req.scope, await readAccount(req.scope, id), {
      placement,
      settings: settings ?? {},
    })
  )
}
