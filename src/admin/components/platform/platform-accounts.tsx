import { DataTable } from "@medusajs/dashboard/components"
import {
  Button,
  Container,
  createDataTableColumnHelper,
  toast,
} from "@medusajs/ui"
import { useMemo, useState } from "react"
import { useSocialAccounts } from "../../hooks/use-social-accounts"
import { useSyncSocialPlatform } from "../../hooks/use-social-platforms"
import { useTableQuery } from "../../hooks/use-table-query"
import { errorMessage } from "../../lib/errors"
import { countOf, formatDateTime, humanize } from "../../lib/format"
import type {
  SocialAccount,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"
import { AccountName } from "../account-name"
import { ErrorState } from "../error-state"
import { ExternalLink } from "../external-link"
import { NamedTable } from "../named-table"
import { StateBadge } from "../state-badge"
import { AccountFiguresDrawer } from "./account-figures"

type PlatformAccountsProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

const PAGE_SIZE = 10
const PREFIX = "accounts"

const columnHelper = createDataTableColumnHelper<SocialAccount>()

const columns = [
  columnHelper.accessor("name", {
    header: "Account",
    cell: ({ row }) => <AccountName account={row.original} />,
  }),
  columnHelper.accessor("kind", {
    header: "Kind",
    cell: ({ getValue }) => humanize(getValue()),
  }),
  columnHelper.accessor("is_available", {
    header: "Availability",
    cell: ({ getValue }) => (
      <StateBadge
        badge={
          getValue()
            ? { label: "Available", color: "green" }
            : { label: "No longer available", color: "grey" }
        }
        fallback=""
      />
    ),
  }),
  columnHelper.accessor("url", {
    header: "Address",
    cell: ({ getValue }) => {
      const url = getValue()
      return url ? <ExternalLink href={url}>Open</ExternalLink> : "–"
    },
  }),
]

const columnsWithFigures = (show: (account: SocialAccount) => void) => [
  ...columns,
  columnHelper.display({
    id: "figures",
    header: "Figures",
    cell: ({ row }) => (
      <Button
        size="small"
        variant="transparent"
        aria-label={`Figures of ${row.original.name}`}
        onClick={() => show(row.original)}
      >
        Figures
      </Button>
    ),
  }),
]

/** The pages, channels and profiles that this platform's credentials reach. */
export const PlatformAccounts = ({
  platform,
  provider,
}: PlatformAccountsProps) => {
  const query = useTableQuery({ prefix: PREFIX, pageSize: PAGE_SIZE })
  const { data, error, isPending, refetch } = useSocialAccounts({
    ...query,
    platform_id: platform.id,
  })
  const { sync, isSyncing } = useSync(platform)
  const [shown, setShown] = useState<SocialAccount | null>(null)
  const hasFigures = provider?.capabilities.account_insights
  const shownColumns = useMemo(
    () => (hasFigures ? columnsWithFigures(setShown) : columns),
    [hasFigures]
  )
  const canSync =
    Boolean(
      provider?.capabilities.accounts || provider?.capabilities.profile
    ) && platform.connection !== "not_connected"

  if (error) {
    return (
      <ErrorState
        title="The accounts could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    )
  }
  return (
    <Container className="p-0">
      <NamedTable label="Accounts">
        <DataTable
          data={data?.social_accounts}
          columns={shownColumns}
          getRowId={(account) => account.id}
          rowCount={data?.count}
          isLoading={isPending}
          pageSize={PAGE_SIZE}
          prefix={PREFIX}
          heading="Accounts"
          headingLevel="h2"
          subHeading={
            platform.last_synced_at
              ? `Last synced ${formatDateTime(platform.last_synced_at)}`
              : undefined
          }
          action={
            canSync
              ? {
                  label: isSyncing ? "Syncing…" : "Sync",
                  disabled: isSyncing,
                  onClick: () => void sync(),
                }
              : undefined
          }
          emptyState={{
            empty: {
              heading: "No accounts yet",
              description: canSync
                ? "Sync to fetch them from the service."
                : "They are fetched once the platform is connected.",
            },
            filtered: {
              heading: "No account matches",
              description: "Change the search to see more.",
            },
          }}
        />
      </NamedTable>
      <AccountFiguresDrawer account={shown} onClose={() => setShown(null)} />
    </Container>
  )
}

const useSync = (platform: SocialPlatform) => {
  const mutation = useSyncSocialPlatform(platform.id)

  const sync = async () => {
    try {
      const { accounts } = (await mutation.mutateAsync()).sync
      toast.success(`${platform.name} synced`, {
        description: [
          countOf(accounts.created, "new account"),
          `${accounts.updated} updated`,
          `${accounts.removed} no longer available`,
        ].join(", "),
      })
    } catch (error) {
      toast.error("The sync failed", { description: errorMessage(error) })
    }
  }

  return { sync, isSyncing: mutation.isPending }
}
