import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import type { MedusaContainer } from "@medusajs/framework/types"
import { fileName } from "../../../publishing/media/file-name"
import {
  type ProbedMedia,
  probeMedia,
  refuseFile,
} from "../../../publishing/media/probe"
import type { FilePlace } from "../../../publishing/media/source"

export interface ProbeSocialMediaStepInput {
  /** Of Medusa's file module. */
  file_id?: string
  /** Of a file elsewhere. */
  url?: string
  /** Of an image of one of the store's products. */
  product_image_id?: string
  /** What people call it. @default the last part of its address */
  name?: string
}

export const probeSocialMediaStepId = "probe-social-media"

/**
 * Looks into a file and finds what it is, by its bytes.
 *
 * @throws {MedusaError} INVALID_DATA with what is wrong with it; NOT_FOUND for a
 * product image that is not there
 */
export const probeSocialMediaStep = createStep(
  probeSocialMediaStepId,
  async (input: ProbeSocialMediaStepInput, { container }) => {
    const place = await findPlace(container, input)
    return new StepResponse<FilePlace & ProbedMedia>({
      ...place,
      ...(await probeMedia(container, place).catch(refuseFile)),
    })
  }
)

const findPlace = async (
  container: MedusaContainer,
  { file_id, url, product_image_id, name }: ProbeSocialMediaStepInput
): Promise<FilePlace> => {
  const places = [file_id, url, product_image_id].filter(Boolean)
  if (places.length !== 1) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "Give one of file_id, url and product_image_id."
    )
  }
  const source_url = product_image_id
    ? await productImageAddress(container, product_image_id)
    : (url ?? null)
  return {
    file_id: file_id ?? null,
    source_url,
    name: fileName(name ?? file_id ?? source_url ?? ""),
  }
}

const productImageAddress = async (
  container: MedusaContainer,
  id: string
): Promise<string> => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "product_image",
    fields: ["url"],
    filters: { id },
  })
  if (!data.length) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no product image with the id ${id}.`
    )
  }
  return data[0].url
}
