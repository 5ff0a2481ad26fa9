import { countXWeighted } from "../../shared/post-rules/x-weighted"
import { checkPost } from "../../shared/post-rules/check"
import { BUILT_IN_PROVIDERS } from "../catalog"
import { type Breach, breachesOf, NETWORK } from "./support/breaches"

/** The networks that say what they take, in every place they take it. */
const NETWORKS = BUILT_IN_PROVIDERS.flatMap((provider) => {
  const { description, limits, placements, publish } = provider
  if (!limits || !publish) {
    return []
  }
  const places = placements?.map(({ value }) => value) ?? ["feed"]
  const stated = places.flatMap((placement) =>
    ["profile", "page"].map((kind) =>
      limits({ kind, facts: {} }, { placement, settings: {} })
    )
  )
  // Most networks take the same on every kind of account.
  const different = new Map(stated.map((one) => [JSON.stringify(one), one]))
  const breaches = [...different.values()].flatMap(breachesOf)
  return [{ network: description.identifier, breaches }]
})

/** What a breach's sentence leaves out; undefined where it says everything. */
const missingIn = ({ code, draft, limits, says }: Breach) => {
  const sentences = checkPost(draft, limits, NETWORK, countXWeighted)
    .filter((violation) => violation.code === code)
    .map(({ message }) => message)
  const isSaid = sentences.some((sentence) =>
    says.every((words) => sentence.includes(words))
  )
  return isSaid ? undefined : { code, says, sentences }
}

describe("what a merchant is told of a post that a network does not take", () => {
  it.each(NETWORKS)(
    "names the file, the rule and the measure: $network",
    ({ breaches }) => {
      // A text and a file can at least be too long and too large.
      expect(breaches.length).toBeGreaterThan(5)
      expect(breaches.map(missingIn).filter(Boolean)).toEqual([])
    }
  )

  it("is known of every network that posts", () => {
    expect(NETWORKS.length).toBeGreaterThanOrEqual(17)
  })
})
