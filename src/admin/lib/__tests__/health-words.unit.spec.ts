import type {
  HealthItem,
  HealthState,
  StoreHealth,
} from "../../../shared/api-types"
import {
  COUNTED_STATES,
  factsOf,
  groupsOf,
  overallBadge,
} from "../health-words"
import { HEALTH_STATES } from "../labels"

const item = (rest: Partial<HealthItem> = {}): HealthItem => ({
  platform_id: "splat_1",
  name: "Parcels",
  provider: "generic",
  provider_label: "Generic",
  state: "failing",
  reason: "No.",
  what_to_do: "Wait.",
  connects_by_redirect: false,
  can_test: true,
  expires_at: null,
  reconnect_before: null,
  next_refresh_at: null,
  consecutive_failures: 0,
  last_error: null,
  ...rest,
})

const health = (
  counts: Partial<Record<HealthState, number>>,
  isMisconfigured = false
): StoreHealth => ({
  encryption: [],
  publishing: { due: 0, oldest_due_at: null },
  counts: {
    healthy: 1,
    expiring: 0,
    reconnect: 0,
    failing: 0,
    not_tested: 0,
    not_connected: 0,
    inactive: 0,
    ...counts,
  },
  providers: [
    {
      provider: "sandbox",
      label: "Sandbox",
      platforms: 1,
      misconfigured: isMisconfigured
        ? {
            code: "invalid_client",
            message: "No.",
            at: "2026-01-01T00:00:00.000Z",
            what_to_do: "Correct it.",
            affected: 1,
            platform_id: "splat_1",
          }
        : null,
    },
  ],
  items: [],
  count: 0,
})

describe("the words of the health page", () => {
  it("count every state once", () => {
    expect([...COUNTED_STATES].sort()).toEqual(
      Object.keys(HEALTH_STATES).sort()
    )
  })

  it("ask for action where only a person can help", () => {
    expect(overallBadge(health({ reconnect: 1 })).label).toBe("Action needed")
    expect(overallBadge(health({ failing: 1 }, true)).label).toBe(
      "Action needed"
    )
    const cannotEncrypt = {
      code: "cannot_seal",
      severity: "error" as const,
      message: "No.",
      next: "Restore it.",
    }
    expect(
      overallBadge({ ...health({}), encryption: [cannotEncrypt] }).label
    ).toBe("Action needed")
    const dueSince = (seconds: number) =>
      overallBadge({
        ...health({}),
        publishing: {
          due: 1,
          oldest_due_at: new Date(Date.now() - seconds * 1000).toISOString(),
        },
      }).label
    expect(dueSince(180)).toBe("Action needed")
    expect(dueSince(60)).not.toBe("Action needed")
    expect(overallBadge(health({ failing: 1 })).label).toBe("Watch")
    expect(overallBadge(health({ expiring: 1 })).label).toBe("Watch")
    expect(overallBadge(health({ inactive: 4, not_connected: 2 })).label).toBe(
      "All well"
    )
  })

  it("group what belongs together and keep its order", () => {
    const groups = groupsOf([
      item({ platform_id: "a", state: "reconnect" }),
      item({ platform_id: "b", state: "failing" }),
      item({ platform_id: "c", state: "not_connected" }),
    ])
    expect(
      groups.map(({ title, items }) => [title, items.map((i) => i.platform_id)])
    ).toEqual([
      ["Does not work", ["a", "b"]],
      ["Not connected", ["c"]],
    ])
    expect(groupsOf([])).toEqual([])
  })

  it("tell an end that lies ahead from one that has passed", () => {
    const now = new Date("2026-06-15T12:00:00Z")
    const [ahead] = factsOf(
      item({ state: "expiring", reconnect_before: "2026-06-20T12:00:00Z" }),
      now
    )
    const [passed] = factsOf(
      item({ state: "reconnect", reconnect_before: "2026-06-10T12:00:00Z" }),
      now
    )
    expect(ahead).toMatch(/^Reconnect before .*20/)
    expect(passed).toMatch(/^Ended .*10/)
  })

  it("promise a next try only where there will be one", () => {
    const next_refresh_at = "2026-06-20T12:00:00Z"
    expect(factsOf(item({ next_refresh_at, consecutive_failures: 3 }))).toEqual(
      ["3 failures in a row", expect.stringMatching(/^Next try /)]
    )
    expect(factsOf(item({ state: "reconnect", next_refresh_at }))).toEqual([])
    expect(factsOf(item({ state: "expiring", next_refresh_at }))).toEqual([])
    expect(
      factsOf(
        item({ state: "not_connected", reconnect_before: next_refresh_at })
      )
    ).toEqual([])
  })
})
