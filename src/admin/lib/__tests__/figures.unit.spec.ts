import { ageInWords, figureNames, linePoints } from "../figures"

describe("figures", () => {
  it("are named once, in the order in which they were told", () => {
    expect(
      figureNames([
        { measured_at: "2026-01-01T00:00:00Z", values: { views: 1 } },
        { measured_at: "2026-01-02T00:00:00Z", values: { likes: 1, views: 2 } },
      ])
    ).toEqual(["views", "likes"])
    expect(figureNames([])).toEqual([])
  })

  it("tell their age in hours, then in days", () => {
    const at = (hours: number) =>
      new Date(Date.UTC(2026, 0, 1, hours, 3)).toISOString()
    const published = "2026-01-01T00:00:00.000Z"
    expect(
      [1, 6, 24, 7 * 24, 28 * 24].map((h) => ageInWords(at(h), published))
    ).toEqual([
      "after 1 hour",
      "after 6 hours",
      "after 24 hours",
      "after 7 days",
      "after 28 days",
    ])
  })

  it("draw a line from the first to the last, between the lowest and the highest", () => {
    expect(linePoints([10, 30, 20])).toEqual([
      [0, 100],
      [50, 0],
      [100, 50],
    ])
    expect(linePoints([4, 4])).toEqual([
      [0, 50],
      [100, 50],
    ])
    expect(linePoints([4])).toEqual([[50, 50]])
  })
})
