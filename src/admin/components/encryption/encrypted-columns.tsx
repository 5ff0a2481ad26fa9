import { Table } from "@medusajs/ui"
import type { EncryptionStatus } from "../../../shared/encryption-types"
import { columnState } from "../../lib/encryption-words"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { PlainTable } from "../plain-table"

type EncryptedColumnsProps = { columns: EncryptionStatus["columns"] }

const numbers = new Intl.NumberFormat()

/** Columns of the application's own tables that every operation on keys takes in. */
export const EncryptedColumns = ({ columns }: EncryptedColumnsProps) => (
  <Section title="Columns of your own tables">
    <PlainTable
      label="Columns of your own tables"
      columns={["Column", "State", "Encrypted", "Not encrypted"]}
    >
      {columns.map((entry) => (
        <Table.Row key={JSON.stringify([entry.table, entry.column])}>
          <Table.Cell className="whitespace-nowrap">
            <code className="text-ui-fg-base font-mono">
              {entry.table}.{entry.column}
            </code>
          </Table.Cell>
          <Table.Cell className="whitespace-nowrap">
            <StateBadge badge={columnState(entry)} fallback="" />
          </Table.Cell>
          <Table.Cell>{counted(entry, entry.envelopes)}</Table.Cell>
          <Table.Cell>{counted(entry, entry.others)}</Table.Cell>
        </Table.Row>
      ))}
    </PlainTable>
  </Section>
)

const counted = (
  { is_missing }: EncryptionStatus["columns"][number],
  values: number
): string => (is_missing ? "–" : numbers.format(values))
