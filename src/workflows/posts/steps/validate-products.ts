import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"

export const validateProductsStepId = "validate-products"

/** Refuses products that do not exist: a link would not notice. */
export const validateProductsStep = createStep(
  validateProductsStepId,
  async ({ product_ids = [] }: { product_ids?: string[] }, { container }) => {
    if (!product_ids.length) {
      return new StepResponse({ product_ids })
    }
    const query = container.resolve(ContainerRegistrationKeys.QUERY)
    const { data } = await query.graph({
      entity: "product",
      fields: ["id"],
      filters: { id: product_ids },
    })
    const known = new Set(data.map(({ id }) => id))
    const unknown = product_ids.filter((id) => !known.has(id))
    if (unknown.length) {
      throw new MedusaError(
        MedusaError.Types.INVALID_DATA,
        `There is no product with the id ${unknown.join(", ")}.`
      )
    }
    return new StepResponse({ product_ids })
  }
)
