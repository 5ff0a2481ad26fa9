import type {
  HealthItem,
  HealthState,
  StoreHealth,
} from "../../shared/api-types"
import { countOf, formatDate, formatDateTime } from "./format"
import type { Badge } from "./labels"

/** What belongs together on the page, the most urgent first. */
export type HealthGroup = { id: string; title: string; items: HealthItem[] }

/** Id of the element that shows a platform on the health page. */
export const healthRowId = (platformId: string): string =>
  `social-health-${platformId}`

/** States in the order in which they are counted for a person. */
export const COUNTED_STATES: HealthState[] = [
  "reconnect",
  "failing",
  "expiring",
  "not_tested",
  "not_connected",
  "inactive",
  "healthy",
]

/** How late a publication may begin before a person is told, in ms. */
const BEHIND_MS = 120_000

/**
 * Whether publications begin later than anybody would expect.
 *
 * @param publishing as the API has it
 * @returns false while all begin within two minutes
 */
export const isBehind = ({
  oldest_due_at,
}: StoreHealth["publishing"]): boolean =>
  oldest_due_at !== null && Date.now() - Date.parse(oldest_due_at) > BEHIND_MS

/**
 * The health of everything in one word.
 *
 * @param health as the API has it
 * @returns a badge
 */
export const overallBadge = ({
  counts,
  providers,
  encryption,
  publishing,
}: StoreHealth): Badge => {
  const isMisconfigured = providers.some(({ misconfigured }) => misconfigured)
  if (
    counts.reconnect > 0 ||
    isMisconfigured ||
    encryption.length > 0 ||
    isBehind(publishing)
  ) {
    return { label: "Action needed", color: "red" }
  }
  if (counts.failing + counts.expiring > 0) {
    return { label: "Watch", color: "orange" }
  }
  return counts.not_tested > 0
    ? { label: "Not all tested", color: "orange" }
    : { label: "All well", color: "green" }
}

/**
 * Sorts what needs somebody into groups. The order within a group is the
 * API's, by urgency.
 *
 * @param items as the API lists them
 * @returns groups that are not empty
 */
export const groupsOf = (items: HealthItem[]): HealthGroup[] => {
  const inStates = (...states: HealthState[]) =>
    items.filter(({ state }) => states.includes(state))
  return [
    {
      id: "Failing",
      title: "Does not work",
      items: inStates("reconnect", "failing"),
    },
    {
      id: "Expiring",
      title: "Ends within 30 days",
      items: inStates("expiring"),
    },
    {
      id: "NotTested",
      title: "Not tested",
      items: inStates("not_tested"),
    },
    {
      id: "NotConnected",
      title: "Not connected",
      items: inStates("not_connected"),
    },
  ].filter((group) => group.items.length > 0)
}

/**
 * When what happens to a platform, as far as that is known.
 *
 * @param item of the health page
 * @param now the moment to look from
 * @returns short facts
 */
export const factsOf = (
  {
    state,
    reconnect_before,
    next_refresh_at,
    consecutive_failures,
    last_error,
  }: HealthItem,
  now: Date = new Date()
): string[] => {
  if (state === "not_connected") {
    return []
  }
  const isOver = reconnect_before !== null && new Date(reconnect_before) <= now
  const facts = [
    reconnect_before &&
      (isOver
        ? `Ended ${formatDate(reconnect_before)}`
        : `Reconnect before ${formatDate(reconnect_before)}`),
    last_error && `Last failure ${formatDateTime(last_error.at)}`,
    consecutive_failures > 1 &&
      `${countOf(consecutive_failures, "failure")} in a row`,
    state === "failing" &&
      next_refresh_at &&
      `Next try ${formatDateTime(next_refresh_at)}`,
  ]
  return facts.filter((fact) => typeof fact === "string")
}
