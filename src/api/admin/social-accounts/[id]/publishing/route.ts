import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import {
  publishingOf,
  readAccount,
  shouldAskFacts,
} from "../../../../../publishing/account"
import { refreshAccountFactsWorkflow } from "../../../../../workflows/accounts/workflows/refresh-account-facts"
import type { AdminGetAccountPublishingParamsType } from "../../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetAccountPublishingParamsType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  const { placement, settings } =
    req.validatedQuery as AdminGetAccountPublishingParamsType
  const known = await readAccount(req.scope, id)
  if (shouldAskFacts(known)) {
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
