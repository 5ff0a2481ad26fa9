import { runKillDrill } from "./support/kill-drill"

jest.setTimeout(3_600_000)

/** Kills that a run makes; more than there are boundaries makes it a long one. */
const KILLS = Number(process.env.KILL_DRILL_KILLS ?? 150)

describe("a worker that is killed while it publishes", () => {
  it("leaves each part of its publications public at most once, and tells what nobody can know, at every network and wherever it stood", async () => {
    const { networks, ...run } = await runKillDrill(KILLS)
    const total = (count: (network: (typeof networks)[number]) => number) =>
      networks.reduce((sum, network) => sum + count(network), 0)
    console.info(
      `[kill drill] ${JSON.stringify(run)}\n${networks.map((one) => JSON.stringify(one)).join("\n")}`
    )

    expect(networks.flatMap((one) => one.published_twice)).toEqual([])
    expect(networks.flatMap((one) => one.lost)).toEqual([])
    expect(total(({ kills }) => kills)).toBe(KILLS)
    // One of each was published without a disturbance.
    expect(total(({ published, unknown }) => published + unknown)).toBe(
      total(({ kills, faults }) => kills + faults + 1)
    )
  })
})
