import { Drawer, Text } from "@medusajs/ui"
import { useAccountMetrics } from "../../hooks/use-metrics"
import { errorMessage } from "../../lib/errors"
import { formatDate, formatDateTime } from "../../lib/format"
import type { SocialAccount } from "../../../shared/api-types"
import type { MetricSeries } from "../../../shared/post-types"
import { Figures } from "../figures"
import { FormSkeleton } from "../loading"

type AccountFiguresProps = { account: SocialAccount }

type AccountFiguresDrawerProps = {
  /** Whose figures are shown; null for none. */
  account: SocialAccount | null
  onClose: () => void
}

/** How an account's followers and the like have grown, in a drawer. */
export const AccountFiguresDrawer = ({
  account,
  onClose,
}: AccountFiguresDrawerProps) => (
  <Drawer
    open={account !== null}
    onOpenChange={(isOpen) => !isOpen && onClose()}
  >
    {account && (
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>Figures of {account.name}</Drawer.Title>
          <Drawer.Description>
            Read once a day, from the first post that goes out here.
          </Drawer.Description>
        </Drawer.Header>
        <Drawer.Body className="overflow-y-auto">
          <LoadedFigures account={account} />
        </Drawer.Body>
      </Drawer.Content>
    )}
  </Drawer>
)

const LoadedFigures = ({ account }: AccountFiguresProps) => {
  const { data, error } = useAccountMetrics(account.id)
  if (error) {
    return (
      <Text size="small" role="alert" className="text-ui-fg-subtle">
        The figures could not be loaded. {errorMessage(error)}
      </Text>
    )
  }
  if (!data) {
    return <FormSkeleton rows={2} />
  }
  return data.series.length > 0 ? (
    <Figures
      label={`Figures of ${account.name}`}
      series={data.series}
      when={formatDate}
    />
  ) : (
    <Text size="small" className="text-ui-fg-subtle">
      {firstFigures(data)}
    </Text>
  )
}

const firstFigures = ({ next_at }: MetricSeries): string =>
  next_at
    ? `The first figures come ${formatDateTime(next_at)}.`
    : "Nothing was published here yet. The first figures come an hour after the first post."
