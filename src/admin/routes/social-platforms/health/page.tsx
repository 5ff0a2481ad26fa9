import { defineRouteConfig } from "@medusajs/admin-sdk"
import { LayoutComposer } from "@medusajs/dashboard/components"
import { Text } from "@medusajs/ui"
import { ErrorState } from "../../../components/error-state"
import { HealthGroup } from "../../../components/health/health-group"
import { HealthOverview } from "../../../components/health/health-overview"
import { SectionSkeleton } from "../../../components/loading"
import { useHealth } from "../../../hooks/use-health"
import { usePlaceInList } from "../../../hooks/use-place-in-list"
import { groupsOf, healthRowId } from "../../../lib/health-words"

const OVERVIEW_ID = "social-health"

const HealthPage = () => {
  const { data, error, refetch } = useHealth()
  const health = data?.health
  const groups = groupsOf(health?.items ?? [])
  const keepPlace = usePlaceInList({
    ids: groups.flatMap(({ items }) => items.map((item) => item.platform_id)),
    rowId: healthRowId,
    restId: OVERVIEW_ID,
  })

  if (!health) {
    return error ? (
      <ErrorState
        title="The health of the connections could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    ) : (
      <div role="status" aria-label="Loading" className="flex flex-col gap-y-3">
        <SectionSkeleton rows={1} />
        <SectionSkeleton rows={3} />
      </div>
    )
  }

  const { items, count } = health
  return (
    <LayoutComposer
      widgetsZonePrefix="social_health.details"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <>
            <LayoutComposer.Entry id="SocialHealthOverview">
              <div id={OVERVIEW_ID} tabIndex={-1} className="outline-none">
                <HealthOverview health={health} />
              </div>
            </LayoutComposer.Entry>
            {groups.map((group) => (
              <LayoutComposer.Entry
                key={group.id}
                id={`SocialHealth${group.id}`}
              >
                <HealthGroup group={group} onTest={keepPlace} />
              </LayoutComposer.Entry>
            ))}
            {count > items.length && (
              <LayoutComposer.Entry id="SocialHealthMore">
                <Text size="small" className="text-ui-fg-subtle px-6 py-2">
                  These are the {items.length} most urgent of {count}. The next
                  ones follow as these are settled.
                </Text>
              </LayoutComposer.Entry>
            )}
          </>
        ),
      }}
    />
  )
}

export const handle = { breadcrumb: () => "Health" }

export const config = defineRouteConfig({ label: "Health" })

export default HealthPage
