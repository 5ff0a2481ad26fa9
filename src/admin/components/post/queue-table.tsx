import {
  createDataTableColumnHelper,
  createDataTableFilterHelper,
} from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { AccountGroup } from "../../hooks/use-publishing-accounts"
import { formatDateTime } from "../../lib/format"
import { POST_STATUSES, PUBLICATION_STATES } from "../../lib/labels"
import type { SocialPost } from "../../../shared/post-types"
import { StateBadge } from "../state-badge"
import { postTitle } from "./post-table"

const columnHelper = createDataTableColumnHelper<SocialPost>()
const filterHelper = createDataTableFilterHelper<SocialPost>()

export const QUEUE_FILTERS = ["account_id"]

const isOverdue = ({ publications }: SocialPost): boolean =>
  publications.some(({ state }) => state === "overdue")

/** The columns of the queue. */
export const queueColumns = [
  columnHelper.accessor("scheduled_at", {
    header: "Goes out",
    cell: ({ getValue }) =>
      getValue() ? formatDateTime(getValue()) : "As soon as it can",
  }),
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
  columnHelper.accessor("publications", {
    header: "Accounts",
    cell: ({ getValue }) =>
      getValue()
        .map(({ account }) => account?.name ?? "Deleted account")
        .join(", "),
  }),
  columnHelper.accessor("status", {
    header: "Status",
    cell: ({ row }) => (
      <StateBadge
        badge={
          isOverdue(row.original)
            ? PUBLICATION_STATES.overdue
            : POST_STATUSES[row.original.status]
        }
        fallback={row.original.status}
      />
    ),
  }),
]

/** The filter by account. */
export const accountFilter = (groups: AccountGroup[]) => [
  filterHelper.custom({
    id: "account_id",
    type: "select",
    label: "Account",
    options: groups.flatMap(({ platform, choices }) =>
      choices.map(({ account }) => ({
        value: account.id,
        label: `${account.name} (${platform.name})`,
      }))
    ),
  }),
]
