import { useQuery } from "@tanstack/react-query"
import { bareMedia } from "../../shared/post-rules/bare-media"
import type { CardFacts } from "../../shared/post-rules/draft"
import { sdk } from "../lib/sdk"

const NOTHING: CardFacts = { title: null, description: null, image: null }

/**
 * What the card of a post's link is made of, as far as the dashboard knows it:
 * how large its picture is, only the server can tell.
 *
 * @param productIds of the products that are linked to the post
 * @returns nothing until it is known
 */
export const useLinkCard = ([id]: string[]): CardFacts | undefined => {
  const { data } = useQuery({
    queryKey: ["social_post_link_card", id],
    queryFn: () =>
      sdk.admin.product.retrieve(id, {
        fields: "title,subtitle,description,thumbnail",
      }),
    enabled: id !== undefined,
    staleTime: 60_000,
  })
  if (id === undefined) {
    return NOTHING
  }
  if (!data) {
    return undefined
  }
  const { title, subtitle, description, thumbnail } = data.product
  return {
    title,
    description: subtitle || description || null,
    image: thumbnail ? bareMedia(thumbnail, null) : null,
  }
}
