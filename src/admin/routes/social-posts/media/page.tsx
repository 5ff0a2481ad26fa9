import { defineRouteConfig } from "@medusajs/admin-sdk"
import { DataTable, LayoutComposer } from "@medusajs/dashboard/components"
import { Container } from "@medusajs/ui"
import { ErrorState } from "../../../components/error-state"
import {
  MEDIA_FILTERS,
  mediaColumns,
  mediaFilters,
} from "../../../components/media/media-table"
import { NamedTable } from "../../../components/named-table"
import { useMediaList } from "../../../hooks/use-media"
import { useTableQuery } from "../../../hooks/use-table-query"

const PAGE_SIZE = 20

const MediaPage = () => {
  const query = useTableQuery({
    filters: MEDIA_FILTERS,
    pageSize: PAGE_SIZE,
    defaultOrder: "-created_at",
  })
  const { data, error, isPending, refetch } = useMediaList(query)

  const table = error ? (
    <ErrorState
      title="The media library could not be loaded"
      error={error}
      onRetry={() => void refetch()}
    />
  ) : (
    <Container className="p-0">
      <NamedTable label="Media library">
        <DataTable
          data={data?.social_media}
          columns={mediaColumns}
          filters={mediaFilters}
          getRowId={(media) => media.id}
          rowCount={data?.count}
          rowHref={(media) => `/social-posts/media/${media.id}`}
          isLoading={isPending}
          pageSize={PAGE_SIZE}
          heading="Media library"
          subHeading="The files of your posts, what uses them, and who came for them."
          emptyState={{
            empty: {
              heading: "There are no files",
              description: "What you add to a post is shown here.",
            },
            filtered: {
              heading: "No file matches",
              description: "Change the search or the filters to see more.",
            },
          }}
        />
      </NamedTable>
    </Container>
  )

  return (
    <LayoutComposer
      widgetsZonePrefix="social_media.list"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <LayoutComposer.Entry id="SocialMediaListTable">
            {table}
          </LayoutComposer.Entry>
        ),
      }}
    />
  )
}

export const handle = { breadcrumb: () => "Media library" }

export const config = defineRouteConfig({ label: "Media library" })

export default MediaPage
