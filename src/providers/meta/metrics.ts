import type { Metric } from "../publication"
import type { Graph, GraphFields } from "./graph"

interface Insight {
  name?: string
  values?: { value?: unknown }[]
  total_value?: { value?: unknown }
}

/** Figures as the Graph API gives them: the latest of a row, or a total. */
export const readMetrics = async (
  graph: Graph,
  path: string,
  query: GraphFields
): Promise<Metric[]> => {
  const { data } = await graph.get<{ data?: Insight[] }>(path, query)
  return (Array.isArray(data) ? data : []).flatMap(
    ({ name, values, total_value }) => {
      const value = total_value?.value ?? values?.at(-1)?.value
      return name && typeof value === "number" ? [{ name, value }] : []
    }
  )
}
