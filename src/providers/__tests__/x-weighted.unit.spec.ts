import type * as Provider from "../../provider"

/** Of the framework's, which takes long to load a second time. */
const zod = jest.requireActual<object>("@medusajs/framework/zod")

describe("the entry for providers", () => {
  it("loads what X's counting takes with the first count", () => {
    const loaded = jest.fn()
    jest.isolateModules(() => {
      jest.doMock("@medusajs/framework/zod", () => zod)
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
    jest.dontMock("twitter-text").dontMock("@medusajs/framework/zod")
  })
})
