import {
  createDataTableColumnHelper,
  createDataTableFilterHelper,
} from "@medusajs/ui"
import { Link } from "react-router-dom"
import { countOf, formatDate, formatDateTime } from "../../lib/format"
import { POST_STATUSES } from "../../lib/labels"
import type { SocialPost } from "../../../shared/post-types"
import { StateBadge } from "../state-badge"

const columnHelper = createDataTableColumnHelper<SocialPost>()
const filterHelper = createDataTableFilterHelper<SocialPost>()

export const POST_FILTERS = ["status"]

/** The columns of the post list. */
export const postColumns = [
  columnHelper.accessor("caption", {
    header: "Post",
    // The row reacts to the mouse only; the link is for the keyboard.
    cell: ({ row }) => (
      <Link
        to={`/social-posts/${row.original.id}`}
        title={postTitle(row.original)}
        className="text-ui-fg-base block max-w-[360px] truncate font-medium underline-offset-2 hover:underline"
      >
        {postTitle(row.original)}
      </Link>
    ),
  }),
  columnHelper.accessor("status", {
    header: "Status",
    enableSorting: true,
    cell: ({ getValue }) => (
      <StateBadge badge={POST_STATUSES[getValue()]} fallback={getValue()} />
    ),
  }),
  columnHelper.accessor("publications", {
    header: "Accounts",
    cell: ({ getValue }) => countOf(getValue()?.length ?? 0, "account"),
  }),
  columnHelper.accessor("scheduled_at", {
    header: "Date",
    cell: ({ row }) => postDate(row.original),
  }),
  columnHelper.accessor("created_at", {
    header: "Created",
    enableSorting: true,
    sortAscLabel: "Oldest first",
    sortDescLabel: "Newest first",
    cell: ({ getValue }) => formatDate(getValue()),
  }),
]

/** The filters of the post list. */
export const postFilters = [
  filterHelper.accessor("status", {
    type: "select",
    label: "Status",
    options: Object.entries(POST_STATUSES).map(([value, badge]) => ({
      value,
      label: badge.label,
    })),
  }),
]

/**
 * The first line of a post, which stands for its title.
 *
 * @param post the post
 * @returns text that is never empty, so that it can be a link
 */
export const postTitle = (post: SocialPost): string =>
  post.caption.trim().split("\n")[0] || "Post without text"

const postDate = ({ published_at, scheduled_at }: SocialPost): string => {
  if (published_at) {
    return `Published ${formatDateTime(published_at)}`
  }
  return scheduled_at ? `Planned for ${formatDateTime(scheduled_at)}` : "–"
}
