import { defineRouteConfig } from "@medusajs/admin-sdk"
import { DataTable, LayoutComposer } from "@medusajs/dashboard/components"
import { Channels } from "@medusajs/icons"
import { Button, Container, Heading, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { ErrorState } from "../../components/error-state"
import { NamedTable } from "../../components/named-table"
import {
  PLATFORM_FILTERS,
  usePlatformColumns,
  usePlatformFilters,
} from "../../components/platform/platform-table"
import { useSocialPlatforms } from "../../hooks/use-social-platforms"
import { useTableQuery } from "../../hooks/use-table-query"

const PAGE_SIZE = 20

const SocialPlatformsPage = () => {
  const query = useTableQuery({
    filters: PLATFORM_FILTERS,
    pageSize: PAGE_SIZE,
    defaultOrder: "-created_at",
  })
  const { data, error, isPending, refetch } = useSocialPlatforms(query)
  const columns = usePlatformColumns()
  const filters = usePlatformFilters()

  const table = error ? (
    <ErrorState
      title="The platforms could not be loaded"
      error={error}
      onRetry={() => void refetch()}
    />
  ) : (
    <Container className="p-0">
      <NamedTable label="Social platforms">
        <DataTable
          data={data?.social_platforms}
          columns={columns}
          filters={filters}
          getRowId={(platform) => platform.id}
          rowCount={data?.count}
          rowHref={(platform) => `/social-platforms/${platform.id}`}
          isLoading={isPending}
          pageSize={PAGE_SIZE}
          heading="Social platforms"
          subHeading="Connections to social networks and other services."
          action={{ label: "Connect a service", to: "create" }}
          emptyState={{
            empty: { custom: <NoPlatforms /> },
            filtered: {
              heading: "No platform matches",
              description: "Change the search or the filters to see more.",
            },
          }}
        />
      </NamedTable>
    </Container>
  )

  return (
    <LayoutComposer
      widgetsZonePrefix="social_platform.list"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <LayoutComposer.Entry id="SocialPlatformListTable">
            {table}
          </LayoutComposer.Entry>
        ),
      }}
    />
  )
}

const NoPlatforms = () => (
  <div className="flex flex-col items-center gap-y-4 p-6 text-center">
    <div className="flex flex-col items-center gap-y-1">
      <Heading level="h2">Connect your first service</Heading>
      <Text size="small" className="text-ui-fg-subtle max-w-[420px]">
        Publish to your social accounts, and keep the credentials of every
        service encrypted.
      </Text>
    </div>
    <Button size="small" variant="secondary" asChild>
      <Link to="create">Choose a service</Link>
    </Button>
  </div>
)

export const handle = { breadcrumb: () => "Social platforms" }

export const config = defineRouteConfig({
  label: "Social platforms",
  icon: Channels,
})

export default SocialPlatformsPage
