import { chosenFor, withChosen } from "../chosen-options"

const option = (value: string) => ({ value, label: value.toUpperCase() })

describe("what a search offers", () => {
  it("keeps in sight what is chosen, and shows nothing twice", () => {
    expect(
      withChosen([option("b"), option("a")], [option("a"), option("c")])
    ).toEqual([option("b"), option("a"), option("c")])
  })
})

describe("a list that depends on other settings", () => {
  const lookups = [
    { name: "flairs", depends_on: ["subreddit", "kind"] },
    { name: "subreddits", depends_on: [] },
  ]

  it("gets what is chosen of those, and nothing else", () => {
    const chosen = { subreddit: "scarves", title: "Autumn" }
    expect(chosenFor(lookups, "flairs", chosen)).toEqual({
      subreddit: "scarves",
    })
    expect(chosenFor(lookups, "subreddits", chosen)).toEqual({})
    expect(chosenFor(lookups, "unknown", chosen)).toEqual({})
  })
})
