import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import * as QueryConfig from "./query-config"
import {
  AdminCreateSocialMedia,
  AdminGetSocialMediaListParams,
  AdminGetSocialMediaParams,
  AdminUpdateSocialMedia,
  AdminUploadSocialMediaParams,
} from "./validators"

const retrieveQuery = () =>
  validateAndTransformQuery(
    AdminGetSocialMediaParams,
    QueryConfig.retrieveSocialMediaTransformQueryConfig
  )

export const adminSocialMediaRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-media",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialMediaListParams,
        QueryConfig.listSocialMediaTransformQueryConfig
      ),
    ],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-media",
    middlewares: [validateBody(AdminCreateSocialMedia), retrieveQuery()],
  },
  {
    method: ["PUT"],
    matcher: "/admin/social-media/upload",
    // The file passes through as it comes in, whatever type it says to be.
    bodyParser: false,
    middlewares: [
      validateAndTransformQuery(
        AdminUploadSocialMediaParams,
        QueryConfig.retrieveSocialMediaTransformQueryConfig
      ),
    ],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-media/:id",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-media/:id",
    middlewares: [validateBody(AdminUpdateSocialMedia), retrieveQuery()],
  },
]
