import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { LinkCard } from "../providers/publication"
import { openPostFiles } from "./post-media"

interface LinkedProduct {
  title: string
  subtitle: string | null
  description: string | null
  thumbnail: string | null
}

/** A post's link as networks show it, open while a worker is at it. */
interface OpenCard {
  link: LinkCard
  close: () => Promise<void>
}

/**
 * Makes the card of a post's link from the first product that the post shows. A
 * picture that cannot be fetched is left out: the post is not about it.
 *
 * @returns null for a post without a link
 */
export const readCard = async (
  container: MedusaContainer,
  postId: string,
  url: string | null
): Promise<OpenCard | null> => {
  if (!url) {
    return null
  }
  const product = await firstProduct(container, postId)
  const image = product?.thumbnail
    ? { url: product.thumbnail, alt_text: product.title }
    : null
  const files = image
    ? await openPostFiles(container, [image]).catch(() => null)
    : null
  return {
    link: {
      url,
      title: product?.title ?? null,
      description: product?.subtitle || product?.description || null,
      image: (image && files?.of([image])[0]) ?? null,
    },
    close: async () => files?.close(),
  }
}

const firstProduct = async (
  container: MedusaContainer,
  postId: string
): Promise<LinkedProduct | null> => {
  // Processes that run the plugin's modules alone have no links between modules.
  const query = container.resolve(ContainerRegistrationKeys.QUERY, {
    allowUnregistered: true,
  })
  if (!query) {
    return null
  }
  const { data } = await query.graph({
    entity: "social_post",
    fields: [
      "products.title",
      "products.subtitle",
      "products.description",
      "products.thumbnail",
    ],
    filters: { id: postId },
  })
  const [post] = data as unknown as { products?: (LinkedProduct | null)[] }[]
  return post?.products?.find((product) => product !== null) ?? null
}
