import { useQuery } from "@tanstack/react-query"
import type { XCounter } from "../../shared/post-rules/text"
import type { Target } from "../lib/account-content"

/**
 * X's own counter, which is large, and loaded only where an account counts by it.
 *
 * @param targets the chosen accounts
 * @returns null while it is not there
 */
export const useXCounter = (targets: Target[]): XCounter => {
  const { data } = useQuery({
    queryKey: ["social_x_counter"],
    queryFn: async () => {
      const { countXWeighted } =
        await import("../../shared/post-rules/x-weighted")
      return { count: countXWeighted }
    },
    enabled: targets.some(({ publishing: { limits } }) =>
      [...limits.text, ...(limits.parts.text ?? [])].some(
        ({ unit }) => unit === "x_weighted"
      )
    ),
    staleTime: Infinity,
  })
  return data?.count ?? null
}
