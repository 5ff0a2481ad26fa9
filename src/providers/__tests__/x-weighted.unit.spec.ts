import { countXWeighted } from "../../provider"

const mockLoaded = jest.fn()

jest.mock("twitter-text", () => {
  mockLoaded()
  return jest.requireActual<object>("twitter-text")
})

describe("the entry for providers", () => {
  it("loads what X's counting takes with the first count", () => {
    expect(mockLoaded).not.toHaveBeenCalled()
    expect(
      countXWeighted("See https://example.com/a/rather/long/address")
    ).toBe(27)
    expect(mockLoaded).toHaveBeenCalledTimes(1)
  })
})
