import {
  type MiddlewareRoute,
  validateAndTransformBody,
} from "@medusajs/framework/http"
import {
  AdminEncryptionBatch,
  AdminImportFernet,
  AdminLookupCredential,
  AdminRaisePolicyFloor,
  AdminVerifyEncryption,
} from "./validators"

/** Room for a full request of the longest tokens that services make. */
const IMPORT_SIZE_LIMIT = "4mb"

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
  {
    method: ["POST"],
    matcher: "/admin/encryption/import-fernet",
    bodyParser: { sizeLimit: IMPORT_SIZE_LIMIT },
    middlewares: [validateAndTransformBody(AdminImportFernet)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/lookup",
    middlewares: [validateAndTransformBody(AdminLookupCredential)],
  },
]
