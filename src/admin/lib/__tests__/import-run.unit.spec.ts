import type { ImportReport, ImportRow } from "../../../shared/import-rows"
import { IMPORT_CHUNK, importSteps, numberRows } from "../import-run"
import { runSteps } from "../run-steps"

const rowsOf = (count: number): ImportRow[] =>
  Array.from({ length: count }, (_, index) => ({
    provider: "sandbox",
    value: `value ${index}`,
  }))

const run = (
  count: number,
  problems: number[],
  send: (rows: ImportRow[]) => Partial<ImportReport>
) =>
  runSteps(
    importSteps(
      numberRows(
        rowsOf(count),
        problems.map((row) => ({ row }))
      ),
      async (rows) => ({
        examined: rows.length,
        imported: rows.length,
        unchanged: 0,
        created_platforms: 0,
        failed: [],
        ...send(rows),
      })
    ),
    { shouldStop: () => false, onProgress: () => undefined }
  )

describe("an import in chunks", () => {
  it("numbers rows as the file does, unreadable ones between them included", () => {
    const numbered = numberRows(rowsOf(3), [{ row: 1 }, { row: 3 }, { row: 4 }])
    expect(numbered.map(({ row }) => row)).toEqual([2, 5, 6])
  })

  it("sends every row once, a chunk at a time, and adds up the reports", async () => {
    const sent: ImportRow[][] = []
    const count = 2 * IMPORT_CHUNK + 1
    const { outcome, totals } = await run(count, [], (rows) => {
      sent.push(rows)
      return { created_platforms: 1 }
    })
    expect(sent.map(({ length }) => length)).toEqual([
      IMPORT_CHUNK,
      IMPORT_CHUNK,
      1,
    ])
    expect(sent.flat()).toEqual(numberRows(rowsOf(count), []))
    expect(outcome).toBe("complete")
    expect(totals).toMatchObject({
      examined: count,
      imported: count,
      created_platforms: 3,
    })
  })

  it("ends with a chunk that is exactly full", async () => {
    let requests = 0
    await run(IMPORT_CHUNK, [], () => {
      requests += 1
      return {}
    })
    expect(requests).toBe(1)
  })

  it("keeps the errors of all chunks, under the rows' numbers in the file", async () => {
    const { totals } = await run(IMPORT_CHUNK + 2, [2], ([first]) => ({
      failed: [
        { row: first.row ?? 0, code: "foreign_malformed", message: "No." },
      ],
    }))
    expect(totals.failed.map(({ row }) => row)).toEqual([1, IMPORT_CHUNK + 2])
  })
})
