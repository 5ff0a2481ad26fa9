import { storySuite } from "./story"
import { createWorld } from "./support/world"

jest.setTimeout(90_000)

/*
 * One spec file: a store takes a minute to start, and each spec file would
 * start one of its own.
 */
describe("the dashboard", () => {
  const world = createWorld()

  describe("the first hour of a merchant", () => storySuite(world))
})
