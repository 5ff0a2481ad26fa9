import { useQueryParams } from "@medusajs/dashboard/hooks"
import type { ListQuery } from "../../shared/api-types"

type TableQueryOptions = {
  /** Names of the table's filters. */
  filters?: string[]
  /** Set where a page has more than one table. */
  prefix?: string
  pageSize: number
  defaultOrder?: string
}

/**
 * Turns what the data table keeps in the address bar into a query for the API.
 *
 * @param options the table's filters, prefix, page size and default order
 * @returns the query
 */
export const useTableQuery = ({
  filters = [],
  prefix,
  pageSize,
  defaultOrder,
}: TableQueryOptions): ListQuery => {
  const params = useQueryParams(["offset", "q", "order", ...filters], prefix)

  const query: ListQuery = {
    limit: pageSize,
    offset: Number(params.offset) || 0,
    q: params.q,
    order: params.order ?? defaultOrder,
  }
  for (const filter of filters) {
    query[filter] = parseFilter(params[filter])
  }
  return query
}

/** The table keeps a filter as JSON: a list of the chosen values, or one value. */
const parseFilter = (
  raw: string | undefined
): string | string[] | undefined => {
  if (!raw) {
    return undefined
  }
  try {
    const value: unknown = JSON.parse(raw)
    const chosen = (Array.isArray(value) ? value : [value]).filter(
      (item): item is string => typeof item === "string" && item !== ""
    )
    return chosen.length > 0 ? chosen : undefined
  } catch {
    // An address written by hand holds the bare word.
    return raw
  }
}
