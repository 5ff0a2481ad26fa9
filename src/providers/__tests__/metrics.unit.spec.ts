import { metricsOf } from "../metrics"

describe("figures", () => {
  it("are what a service has told, also as texts, and nothing that is no number", () => {
    expect(
      metricsOf({
        likes: 3,
        views: "1200",
        shares: 0,
        saves: undefined,
        clicks: null,
        reach: "",
        replies: "many",
        followers: Number.NaN,
        countries: { de: 5 },
      })
    ).toEqual([
      { name: "likes", value: 3 },
      { name: "views", value: 1200 },
      { name: "shares", value: 0 },
    ])
  })
})
