import { Combobox } from "@medusajs/dashboard/components"
import { useComboboxData } from "@medusajs/dashboard/hooks"
import { forwardRef } from "react"
import { nameIconButtons, useControlNames } from "../../hooks/use-control-names"
import { sdk } from "../../lib/sdk"

type ProductFieldProps = {
  value: string[]
  onChange: (productIds: string[]) => void
  /** The products that were linked before, so that their titles are known. */
  initialIds: string[]
}

const nameControls = (root: HTMLElement) => {
  nameIconButtons(root, 'button[tabindex="-1"]', "Remove product")
  nameIconButtons(root, "button", "Show products")
}

/** Finds products by title, to link them to a post. */
export const ProductField = forwardRef<HTMLInputElement, ProductFieldProps>(
  ({ value, onChange, initialIds, ...input }, ref) => {
    const namedRef = useControlNames(nameControls)
    const products = useComboboxData({
      queryKey: ["social_post_product_options"],
      queryFn: (params: { q?: string; limit?: number; offset?: number }) =>
        sdk.admin.product.list({ ...params, fields: "id,title" }),
      getOptions: (data) =>
        data.products.map(({ id, title }) => ({ value: id, label: title })),
      defaultValue: initialIds.length > 0 ? initialIds : undefined,
    })

    return (
      <div ref={namedRef}>
        <Combobox
          {...input}
          ref={ref}
          value={value}
          onChange={(next) => onChange(next ?? [])}
          options={products.options}
          searchValue={products.searchValue}
          onSearchValueChange={products.onSearchValueChange}
          fetchNextPage={() => void products.fetchNextPage()}
          isFetchingNextPage={products.isFetchingNextPage}
          displayMode="chips"
          placeholder="Search products"
        />
      </div>
    )
  }
)
ProductField.displayName = "ProductField"
