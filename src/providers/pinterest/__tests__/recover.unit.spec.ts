import {
  type PinterestSimulator,
  startPinterest,
} from "../../../../sandbox/networks/pinterest/server"
import {
  AUTUMN,
  SCARVES,
  type StoredPin,
  USER,
} from "../../../../sandbox/networks/pinterest/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  createTestContext,
  createTestJob,
  type LostCall,
  type TestJobOptions,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { pinterestProvider } from "../provider"

let pinterest: PinterestSimulator

beforeAll(async () => {
  pinterest = await startPinterest(0)
})
afterAll(() => pinterest.close())
beforeEach(() => pinterest.reset())

const createContext = () =>
  createTestContext(pinterestProvider, {
    settings: { base_url: pinterest.url },
    credentials: pinterest.makeTokens(),
  })

const LINK = {
  url: "https://shop.example.com/scarf",
  title: null,
  description: null,
  image: null,
}

/** Publishes, and loses the response, or the request before it was carried out. */
const lose = async (
  kind: "drop_reply" | "drop_request",
  options: TestJobOptions = {}
): Promise<LostCall> => {
  const job = createTestJob({
    account: { external_id: USER.id },
    parts: [{ text: "Warm and light.", media: [testMedia()] }],
    settings: { board: AUTUMN },
    link: LINK,
    ...options,
  })
  pinterest.fault({ method: "POST", path: /^\/v5\/pins$/, kind })
  await pinterestProvider.publish!(createContext(), job).catch(() => undefined)
  return job.lost()
}

const recover = (lost: LostCall) =>
  pinterestProvider.recover!(createContext(), lost)

/** When Pinterest's list has all that there is. */
const later = (lost: LostCall): LostCall => ({
  ...lost,
  armed_at: new Date(lost.armed_at.getTime() - 3 * 60_000),
})

const addPins = (count: number, own: Partial<StoredPin> = {}) => {
  const { pins } = pinterest.state
  const [like] = pins
  pins.push(
    ...Array.from({ length: count }, (_, index) => ({
      ...like,
      id: `1${index}`,
      title: "Another",
      link: `https://shop.example.com/${index}`,
      ...own,
    }))
  )
}

describe("a pin whose response got lost", () => {
  it.each([
    ["by its link", {}],
    [
      "in its section",
      { settings: { board: AUTUMN, section: `${AUTUMN}/${SCARVES}` } },
    ],
    ["by what it says, without a link", { link: null }],
  ])("is found %s", async (_, options) => {
    const lost = await lose("drop_reply", options)
    const [{ id }] = pinterest.posts()
    expect(await recover(lost)).toEqual({
      outcome: "published",
      ref: { external_id: id, url: `${pinterest.url}/pin/${id}/` },
    })
  })

  it("is found by its images' links, where Pinterest shows a carousel with none of its own", async () => {
    const lost = await lose("drop_reply", {
      parts: [{ text: "Warm and light.", media: [testMedia(), testMedia()] }],
    })
    const [pin] = pinterest.posts()
    pin.link = null
    expect(await recover(lost)).toMatchObject({
      outcome: "published",
      ref: { external_id: pin.id },
    })
  })

  it("is found wherever on the board it has been moved to", async () => {
    const lost = await lose("drop_reply")
    const [ours] = pinterest.posts()
    addPins(600)
    pinterest.state.pins = [...pinterest.posts().slice(1), ours]
    ours.title = "Edited meanwhile"
    expect(await recover(lost)).toMatchObject({ outcome: "published" })
    expect(countRequests(pinterest, "GET", /pins$/)).toBe(3)
  })

  it("is looked for again for a while, and then surely not out", async () => {
    const lost = await lose("drop_request")
    expect(await recover(lost)).toMatchObject({ outcome: "ask_again" })
    expect(await recover(later(lost))).toEqual({
      outcome: "not_published",
      because: "listing",
    })
  })

  it("is not taken for another one of the same product, or with the same text", async () => {
    await lose("drop_reply", { key: "earlier" })
    await lose("drop_reply", { key: "earlier-without-link", link: null })
    for (const link of [LINK, null]) {
      const lost = await lose("drop_request", { link, key: "ours" })
      expect(await recover(later(lost))).toMatchObject({
        outcome: "not_published",
      })
    }
  })

  it("is left to a person on a board that is too large to be looked through", async () => {
    const lost = await lose("drop_reply")
    pinterest.fault({
      path: /pins$/,
      kind: "reply",
      times: 100,
      reply: {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ items: [], bookmark: "more" }),
      },
    })
    pinterest.requests.length = 0
    expect(await recover(later(lost))).toEqual({ outcome: "unknown" })
    expect(pinterest.requests).toHaveLength(20)
  })

  it("is taken for ours by a time that Pinterest gives in UTC without saying so", async () => {
    const lost = await lose("drop_reply", { link: null })
    pinterest.posts()[0].created_at = "2020-01-01T00:00:00"
    expect(await recover(later(lost))).toMatchObject({
      outcome: "not_published",
    })
  })
})
