import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import {
  AdminEncryptionBatch,
  AdminGetEncryptionEventsParams,
  AdminImportFernet,
  AdminLookupCredential,
  AdminRaisePolicyFloor,
  AdminVerifyEncryption,
} from "./validators"

/** Room for a full request of the longest tokens that services make. */
const IMPORT_SIZE_LIMIT = "4mb"

export const adminEncryptionRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/encryption/events",
    middlewares: [
      validateAndTransformQuery(AdminGetEncryptionEventsParams, {
        isList: true,
        entity: "encryption_event",
      }),
    ],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/re-encrypt",
    middlewares: [validateBody(AdminEncryptionBatch)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/seal-plaintext",
    middlewares: [validateBody(AdminEncryptionBatch)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/verify",
    middlewares: [validateBody(AdminVerifyEncryption)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/policy",
    middlewares: [validateBody(AdminRaisePolicyFloor)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/import-fernet",
    bodyParser: { sizeLimit: IMPORT_SIZE_LIMIT },
    middlewares: [validateBody(AdminImportFernet)],
  },
  {
    method: ["POST"],
    matcher: "/admin/encryption/lookup",
    middlewares: [validateBody(AdminLookupCredential)],
  },
]
