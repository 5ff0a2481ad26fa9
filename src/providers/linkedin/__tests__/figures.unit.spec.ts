import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../../../sandbox/networks/linkedin/server"
import { linkedinProvider } from "../provider"
import {
  contextFor,
  jobOf,
  page,
  profile,
  work as workOn,
} from "./support/harness"

let linkedin: LinkedInSimulator

beforeAll(async () => {
  linkedin = await startLinkedIn(0)
})
afterAll(() => linkedin.close())
beforeEach(() => {
  linkedin.reset()
  linkedin.state.processing_ms = 0
})

const createContext = (publishes_on?: string) =>
  contextFor(linkedin, publishes_on)

const work = (job = jobOf(), context = createContext()) => workOn(job, context)

describe("what is out", () => {
  const publishOne = async (account = page, parts = [{ text: "Post" }]) => {
    const job = jobOf({ account, parts })
    await work(job)
    return { job, refs: job.parts.map(({ published }) => published!) }
  }

  it("has figures: of a page's post, of a profile's, and of the accounts", async () => {
    const context = createContext()
    const ofPage = await publishOne()
    expect(
      await linkedinProvider.fetchPostMetrics!(
        context,
        ofPage.job.account,
        ofPage.refs[0]
      )
    ).toEqual([
      { name: "impressions", value: 420 },
      { name: "reach", value: 300 },
      { name: "clicks", value: 12 },
      { name: "likes", value: 7 },
      { name: "comments", value: 0 },
      { name: "shares", value: 1 },
    ])
    const ofProfile = await publishOne(profile, [{ text: "Mine" }])
    const figures = await linkedinProvider.fetchPostMetrics!(
      context,
      ofProfile.job.account,
      ofProfile.refs[0]
    )
    expect(figures).toContainEqual({ name: "impressions", value: 90 })
    expect(
      await linkedinProvider.fetchPostMetrics!(
        createContext("profile"),
        ofProfile.job.account,
        ofProfile.refs[0]
      )
    ).toEqual([])
    const followers = async (account: typeof ofPage.job.account) =>
      (await linkedinProvider.fetchAccountMetrics!(context, account)).find(
        ({ name }) => name === "followers"
      )?.value
    expect(await followers(ofPage.job.account)).toBe(128)
    expect(await followers(ofProfile.job.account)).toBe(64)
  })

  it("is removed, comments first, however often LinkedIn is asked", async () => {
    const context = createContext()
    const { job, refs } = await publishOne(page, [
      { text: "Post" },
      { text: "Comment" },
    ])
    const [post, comment] = refs
    await linkedinProvider.remove!(context, job.account, comment)
    expect(linkedin.state.comments).toEqual([])
    await linkedinProvider.remove!(context, job.account, post)
    await linkedinProvider.remove!(context, job.account, post)
    expect(linkedin.posts()).toEqual([])
    expect(
      await linkedinProvider.fetchPostState!(context, job.account, post)
    ).toEqual({ state: "gone" })
  })

  it.each([
    [
      "https://www.linkedin.com/feed/update/urn:li:share:12/",
      "urn:li:share:12",
    ],
    [
      "https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A12?x=1",
      "urn:li:ugcPost:12",
    ],
    [
      "https://www.linkedin.com/posts/adas-shop_scarf-activity-7123-aB1c",
      "urn:li:activity:7123",
    ],
    [
      "https://www.linkedin.com/posts/adas-shop_scarf-share-7123-aB1c",
      "urn:li:share:7123",
    ],
    ["https://www.linkedin.com/company/adas-shop/", null],
  ])("is known by its address %s", (url, id) => {
    expect(linkedinProvider.readPermalink!(jobOf().account, url)).toBe(id)
  })
})
