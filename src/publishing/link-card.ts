import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { LinkCard } from "../providers/publication"
import { bareMedia } from "../shared/post-rules/bare-media"
import type { CardFacts } from "../shared/post-rules/draft"
import { libraryMedia } from "../shared/post-rules/library-media"
import type { PostLimits } from "../shared/post-rules/limits"
import { takesPicture } from "../shared/post-rules/link-card"
import { findTakenIn, openPostFiles } from "./post-media"

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
      description: descriptionOf(product),
      image: (image && files?.of([image])[0]) ?? null,
    },
    close: async () => files?.close(),
  }
}

/**
 * What is known of a link's card without fetching anything.
 *
 * @param post - with the products that it is to have, or else those it has
 */
export const readCardFacts = async (
  container: MedusaContainer,
  { id, product_ids }: { id?: string; product_ids?: string[] }
): Promise<CardFacts> => {
  const product = product_ids
    ? await readProduct(container, product_ids)
    : id
      ? await firstProduct(container, id)
      : null
  const url = product?.thumbnail
  const found = url ? (await findTakenIn(container, [url])).get(url) : undefined
  return {
    title: product?.title ?? null,
    description: descriptionOf(product),
    image: found
      ? libraryMedia(found, null)
      : url
        ? bareMedia(url, null)
        : null,
  }
}

/** A card without the picture that its account does not take. */
export const withFittingPicture = (
  link: LinkCard,
  limits: PostLimits | undefined
): LinkCard =>
  link.image && limits && !takesPicture(limits.link, link.image)
    ? { ...link, image: null }
    : link

const descriptionOf = (product: LinkedProduct | null): string | null =>
  product?.subtitle || product?.description || null

const PRODUCT_FIELDS = ["title", "subtitle", "description", "thumbnail"]

const readProduct = async (
  container: MedusaContainer,
  [id]: string[]
): Promise<LinkedProduct | null> => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "product",
    fields: PRODUCT_FIELDS,
    filters: { id: id ?? [] },
  })
  return (data[0] as LinkedProduct | undefined) ?? null
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
    fields: PRODUCT_FIELDS.map((field) => `products.${field}`),
    filters: { id: postId },
  })
  const [post] = data as unknown as { products?: (LinkedProduct | null)[] }[]
  return post?.products?.find((product) => product !== null) ?? null
}
