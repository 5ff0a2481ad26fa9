import { Table } from "@medusajs/ui"
import type { ReactNode } from "react"

type PlainTableProps = {
  label: string
  columns: string[]
  children: ReactNode
}

/** A small table that scrolls sideways where it does not fit, with the keyboard too. */
export const PlainTable = ({ label, columns, children }: PlainTableProps) => (
  <div
    role="region"
    aria-label={label}
    tabIndex={0}
    className="max-h-[480px] overflow-auto"
  >
    <Table>
      <Table.Header>
        <Table.Row>
          {columns.map((column) => (
            <Table.HeaderCell
              key={column}
              scope="col"
              className="whitespace-nowrap"
            >
              {column}
            </Table.HeaderCell>
          ))}
        </Table.Row>
      </Table.Header>
      <Table.Body className="border-b-0 [&_tr:last-child]:border-b-0">
        {children}
      </Table.Body>
    </Table>
  </div>
)
