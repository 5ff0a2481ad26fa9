import type { BatchTotals } from "../batch-run"
import { confirmation, summary } from "../encryption-words"
import { importConfirmation, importSummary } from "../import-words"

const totals = (rest: Partial<BatchTotals> = {}): BatchTotals => ({
  examined: 3,
  changed: 2,
  skipped: 0,
  quarantined: [],
  verified: [],
  ...rest,
})

const damaged = {
  row_id: "splat_1",
  field: "access_token",
  code: "wrong_key",
  message: "No.",
}

const imported = {
  examined: 5,
  imported: 3,
  unchanged: 1,
  created_platforms: 2,
  failed: [{ row: 4, code: "foreign_malformed", message: "No." }],
}

describe("the words of an operation on stored secrets", () => {
  it("say before a write how much it changes and what it leaves alone", () => {
    const { description } = confirmation(
      "re-encrypt",
      totals({ quarantined: [damaged] }),
      2
    )
    expect(description).toContain(
      "2 platforms will be encrypted anew under key version 2"
    )
    expect(description).toContain(
      "1 value does not open and will be left as it is."
    )
    expect(confirmation("seal-plaintext", totals(), 2).description).toContain(
      "the plaintext erased"
    )
  })

  it("never claim a change for a dry run", () => {
    expect(summary("re-encrypt", true, "complete", totals())).toEqual([
      "2 platforms would be re-encrypted. Nothing was changed yet.",
    ])
    expect(
      summary("seal-plaintext", true, "complete", totals({ changed: 0 }))
    ).toEqual(["There is nothing that could be sealed."])
    expect(importSummary(true, "complete", imported)[0]).toMatch(
      /Nothing was changed yet/
    )
  })

  it("explain values that are counted and cannot be re-encrypted", () => {
    const nothing = totals({ examined: 0, changed: 0 })
    expect(summary("re-encrypt", true, "complete", nothing)).toEqual([
      "There is nothing that could be re-encrypted.",
      expect.stringMatching(/connections that are being made/),
    ])
    expect(summary("seal-plaintext", true, "complete", nothing)).toHaveLength(1)
  })

  it("say what was skipped, left alone and not reached", () => {
    expect(
      summary(
        "re-encrypt",
        false,
        "stopped",
        totals({ skipped: 1, quarantined: [damaged] })
      )
    ).toEqual([
      "2 platforms re-encrypted.",
      "1 platform skipped, because somebody else wrote to it at that moment. Start again to go over it.",
      "1 value does not open and is left alone.",
      "Not everything was gone over. Start again to go on.",
    ])
  })

  it("count as opened only what was encrypted", () => {
    const verified = [
      { format: 2, key_version: 2, values: 4 },
      { format: 0, key_version: null, values: 1 },
    ]
    expect(summary("verify", false, "complete", totals({ verified }))[0]).toBe(
      "All 4 secrets can be decrypted."
    )
  })

  it("say before an import what is created, replaced and left out", () => {
    const { title, description } = importConfirmation(imported, true)
    expect(title).toBe("Import 3 values?")
    expect(description).toContain("Where no platform fits, one is created (2).")
    expect(description).toContain(
      "Secrets that are stored already are replaced."
    )
    expect(description).toContain("1 row will be left out")
    expect(importConfirmation(imported, false).description).not.toContain(
      "replaced"
    )
  })

  it("say after an import what became of each row", () => {
    expect(importSummary(false, "complete", imported)).toEqual([
      "3 values imported.",
      "2 platforms created.",
      "1 value is here already.",
      "1 row cannot be imported; see below.",
    ])
  })
})
