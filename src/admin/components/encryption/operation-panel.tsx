import { Table } from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { RunState } from "../../hooks/use-run"
import { type BatchTotals, verifiedValues } from "../../lib/batch-run"
import {
  type KeyOperation,
  OPERATIONS,
  summary,
  verifiedKind,
} from "../../lib/encryption-words"
import { humanize } from "../../lib/format"
import type {
  QuarantinedValue,
  VerifiedCount,
} from "../../../shared/encryption-types"
import { PlainTable } from "../plain-table"
import { RunProgress } from "./run-progress"
import { RunReport } from "./run-report"

type OperationPanelProps = {
  state: RunState<KeyOperation, BatchTotals>
  onStop: () => void
  onClose: () => void
}

/** The operation under way, or the report of the last one. */
export const OperationPanel = ({
  state,
  onStop,
  onClose,
}: OperationPanelProps) => {
  if (state.phase === "idle") {
    return null
  }
  const { operation, dryRun, total, totals } = state
  const title = `${OPERATIONS[operation].title}${dryRun ? " (dry run)" : ""}`

  if (state.phase === "running") {
    const isVerification = operation === "verify"
    return (
      <RunProgress
        key={title}
        title={title}
        done={isVerification ? verifiedValues(totals) : totals.examined}
        total={total}
        unit={isVerification ? "values" : "platforms"}
        isStopping={state.isStopping}
        onStop={onStop}
      />
    )
  }
  return (
    <RunReport
      key={`${title} report`}
      title={title}
      outcome={state.outcome}
      error={state.error}
      hasProblems={totals.quarantined.length > 0 || totals.skipped > 0}
      sentences={summary(operation, dryRun, state.outcome, totals)}
      onClose={onClose}
    >
      {totals.verified.length > 0 && <Verified counts={totals.verified} />}
      {totals.quarantined.length > 0 && (
        <Quarantined values={totals.quarantined} />
      )}
    </RunReport>
  )
}

const Verified = ({ counts }: { counts: VerifiedCount[] }) => (
  <PlainTable label="What was verified" columns={["Stored as", "Values"]}>
    {counts.map(({ format, key_version, values }) => (
      <Table.Row key={`${format}:${key_version}`}>
        <Table.Cell>{verifiedKind(format, key_version)}</Table.Cell>
        <Table.Cell>{values}</Table.Cell>
      </Table.Row>
    ))}
  </PlainTable>
)

const Quarantined = ({ values }: { values: QuarantinedValue[] }) => (
  <PlainTable
    label="Values that do not open"
    columns={["Stored in", "Secret", "Reason"]}
  >
    {values.map(({ table, row_id, field, code, message }) => (
      <Table.Row key={JSON.stringify([table, row_id, field])}>
        <Table.Cell className="whitespace-nowrap">
          {table === undefined ? (
            <Link
              to={`/social-platforms/${row_id}`}
              className="text-ui-fg-base underline underline-offset-2"
            >
              {row_id}
            </Link>
          ) : (
            `${table}, row ${row_id}`
          )}
        </Table.Cell>
        <Table.Cell className="whitespace-nowrap">{humanize(field)}</Table.Cell>
        <Table.Cell className="min-w-[280px] py-2">
          {message} <span className="font-mono">({code})</span>
        </Table.Cell>
      </Table.Row>
    ))}
  </PlainTable>
)
