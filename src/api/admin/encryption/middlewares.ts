import {
  type MiddlewareRoute,
  validateAndTransformBody,
} from "@medusajs/framework/http"
import {
  AdminEncryptionBatch,
  AdminRaisePolicyFloor,
  AdminVerifyEncryption,
} from "./validators"

export const adminEncryptionRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["POST"],
    matcher: "/admin/encryption/re-encrypt",
    middlewares: [validateAndTransformBody(AdminEncryptionBatch)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/seal-plaintext",
    middlewares: [validateAndTransformBody(AdminEncryptionBatch)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/verify",
    middlewares: [validateAndTransformBody(AdminVerifyEncryption)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/policy",
    middlewares: [validateAndTransformBody(AdminRaisePolicyFloor)],
  },
]
