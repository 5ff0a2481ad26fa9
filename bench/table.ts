/**
 * Prints a table with the first column to the left and numbers to the right.
 *
 * @param title - above it
 * @param head - column names
 * @param rows - cells
 */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[]
): void {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column].length))
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])
      )
      .join("  ")

  console.log([title, line(head), ...rows.map(line), ""].join("\n"))
}
