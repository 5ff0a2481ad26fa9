import { startLinkedIn } from "../../../../sandbox/networks/linkedin/server"
import type { LinkedInSimulator } from "../../../../sandbox/networks/linkedin/server"
import { createTestContext, type TestJobOptions } from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { isOwn, linkedinDescription } from "../description"
import { linkedinProvider } from "../provider"
import {
  contextFor,
  failureOf,
  jobOf,
  page,
  profile,
  work,
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

const contextWith = (settings: Record<string, unknown>) =>
  createTestContext(linkedinProvider, {
    settings: { base_url: linkedin.url, ...settings },
    credentials: { access_token: linkedin.makeToken() },
  })

describe("what LinkedIn documents nowhere", () => {
  const takenWith = async (settings: Record<string, unknown>) => {
    const { account } = jobOf()
    const facts = await linkedinProvider.fetchFacts!(
      contextWith({ publishes_on: "profile and pages", ...settings }),
      account
    )
    const { quotas, limits } = linkedinProvider
    if (typeof quotas !== "function") {
      throw new Error("LinkedIn's quotas depend on the account.")
    }
    const [{ count }] = quotas({ kind: "page", facts })
    const { parts } = limits!(
      { kind: "page", facts },
      { placement: "", settings: {} }
    )
    return { posts: count, characters: parts.text?.[0].max }
  }

  it("is a setting for the posts of a day and the length of a comment", async () => {
    expect(await takenWith({})).toEqual({ posts: 150, characters: 1250 })
    expect(
      await takenWith({ posts_a_day: "25", comment_characters: "3000" })
    ).toEqual({ posts: 25, characters: 3000 })
  })

  it.each([
    [{}, 10],
    [{ file_wait_seconds: "90" }, 90],
  ])("is a setting for the wait for a profile's files: %j", async (own, s) => {
    const job = jobOf({
      account: profile,
      parts: [{ text: "Scarf", media: [testMedia({ name: "scarf" })] }],
    })
    const before = Date.now()
    const progress = await work(job, contextWith(own))
    const until = (progress as { until: Date }).until.getTime()
    expect(until - before).toBeGreaterThanOrEqual(s * 1000)
    expect(until - before).toBeLessThan(s * 1000 + 5_000)
  })

  it.each([
    [{}, "https://www.linkedin.com/oauth/v2/revoke"],
    [{ revocation_endpoint: "" }, "https://www.linkedin.com/oauth/v2/revoke"],
    [
      { revocation_endpoint: "https://api.example.com/end" },
      "https://api.example.com/end",
    ],
  ])("is a setting for where access is ended: %j", (settings, address) => {
    const { revocation_endpoint } = linkedinDescription.oauth2!.server(settings)
    expect(revocation_endpoint).toBe(address)
  })
})

describe("the token", () => {
  it.each([
    [{}, "https://www.linkedin.com/dms-uploads/1", true],
    [{}, "https://api.linkedin.com/mediaUpload/1", true],
    [{}, "https://media.example.com/dms-uploads/1", false],
    [{ base_url: "http://localhost:1" }, "http://localhost:1/dms", true],
    [
      { base_url: "http://localhost:1" },
      "https://www.linkedin.com/dms-uploads/1",
      false,
    ],
  ])("with %j goes along with a file to %s: %s", (settings, address, goes) => {
    expect(isOwn(settings, address)).toBe(goes)
  })
})

describe("a post that is shared again", () => {
  const shareFirst = async (own: TestJobOptions = {}) => {
    const context = contextFor(linkedin)
    const original = jobOf({ key: "original", parts: [{ text: "New hats" }] })
    await work(original, context)
    const { url } = original.parts[0].published!
    const job = jobOf({
      account: profile,
      parts: [{ text: "Come and see" }],
      settings: { reshare: url! },
      ...own,
    })
    return { context, job, original: original.parts[0].published!.external_id }
  }

  it("stands below the text, with the link in it", async () => {
    const link = {
      url: "https://shop.example.com/hats",
      title: "Hats",
      description: null,
      image: null,
    }
    const { context, job, original } = await shareFirst({ link })
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(linkedin.posts()[1]).toMatchObject({
      author: profile.external_id,
      text: "Come and see\n\nhttps://shop.example.com/hats",
      reshareContext: { parent: original },
    })
    expect(linkedin.posts()[1].content).toBeUndefined()
  })

  it("is found when its answer gets lost, and is no post of the same words alone", async () => {
    const { context, job } = await shareFirst({ account: page })
    await work(
      jobOf({ key: "alike", parts: [{ text: "Come and see" }] }),
      context
    )
    linkedin.fault({
      method: "POST",
      path: /^\/rest\/posts$/,
      kind: "drop_reply",
    })
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(linkedin.posts()).toHaveLength(3)
    expect(job.parts[0].published?.external_id).toBe(linkedin.posts()[2].id)
  })

  it.each([
    [
      { reshare: "https://www.linkedin.com/posts/ada_scarf-activity-71-aB" },
      'The setting "reshare" does not fit LinkedIn: must be the address of a post with "share" or "ugcPost" in it, as the publications list shows it. Change it, and publish again.',
    ],
    [
      {
        reshare: "https://www.linkedin.com/feed/update/urn:li:share:1/",
        poll: { question: "Which?", options: ["A", "B"] },
      },
      "A post on LinkedIn has either a poll or a shared post. Remove one of them, and publish again.",
    ],
  ])("is refused where it does not fit: %j", async (settings, message) => {
    const error = await failureOf(
      work(jobOf({ settings }), contextFor(linkedin))
    )
    expect(error).toMatchObject({ errorClass: "content_rejected", message })
    expect(linkedin.requests).toEqual([])
  })
})
