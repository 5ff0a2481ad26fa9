import { Table, Text } from "@medusajs/ui"
import { figureInWords, figureNames, linePoints } from "../lib/figures"
import { humanize } from "../lib/format"
import type { MetricsAt } from "../../shared/post-types"
import { PlainTable } from "./plain-table"

type FiguresProps = {
  /** Whose they are, for who cannot see where they stand. */
  label: string
  series: MetricsAt[]
  /** When a row was read, in words. */
  when: (measuredAt: string) => string
}

/** Figures over time: how each stands and has moved, and the numbers. */
export const Figures = ({ label, series, when }: FiguresProps) => {
  const names = figureNames(series)
  const latest = series[series.length - 1]

  return (
    <div className="flex flex-col gap-y-4">
      <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
        {names.map((name) => (
          <li
            key={name}
            className="bg-ui-bg-subtle flex flex-col gap-y-1 rounded-lg p-3"
          >
            <Text size="xsmall" className="text-ui-fg-subtle">
              {humanize(name)}
            </Text>
            <Text weight="plus">{figureInWords(latest.values[name])}</Text>
            <Line values={series.flatMap(({ values }) => values[name] ?? [])} />
          </li>
        ))}
      </ul>
      <PlainTable label={label} columns={["Read", ...names.map(humanize)]}>
        {series.map(({ measured_at, values }) => (
          <Table.Row key={measured_at}>
            <Table.Cell className="whitespace-nowrap">
              {when(measured_at)}
            </Table.Cell>
            {names.map((name) => (
              <Table.Cell key={name}>{figureInWords(values[name])}</Table.Cell>
            ))}
          </Table.Row>
        ))}
      </PlainTable>
    </div>
  )
}

/** How a figure has moved; the table says the same in numbers. */
const Line = ({ values }: { values: number[] }) =>
  values.length < 2 ? null : (
    <svg
      aria-hidden
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      className="text-ui-fg-interactive h-8 w-full overflow-visible"
    >
      <polyline
        points={linePoints(values)
          .map(([x, y]) => `${x},${y}`)
          .join(" ")}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
