import { withChosen } from "../chosen-options"

const option = (value: string) => ({ value, label: value.toUpperCase() })

describe("what a search offers", () => {
  it("keeps in sight what is chosen, and shows nothing twice", () => {
    expect(
      withChosen([option("b"), option("a")], [option("a"), option("c")])
    ).toEqual([option("b"), option("a"), option("c")])
  })
})
