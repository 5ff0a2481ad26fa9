import { Combobox } from "@medusajs/dashboard/components"
import { useComboboxData } from "@medusajs/dashboard/hooks"
import { forwardRef, useState } from "react"
import { nameIconButtons, useControlNames } from "../../hooks/use-control-names"
import { withChosen, type Option } from "../../lib/chosen-options"
import { sdk } from "../../lib/sdk"
import type { LinkedProduct } from "../../../shared/post-types"

type ProductFieldProps = {
  value: string[]
  onChange: (productIds: string[]) => void
  /** The products that were linked before, so that their titles are known. */
  linked?: LinkedProduct[]
}

const nameControls = (root: HTMLElement) => {
  nameIconButtons(root, 'button[tabindex="-1"]', "Remove product")
  nameIconButtons(root, "button", "Show products")
}

/** Finds products by title, to link them to a post. */
export const ProductField = forwardRef<HTMLInputElement, ProductFieldProps>(
  ({ value, onChange, linked = [], ...input }, ref) => {
    const namedRef = useControlNames(nameControls)
    const [chosen, setChosen] = useState<Option[]>(() =>
      linked.map(({ id, title }) => ({ value: id, label: title }))
    )
    const products = useComboboxData({
      queryKey: ["social_post_product_options"],
      queryFn: (params: { q?: string; limit?: number; offset?: number }) =>
        sdk.admin.product.list({ ...params, fields: "id,title" }),
      getOptions: (data) =>
        data.products.map(({ id, title }) => ({ value: id, label: title })),
    })
    // The stock field shows a choice only while it is among the options.
    const options = withChosen(products.options, chosen)
    const choose = (ids: string[]) => {
      setChosen(options.filter((option) => ids.includes(option.value)))
      onChange(ids)
    }

    return (
      <div ref={namedRef}>
        <Combobox
          {...input}
          ref={ref}
          value={value}
          onChange={(next) => choose(next ?? [])}
          options={options}
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
