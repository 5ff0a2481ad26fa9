import { Table } from "@medusajs/ui"
import type { ImportReport } from "../../../shared/import-rows"
import type { RunState } from "../../hooks/use-run"
import { importSummary } from "../../lib/import-words"
import { PlainTable } from "../plain-table"
import { RunProgress } from "./run-progress"
import { RunReport } from "./run-report"

type ImportPanelProps = {
  state: RunState<"import-fernet", ImportReport>
  onStop: () => void
  onClose: () => void
}

/** The import under way, or the report of the last one. */
export const ImportPanel = ({ state, onStop, onClose }: ImportPanelProps) => {
  if (state.phase === "idle") {
    return null
  }
  const { dryRun, total, totals } = state
  const title = dryRun ? "Import (dry run)" : "Import"

  if (state.phase === "running") {
    return (
      <RunProgress
        key={title}
        title={title}
        done={totals.examined}
        total={total}
        unit="rows"
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
      hasProblems={totals.failed.length > 0}
      sentences={importSummary(dryRun, state.outcome, totals)}
      onClose={onClose}
    >
      {totals.failed.length > 0 && (
        <RowProblems
          label="Rows that are not imported"
          problems={totals.failed}
        />
      )}
    </RunReport>
  )
}

type RowProblemsProps = {
  label: string
  problems: { row: number; message: string; code?: string }[]
}

/** Rows of a file, each with what is wrong with it. */
export const RowProblems = ({ label, problems }: RowProblemsProps) => (
  <PlainTable label={label} columns={["Row", "What is wrong"]}>
    {problems.map(({ row, message, code }) => (
      <Table.Row key={row}>
        <Table.Cell>{row}</Table.Cell>
        <Table.Cell className="min-w-[280px] py-2">
          {message} {code && <span className="font-mono">({code})</span>}
        </Table.Cell>
      </Table.Row>
    ))}
  </PlainTable>
)
