import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../../../sandbox/networks/linkedin/server"
import { countRequests } from "../../../../sandbox/networks/simulator"
import type { StoredPost } from "../../../../sandbox/networks/linkedin/state"
import type { TestJobOptions } from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import type { LostCall } from "../../publication"
import { linkedinProvider } from "../provider"
import {
  contextFor,
  failureOf,
  jobOf,
  profile,
  work as workOn,
} from "./support/harness"

const POSTS = /^\/rest\/posts$/
const COMMENTS = /\/comments$/

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

const losePosting = () =>
  linkedin.fault({ method: "POST", path: POSTS, kind: "drop_reply" })

describe("a lost answer", () => {
  it.each<[string, TestJobOptions]>([
    ["a text", {}],
    [
      "an image",
      { parts: [{ text: "Scarf", media: [testMedia({ name: "scarf" })] }] },
    ],
    [
      "a link",
      {
        link: {
          url: "https://shop.example.com/a",
          title: "A",
          description: null,
          image: null,
        },
      },
    ],
    [
      "a poll",
      { settings: { poll: { question: "Which?", options: ["A", "B"] } } },
    ],
  ])("to %s of a page is found among its posts", async (_, options) => {
    // What is there already is none of it, however much alike.
    await work(
      jobOf({ ...options, parts: [{ text: "The autumn scarf, old" }] })
    )
    losePosting()
    const job = jobOf(options)
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.posts()).toHaveLength(2)
    expect(job.parts[0].published?.external_id).toBe(linkedin.posts()[1].id)
    expect(countRequests(linkedin, "POST", POSTS)).toBe(2)
  })

  it("is asked about for two minutes before a page's list counts as whole", async () => {
    linkedin.fault({ method: "POST", path: POSTS, kind: "drop_request" })
    const job = jobOf()
    expect(await work(job)).toEqual({ state: "unknown" })
    const lost = job.lost()
    const ask = (seconds: number) =>
      linkedinProvider.recover!(createContext(), {
        ...lost,
        armed_at: new Date(Date.now() - seconds * 1000),
      })
    expect(await ask(5)).toMatchObject({ outcome: "ask_again" })
    expect(await ask(119)).toMatchObject({ outcome: "ask_again" })
    expect(await ask(121)).toEqual({
      outcome: "not_published",
      because: "listing",
    })
  })

  /** A job whose post is out, though nobody could say so yet. */
  const lostJob = async () => {
    losePosting()
    linkedin.fault({
      method: "GET",
      path: POSTS,
      kind: "reply",
      reply: { status: 403, headers: {}, body: '{"status":403}' },
    })
    const job = jobOf()
    expect(await work(job)).toEqual({ state: "unknown" })
    return job
  }

  const postMore = (count: number, own: Partial<StoredPost> = {}) => {
    const [first] = linkedin.posts()
    const more = Array.from({ length: count }, (_, index) => ({
      ...first,
      id: `urn:li:share:${index + 1}`,
      commentary: `Hat ${index}`,
      ...own,
    }))
    linkedin.state.posts = own.createdAt
      ? [...more, ...linkedin.state.posts]
      : [...linkedin.state.posts, ...more]
  }

  const ask = (job: ReturnType<typeof jobOf>, own: Partial<LostCall> = {}) =>
    linkedinProvider.recover!(createContext(), { ...job.lost(), ...own })

  it("to a post of a page is found behind more posts than LinkedIn lists at once", async () => {
    const job = await lostJob()
    const [{ id }] = linkedin.posts()
    postMore(250)
    const asked = countRequests(linkedin, "GET", POSTS)
    expect(await ask(job)).toMatchObject({
      outcome: "published",
      ref: { external_id: id },
    })
    expect(countRequests(linkedin, "GET", POSTS) - asked).toBe(3)
  })

  it("is not looked for among posts of the time before it", async () => {
    const job = await lostJob()
    linkedin.state.posts.forEach((post) => (post.commentary = "Gloves"))
    postMore(250, { createdAt: Date.now() - 3_600_000 })
    const asked = countRequests(linkedin, "GET", POSTS)
    expect(
      await ask(job, { armed_at: new Date(Date.now() - 600_000) })
    ).toMatchObject({ outcome: "not_published" })
    expect(countRequests(linkedin, "GET", POSTS) - asked).toBe(1)
  })

  it("is a person's to settle among a thousand posts since", async () => {
    const job = await lostJob()
    postMore(1000)
    expect(await ask(job)).toEqual({ outcome: "unknown" })
  })

  it("of a profile is a person's to settle, and is it where LinkedIn has the post", async () => {
    losePosting()
    const job = jobOf({ account: profile })
    const context = createContext("profile")
    expect(await work(job, context)).toEqual({ state: "unknown" })
    expect(countRequests(linkedin, "POST", POSTS)).toBe(1)

    // The person says that it is not out, and has it sent again.
    job.disarm()
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(linkedin.posts()).toHaveLength(1)
    expect(job.parts[0].published?.external_id).toBe(linkedin.posts()[0].id)
  })

  it("is not taken for settled by a post of other words", async () => {
    const context = createContext("profile")
    await work(
      jobOf({ key: "another", account: profile, parts: [{ text: "Hats" }] }),
      context
    )
    linkedin.fault({ method: "POST", path: POSTS, kind: "drop_request" })
    const job = jobOf({ account: profile })
    expect(await work(job, context)).toEqual({ state: "unknown" })
    job.disarm()
    Object.assign(job.parts[0], { text: "Hats" })
    const error = await failureOf(work(job, context))
    expect(error?.errorClass).toBe("duplicate")
    expect(linkedin.posts()).toHaveLength(1)
  })

  it("is not taken for settled by a post that was deleted since", async () => {
    losePosting()
    const job = jobOf()
    const context = createContext()
    linkedin.fault({
      method: "GET",
      path: POSTS,
      kind: "reply",
      reply: { status: 403, headers: {}, body: '{"status":403}' },
    })
    expect(await work(job, context)).toEqual({ state: "unknown" })
    job.disarm()
    // LinkedIn counts what was deleted for a while.
    linkedin.fault({
      method: "POST",
      path: POSTS,
      kind: "reply",
      reply: {
        status: 422,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          message: "Content is a duplicate of urn:li:share:1",
          status: 422,
        }),
      },
    })
    const error = await failureOf(work(job, context))
    expect(error?.errorClass).toBe("duplicate")
  })

  it("to a comment is found below the post", async () => {
    linkedin.fault({ method: "POST", path: COMMENTS, kind: "drop_reply" })
    const job = jobOf({ parts: [{ text: "Post" }, { text: "Link: (here)" }] })
    expect(await work(job)).toEqual({ state: "published" })
    expect(linkedin.state.comments.map(({ text }) => text)).toEqual([
      "Link: (here)",
    ])
    const [comment] = linkedin.state.comments
    expect(job.parts[1].published).toEqual({
      external_id: comment.urn,
      url: expect.stringContaining("?commentUrn=urn%3Ali%3Acomment%3A%28"),
    })
  })
})

