import {
  createDataTableColumnHelper,
  createDataTableFilterHelper,
} from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { SocialMedia } from "../../../shared/post-types"
import { sizeInWords } from "../../../shared/bytes"
import { typeInWords } from "../../../shared/post-rules/words"
import { formatDate } from "../../lib/format"
import {
  MEDIA_KIND_LABELS,
  mediaAddress,
  pathOfUse,
  titleOfUse,
} from "../../lib/media"
import { MediaPreview } from "../media-preview"

const columnHelper = createDataTableColumnHelper<SocialMedia>()
const filterHelper = createDataTableFilterHelper<SocialMedia>()

export const MEDIA_FILTERS = ["kind"]

/** The columns of the media library. */
export const mediaColumns = [
  columnHelper.accessor("name", {
    header: "File",
    enableSorting: true,
    // The row reacts to the mouse only; the link is for the keyboard.
    cell: ({ row: { original } }) => (
      <div className="flex items-center gap-x-3 py-1">
        <MediaPreview
          address={mediaAddress({ url: "", media_id: original.id })}
          kind={original.kind}
          // The name beside it says the same.
          alt=""
          className="border-ui-border-base size-10 border"
        />
        <Link
          to={`/social-posts/media/${original.id}`}
          title={original.name}
          className="text-ui-fg-base block max-w-[240px] truncate font-medium underline-offset-2 hover:underline"
        >
          {original.name}
        </Link>
      </div>
    ),
  }),
  columnHelper.accessor("kind", {
    header: "Type",
    enableSorting: true,
    cell: ({ row: { original } }) =>
      `${MEDIA_KIND_LABELS[original.kind]} (${typeInWords(original.content_type)})`,
  }),
  columnHelper.accessor("bytes", {
    header: "Size",
    enableSorting: true,
    sortAscLabel: "Smallest first",
    sortDescLabel: "Largest first",
    cell: ({ getValue }) => sizeInWords(getValue()),
  }),
  columnHelper.accessor("uses", {
    header: "Used by",
    cell: ({ getValue }) => <Uses uses={getValue()} />,
  }),
  columnHelper.accessor("created_at", {
    header: "Added",
    enableSorting: true,
    sortAscLabel: "Oldest first",
    sortDescLabel: "Newest first",
    cell: ({ getValue }) => formatDate(getValue()),
  }),
]

/** The filters of the media library. */
export const mediaFilters = [
  filterHelper.accessor("kind", {
    type: "select",
    label: "Type",
    options: Object.entries(MEDIA_KIND_LABELS).map(([value, label]) => ({
      value,
      label,
    })),
  }),
]

const Uses = ({ uses: [first, ...others] }: Pick<SocialMedia, "uses">) =>
  first ? (
    <span className="flex max-w-[240px] items-center gap-x-1">
      <Link
        to={pathOfUse(first)}
        onClick={(event) => event.stopPropagation()}
        className="truncate underline-offset-2 hover:underline"
      >
        {titleOfUse(first)}
      </Link>
      {others.length > 0 && (
        <span className="shrink-0">and {others.length} more</span>
      )}
    </span>
  ) : (
    "Nothing"
  )
