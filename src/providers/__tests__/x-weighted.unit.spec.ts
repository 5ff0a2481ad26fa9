import type * as Provider from "../../provider"

describe("the entry for providers", () => {
  it("loads what X's counting takes with the first count", () => {
    const loaded = jest.fn()
    jest.isolateModules(() => {
      jest.doMock("twitter-text", () => {
        loaded()
        return jest.requireActual<object>("twitter-text")
      })
      const { countXWeighted } =
        jest.requireActual<typeof Provider>("../../provider")
      expect(loaded).not.toHaveBeenCalled()
      expect(
        countXWeighted("See https://example.com/a/rather/long/address")
      ).toBe(27)
      expect(loaded).toHaveBeenCalledTimes(1)
    })
    jest.dontMock("twitter-text")
  })
})
