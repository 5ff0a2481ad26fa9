import { defineRouteConfig } from "@medusajs/admin-sdk"
import { DataTable, LayoutComposer } from "@medusajs/dashboard/components"
import { ChatBubbleLeftRight } from "@medusajs/icons"
import { Button, Container, Heading, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { ErrorState } from "../../components/error-state"
import { NamedTable } from "../../components/named-table"
import {
  POST_FILTERS,
  postColumns,
  postFilters,
} from "../../components/post/post-table"
import { useSocialPosts } from "../../hooks/use-social-posts"
import { useTableQuery } from "../../hooks/use-table-query"

const PAGE_SIZE = 20

const SocialPostsPage = () => {
  const query = useTableQuery({
    filters: POST_FILTERS,
    pageSize: PAGE_SIZE,
    defaultOrder: "-created_at",
  })
  const { data, error, isPending, refetch } = useSocialPosts(query)

  const table = error ? (
    <ErrorState
      title="The posts could not be loaded"
      error={error}
      onRetry={() => void refetch()}
    />
  ) : (
    <Container className="p-0">
      <NamedTable label="Social posts">
        <DataTable
          data={data?.social_posts}
          columns={postColumns}
          filters={postFilters}
          getRowId={(post) => post.id}
          rowCount={data?.count}
          rowHref={(post) => `/social-posts/${post.id}`}
          isLoading={isPending}
          pageSize={PAGE_SIZE}
          heading="Social posts"
          subHeading="Written once, published to as many accounts as you like."
          actions={[
            { label: "Queue", to: "queue" },
            { label: "Create", to: "create" },
          ]}
          emptyState={{
            empty: { custom: <NoPosts /> },
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
      widgetsZonePrefix="social_post.list"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <LayoutComposer.Entry id="SocialPostListTable">
            {table}
          </LayoutComposer.Entry>
        ),
      }}
    />
  )
}

const NoPosts = () => (
  <div className="flex flex-col items-center gap-y-4 p-6 text-center">
    <div className="flex flex-col items-center gap-y-1">
      <Heading level="h2">Write your first post</Heading>
      <Text size="small" className="text-ui-fg-subtle max-w-[420px]">
        Publish it now, schedule it, or keep it as a draft.
      </Text>
    </div>
    <Button size="small" variant="secondary" asChild>
      <Link to="create">Write a post</Link>
    </Button>
  </div>
)

export const handle = { breadcrumb: () => "Social posts" }

export const config = defineRouteConfig({
  label: "Social posts",
  icon: ChatBubbleLeftRight,
})

export default SocialPostsPage
