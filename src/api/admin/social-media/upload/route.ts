import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { deleteFilesWorkflow } from "@medusajs/medusa/core-flows"
import { isServiceError } from "../../../../errors/service-error"
import { fileName } from "../../../../publishing/media/file-name"
import { storeUpload } from "../../../../publishing/media/store-upload"
import { createSocialMediaWorkflow } from "../../../../workflows/media/workflows/create-social-media"
import { actorId } from "../../../utils/actor"
import { refetchMedia } from "../present"
import type { AdminUploadSocialMediaParamsType } from "../validators"

/**
 * Takes in a file as the body of the request. A workflow cannot have the stream
 * as its input: the file is stored first, and goes again when it is refused.
 */
export const PUT = async (
  req: AuthenticatedMedusaRequest<unknown, AdminUploadSocialMediaParamsType>,
  res: MedusaResponse
) => {
  const name = fileName(req.validatedQuery.name as string)
  const length = req.headers["content-length"]
  const stored = await storeUpload(req.scope, {
    name,
    content_type: (req.headers["content-type"] ?? "").split(";")[0],
    bytes: length === undefined ? null : Number(length),
    stream: req,
  }).catch((error) => {
    throw isServiceError(error)
      ? new MedusaError(
          MedusaError.Types.INVALID_DATA,
          error.message,
          error.code
        )
      : error
  })
  const { result } = await createSocialMediaWorkflow(req.scope)
    .run({
      input: { ...stored, name, owns_file: true, created_by: actorId(req) },
    })
    .catch(async (error) => {
      await deleteFilesWorkflow(req.scope).run({
        input: { ids: [stored.file_id] },
      })
      throw error
    })

  res.json({
    social_media: await refetchMedia(
      req.scope,
      result.id,
      req.queryConfig.fields
    ),
  })
}
