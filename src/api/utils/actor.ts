import type { AuthenticatedMedusaRequest } from "@medusajs/framework/http"

/** The id of the admin who makes the request. */
export const actorId = (
  req: Pick<AuthenticatedMedusaRequest<unknown>, "auth_context">
): string => req.auth_context.actor_id
