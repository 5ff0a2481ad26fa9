import { mkdirSync } from "node:fs"
import path from "node:path"
import type { Page } from "playwright-core"
import { type Store, startStore } from "./store"
import { openVisitor, type Tab, type Visitor } from "./browser-session"

const failures = path.resolve(__dirname, "../../../.data/test/e2e")

/** Starting includes building the dashboard, the first time. */
const START_TIMEOUT_MS = 300_000

/** What the suites share: one store, and for each test a tab of its own. */
export interface World {
  store: Store
  visitor: Visitor
  tab: Tab
  page: Page
}

/** Starts the store and the browser for the tests of a spec file. */
export const createWorld = (): World => {
  const world = {} as World

  beforeAll(async () => {
    world.store = await startStore()
    world.visitor = await openVisitor(world.store)
  }, START_TIMEOUT_MS)

  afterAll(async () => {
    await world.visitor?.close()
    await world.store?.stop()
  }, START_TIMEOUT_MS)

  beforeEach(async () => {
    await world.store.reset()
    world.tab = await world.visitor.newTab()
    world.page = world.tab.page
  })

  afterEach(async () => {
    await world.page?.close()
  })

  return world
}

/**
 * A test in the browser. It fails too when the page's own code crashes, and
 * leaves a picture of the page when it fails.
 */
export const scene = (
  world: World,
  title: string,
  play: () => Promise<void>
): void => {
  it(title, async () => {
    try {
      await play()
      expect(world.tab.crashes).toEqual([])
    } catch (error) {
      mkdirSync(failures, { recursive: true })
      const name = title.replace(/[^a-z0-9]+/gi, "-").toLowerCase()
      await world.page
        .screenshot({ path: path.join(failures, `${name}.png`) })
        .catch(() => undefined)
      throw error
    }
  })
}
