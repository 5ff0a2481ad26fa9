import { StatusBadge } from "@medusajs/ui"
import type { Badge } from "../lib/labels"

type StateBadgeProps = {
  /** Undefined where the API knows a state that this dashboard does not. */
  badge: Badge | undefined
  fallback: string
}

/** A coloured state with its words, so that colour is never the only sign. */
export const StateBadge = ({ badge, fallback }: StateBadgeProps) => (
  <StatusBadge color={badge?.color ?? "grey"} className="whitespace-nowrap">
    {badge?.label ?? fallback}
  </StatusBadge>
)
