import { Thumbnail } from "@medusajs/dashboard/components"
import { Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { LinkedProduct } from "../../../shared/post-types"
import { Section } from "../section"

type PostProductsProps = { products: LinkedProduct[] }

/** The products that a post is about. */
export const PostProducts = ({ products }: PostProductsProps) => (
  <Section title="Products">
    {products.length === 0 ? (
      <Text size="small" className="text-ui-fg-subtle px-6 py-4">
        No products are linked to this post.
      </Text>
    ) : (
      <ul className="divide-y">
        {products.map((product) => (
          <li key={product.id}>
            <Link
              to={`/products/${product.id}`}
              className="hover:bg-ui-bg-base-hover focus-visible:shadow-borders-focus transition-fg flex items-center gap-x-3 px-6 py-3 outline-none"
            >
              <Thumbnail src={product.thumbnail} alt="" />
              <span className="txt-compact-small-plus text-ui-fg-base truncate">
                {product.title}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    )}
  </Section>
)
