import {
  createDataTableColumnHelper,
  createDataTableFilterHelper,
} from "@medusajs/ui"
import { useMemo } from "react"
import { Link } from "react-router-dom"
import { useSocialProviders } from "../../hooks/use-social-providers"
import { formatDate } from "../../lib/format"
import {
  AUTH_TYPE_LABELS,
  CATEGORIES,
  PLATFORM_STATUSES,
  categoryLabel,
  platformBadge,
} from "../../lib/labels"
import type { SocialPlatform } from "../../../shared/api-types"
import { StateBadge } from "../state-badge"

const columnHelper = createDataTableColumnHelper<SocialPlatform>()
const filterHelper = createDataTableFilterHelper<SocialPlatform>()

export const PLATFORM_FILTERS = ["category", "status", "auth_type", "provider"]

/** The columns of the platform list. */
export const usePlatformColumns = () => {
  const { findProvider } = useSocialProviders()

  return useMemo(
    () => [
      columnHelper.accessor("name", {
        header: "Name",
        enableSorting: true,
        // The row reacts to the mouse only; the link is for the keyboard.
        cell: ({ row }) => (
          <Link
            to={`/social-platforms/${row.original.id}`}
            title={row.original.name}
            className="text-ui-fg-base block max-w-[280px] truncate font-medium underline-offset-2 hover:underline"
          >
            {row.original.name}
          </Link>
        ),
      }),
      columnHelper.accessor("provider", {
        header: "Provider",
        enableSorting: true,
        cell: ({ getValue }) => findProvider(getValue())?.label ?? getValue(),
      }),
      columnHelper.accessor("category", {
        header: "Category",
        cell: ({ getValue }) => categoryLabel(getValue()),
      }),
      columnHelper.accessor("status", {
        header: "Status",
        enableSorting: true,
        cell: ({ row }) => (
          <StateBadge badge={platformBadge(row.original)} fallback="" />
        ),
      }),
      columnHelper.accessor("created_at", {
        header: "Created",
        enableSorting: true,
        sortAscLabel: "Oldest first",
        sortDescLabel: "Newest first",
        cell: ({ getValue }) => formatDate(getValue()),
      }),
    ],
    [findProvider]
  )
}

/** The filters of the platform list. */
export const usePlatformFilters = () => {
  const { providers } = useSocialProviders()

  return useMemo(
    () => [
      filterHelper.accessor("category", {
        type: "select",
        label: "Category",
        options: CATEGORIES.map((value) => ({
          value,
          label: categoryLabel(value),
        })),
      }),
      filterHelper.accessor("status", {
        type: "select",
        label: "Status",
        options: Object.entries(PLATFORM_STATUSES).map(([value, badge]) => ({
          value,
          label: badge.label,
        })),
      }),
      filterHelper.accessor("auth_type", {
        type: "select",
        label: "Authentication",
        options: Object.entries(AUTH_TYPE_LABELS).map(([value, label]) => ({
          value,
          label,
        })),
      }),
      filterHelper.accessor("provider", {
        type: "select",
        label: "Provider",
        options: (providers ?? []).map(({ identifier, label }) => ({
          value: identifier,
          label,
        })),
      }),
    ],
    [providers]
  )
}
