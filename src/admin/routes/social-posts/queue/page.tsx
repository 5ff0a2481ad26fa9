import { DataTable, LayoutComposer } from "@medusajs/dashboard/components"
import { Container } from "@medusajs/ui"
import { ErrorState } from "../../../components/error-state"
import { NamedTable } from "../../../components/named-table"
import {
  accountFilter,
  QUEUE_FILTERS,
  queueColumns,
} from "../../../components/post/queue-table"
import { usePublishingAccounts } from "../../../hooks/use-publishing-accounts"
import { useSocialPosts } from "../../../hooks/use-social-posts"
import { useTableQuery } from "../../../hooks/use-table-query"
import { QUEUED_STATUSES } from "../../../lib/post-state"

const PAGE_SIZE = 20

const QueuePage = () => {
  const query = useTableQuery({ filters: QUEUE_FILTERS, pageSize: PAGE_SIZE })
  const { groups } = usePublishingAccounts()
  const { data, error, isPending, refetch } = useSocialPosts({
    ...query,
    status: QUEUED_STATUSES,
    // What should have gone out already is on top.
    order: "scheduled_at",
  })

  const table = error ? (
    <ErrorState
      title="The queue could not be loaded"
      error={error}
      onRetry={() => void refetch()}
    />
  ) : (
    <Container className="p-0">
      <NamedTable label="Queue">
        <DataTable
          data={data?.social_posts}
          columns={queueColumns}
          filters={accountFilter(groups ?? [])}
          getRowId={(post) => post.id}
          rowCount={data?.count}
          rowHref={(post) => `/social-posts/${post.id}`}
          isLoading={isPending}
          pageSize={PAGE_SIZE}
          heading="Queue"
          subHeading="What is still to go out, or waits for you: the earliest first."
          emptyState={{
            empty: {
              heading: "Nothing is planned",
              description: "Schedule a post to see it here.",
            },
            filtered: {
              heading: "No post matches",
              description: "Change the search or the filters to see more.",
            },
          }}
        />
      </NamedTable>
    </Container>
  )

  return (
    <LayoutComposer
      widgetsZonePrefix="social_post.queue"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <LayoutComposer.Entry id="SocialPostQueueTable">
            {table}
          </LayoutComposer.Entry>
        ),
      }}
    />
  )
}

export const handle = { breadcrumb: () => "Queue" }

export default QueuePage
