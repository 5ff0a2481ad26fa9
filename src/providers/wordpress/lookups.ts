import type { Lookup, LookupOption } from "../publication"
import { openSite, plain } from "./site"

interface Term {
  id: number
  name: string
  count?: number
}

interface PostType {
  name: string
  rest_base: string
  rest_namespace?: string
  viewable?: boolean
  supports?: Record<string, unknown>
}

const PER_PAGE = 100

const terms = (taxonomy: "categories" | "tags", label: string): Lookup => ({
  label,
  search: true,
  ttl_seconds: 300,
  run: async (context, _account, query): Promise<LookupOption[]> => {
    const { api } = await openSite(context)
    const found = await context.request<Term[]>(`${api}/wp/v2/${taxonomy}`, {
      query: {
        search: query || undefined,
        per_page: PER_PAGE,
        orderby: "count",
        order: "desc",
        _fields: "id,name,count",
      },
    })
    return found.map(({ id, name, count }) => ({
      value: String(id),
      label: plain(name),
      ...(count && { hint: count === 1 ? "1 article" : `${count} articles` }),
    }))
  },
})

/** Kinds of content that have a text and that readers can open. */
const postTypes: Lookup = {
  label: "Types of content",
  search: false,
  ttl_seconds: 3600,
  run: async (context) => {
    const { api } = await openSite(context)
    const types = await context.request<Record<string, PostType>>(
      `${api}/wp/v2/types`,
      { query: { context: "edit" } }
    )
    return Object.values(types)
      .filter(
        ({ viewable, supports, rest_base, rest_namespace = "wp/v2" }) =>
          viewable &&
          supports?.editor &&
          rest_namespace === "wp/v2" &&
          rest_base !== "media"
      )
      .map(({ name, rest_base }) => ({ value: rest_base, label: plain(name) }))
  },
}

/** Lists that settings are chosen from, under the names of the settings. */
export const wordpressLookups = {
  categories: terms("categories", "Categories"),
  tags: terms("tags", "Tags"),
  post_type: postTypes,
}
