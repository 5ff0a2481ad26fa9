import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import * as QueryConfig from "./query-config"
import {
  AdminGetAccountLookupParams,
  AdminGetAccountPublishingParams,
  AdminGetSocialAccountParams,
  AdminGetSocialAccountsParams,
  AdminUpdateSocialAccount,
} from "./validators"

const retrieveQuery = () =>
  validateAndTransformQuery(
    AdminGetSocialAccountParams,
    QueryConfig.retrieveSocialAccountTransformQueryConfig
  )

export const adminSocialAccountRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-accounts",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialAccountsParams,
        QueryConfig.listSocialAccountTransformQueryConfig
      ),
    ],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-accounts/:id",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-accounts/:id",
    middlewares: [validateBody(AdminUpdateSocialAccount), retrieveQuery()],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-accounts/:id/publishing",
    middlewares: [
      validateAndTransformQuery(AdminGetAccountPublishingParams, {}),
    ],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-accounts/:id/lookups/:name",
    middlewares: [validateAndTransformQuery(AdminGetAccountLookupParams, {})],
  },
]
