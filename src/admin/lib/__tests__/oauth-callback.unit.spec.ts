import { exchangeOnce, readCallbackParams } from "../oauth-callback"

describe("the OAuth callback", () => {
  it("reads the parameters that the API takes, and nothing else", () => {
    expect(readCallbackParams("#code=c&state=s&iss=i&other=x")).toEqual({
      code: "c",
      state: "s",
      iss: "i",
    })
  })

  it("has nothing to exchange without a code or without a state", () => {
    expect(readCallbackParams("")).toBeNull()
    expect(readCallbackParams("#state=s")).toBeNull()
    expect(readCallbackParams("#code=c")).toBeNull()
  })

  it("keeps a refusal, also one without a state", () => {
    expect(readCallbackParams("#error=access_denied")).toEqual({
      error: "access_denied",
    })
  })

  it("exchanges one state once, and gives every caller that outcome", async () => {
    const exchange = jest.fn(async () => "connected")

    const outcomes = await Promise.all([
      exchangeOnce("state-1", exchange),
      exchangeOnce("state-1", exchange),
    ])

    expect(outcomes).toEqual(["connected", "connected"])
    expect(exchange).toHaveBeenCalledTimes(1)
  })
})