describe("a lost answer to a comment", () => {
  it("is found behind more comments than LinkedIn lists at once", async () => {
    linkedin.fault({ method: "POST", path: COMMENTS, kind: "drop_reply" })
    linkedin.fault({
      method: "GET",
      path: COMMENTS,
      kind: "reply",
      reply: { status: 403, headers: {}, body: '{"status":403}' },
    })
    const job = jobOf({ parts: [{ text: "Post" }, { text: "Size?" }] })
    expect(await work(job)).toEqual({ state: "unknown" })
    const [comment] = linkedin.state.comments
    linkedin.state.comments = [
      comment,
      ...Array.from({ length: 150 }, () => ({ ...comment, text: "Nice" })),
    ]
    expect(
      await linkedinProvider.recover!(createContext(), job.lost())
    ).toMatchObject({
      outcome: "published",
      ref: { external_id: comment.urn },
    })
  })
})

describe("a post that LinkedIn has already", () => {
  it("is refused, and says where the other one is", async () => {
    await work()
    const job = jobOf({ key: "another" })
    const error = await failureOf(work(job))
    expect(error).toMatchObject({
      errorClass: "duplicate",
      message: expect.stringContaining(
        `${linkedin.url}/feed/update/${linkedin.posts()[0].id}/. Change the text`
      ),
    })
    // Had again in vain, it is a duplicate still, and no post of its own.
    expect((await failureOf(work(job)))?.errorClass).toBe("duplicate")
    expect(linkedin.posts()).toHaveLength(1)
  })
})
