import { runKillDrill } from "./support/kill-drill"

jest.setTimeout(3_600_000)

/** Kills that a run makes at the least; more makes it a long one. */
const KILLS = Number(process.env.KILL_DRILL_KILLS ?? 80)

describe("a worker that is killed while it publishes", () => {
  it.each([
    { service: "that lists what it has", provider: "gallery" },
    {
      service: "that cannot be asked",
      provider: "gallery-without-listing",
    },
  ])(
    "leaves each part of its publications public at most once, at a service $service, wherever it stood",
    async ({ provider }) => {
      const summary = await runKillDrill({ provider, kills: KILLS / 2 })
      console.info(`[kill drill] ${JSON.stringify(summary)}`)

      expect(summary.publishedTwice).toEqual([])
      expect(summary.lost).toEqual([])
      expect(summary.kills).toBeGreaterThanOrEqual(KILLS / 2)
    }
  )
})
