import type { BatchReport } from "../../../shared/encryption-types"
import { batchSteps, verifiedValues } from "../batch-run"
import { runSteps } from "../run-steps"

const report = (rest: Partial<BatchReport>): BatchReport => ({
  examined: 1,
  changed: 1,
  skipped: 0,
  quarantined: [],
  next: null,
  ...rest,
})

const damaged = (row_id: string) => ({
  row_id,
  field: "access_token",
  code: "wrong_key",
  message: "It does not open.",
})

/** Answers with these reports in turn, and remembers where each batch began. */
const serve = (reports: (BatchReport | Error)[]) => {
  const asked: (string | undefined)[] = []
  const steps = batchSteps(async (after) => {
    const answer = reports[asked.length]
    asked.push(after)
    if (answer instanceof Error) {
      throw answer
    }
    return answer
  })
  return { asked, steps }
}

describe("a run over everything stored", () => {
  it("goes on from each batch to the next, and adds up what they did", async () => {
    const { asked, steps } = serve([
      report({ examined: 2, changed: 2, next: "splat_2" }),
      report({
        examined: 2,
        changed: 0,
        skipped: 1,
        quarantined: [damaged("splat_3")],
        next: "splat_4",
      }),
      report({}),
    ])
    const progress: number[] = []
    const result = await runSteps(steps, {
      shouldStop: () => false,
      onProgress: ({ examined }) => progress.push(examined),
    })

    expect(asked).toEqual([undefined, "splat_2", "splat_4"])
    expect(progress).toEqual([2, 4, 5])
    expect(result).toEqual({
      outcome: "complete",
      totals: {
        examined: 5,
        changed: 3,
        skipped: 1,
        quarantined: [damaged("splat_3")],
        verified: [],
      },
    })
  })

  it("stops between two batches and keeps the report of what was done", async () => {
    const { asked, steps } = serve([
      report({ next: "splat_1" }),
      report({ next: "splat_2" }),
    ])
    const result = await runSteps(steps, {
      shouldStop: () => asked.length === 1,
      onProgress: () => undefined,
    })
    expect(asked).toHaveLength(1)
    expect(result).toMatchObject({ outcome: "stopped", totals: { changed: 1 } })
  })

  it("ends with what was done when a batch fails", async () => {
    const failure = new Error("away")
    const { steps } = serve([report({ next: "splat_1" }), failure])
    const result = await runSteps(steps, {
      shouldStop: () => false,
      onProgress: () => undefined,
    })
    expect(result).toMatchObject({
      outcome: "failed",
      error: failure,
      totals: { changed: 1 },
    })
  })

  it("counts what it verified by format and key, over all batches", async () => {
    const { steps } = serve([
      report({
        verified: [{ format: 1, key_version: 1, values: 2 }],
        next: "splat_1",
      }),
      report({
        verified: [
          { format: 1, key_version: 1, values: 3 },
          { format: 0, key_version: null, values: 1 },
          { format: 2, key_version: 2, values: 4 },
        ],
        quarantined: [damaged("splat_2")],
      }),
    ])
    const { totals } = await runSteps(steps, {
      shouldStop: () => false,
      onProgress: () => undefined,
    })
    expect(totals.verified).toEqual([
      { format: 2, key_version: 2, values: 4 },
      { format: 1, key_version: 1, values: 5 },
      { format: 0, key_version: null, values: 1 },
    ])
    expect(verifiedValues(totals)).toBe(11)
  })
})
