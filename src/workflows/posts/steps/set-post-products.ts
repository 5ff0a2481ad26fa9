import type { Link } from "@medusajs/framework/modules-sdk"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { SOCIALS_MODULE } from "../../../modules/socials/constants"

export interface SetPostProductsStepInput {
  id: string
  /** All products that the post shows; undefined keeps them. */
  product_ids?: string[]
}

const linksTo = (social_post_id: string, product_ids: string[]) =>
  product_ids.map((product_id) => ({
    [Modules.PRODUCT]: { product_id },
    [SOCIALS_MODULE]: { social_post_id },
  }))

export const setPostProductsStepId = "set-post-products"

/** Links a post to just the given products. */
export const setPostProductsStep = createStep(
  setPostProductsStepId,
  async ({ id, product_ids }: SetPostProductsStepInput, { container }) => {
    if (!product_ids) {
      return new StepResponse({ id }, null)
    }
    const link: Link = container.resolve(ContainerRegistrationKeys.LINK)
    const query = container.resolve(ContainerRegistrationKeys.QUERY)
    const {
      data: [post],
    } = await query.graph({
      entity: "social_post",
      fields: ["products.id"],
      filters: { id },
    })
    const before = (
      (post as { products?: ({ id: string } | null)[] } | undefined)
        ?.products ?? []
    ).flatMap((product) => (product ? [product.id] : []))
    // A product that is named twice is one link: the database refuses the second.
    const wanted = [...new Set(product_ids)]
    const added = wanted.filter((productId) => !before.includes(productId))
    const removed = before.filter((productId) => !wanted.includes(productId))

    if (removed.length) {
      await link.dismiss(linksTo(id, removed))
    }
    if (added.length) {
      await link.create(linksTo(id, added))
    }
    return new StepResponse({ id }, { id, added, removed })
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    const link: Link = container.resolve(ContainerRegistrationKeys.LINK)
    const { id, added, removed } = compensation
    if (added.length) {
      await link.dismiss(linksTo(id, added))
    }
    if (removed.length) {
      await link.create(linksTo(id, removed))
    }
  }
)
