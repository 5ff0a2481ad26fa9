import { createTestContext, isServiceError } from "../../../provider"
import { FLAIR_ID } from "../../../../sandbox/networks/reddit/state"
import { checkPost } from "../../../shared/post-rules/check"
import { redditProvider } from "../provider"
import { jobOf, useReddit } from "./support/reddit"

const { reddit, createContext, work } = useReddit()

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

describe("the account", () => {
  it("tells whose it is, with figures", async () => {
    const context = createContext()
    expect(await redditProvider.verify?.(context)).toBe(
      "The credentials belong to u/adas_shop."
    )
    expect(await redditProvider.listAccounts?.(context)).toEqual([
      {
        external_id: "t2_4adas",
        kind: "profile",
        name: "u/adas_shop",
        username: "adas_shop",
        avatar_url: `${reddit.url}/i.redd.it/avatar.png`,
        url: `${reddit.url}/user/adas_shop`,
      },
    ])
    const { account } = jobOf()
    expect(
      await redditProvider.fetchAccountMetrics?.(context, account)
    ).toEqual([
      { name: "karma", value: 4200 },
      { name: "followers", value: 230 },
    ])
  })

  it("says so when Reddit has suspended it, or the consent was for less", async () => {
    reddit.state.is_suspended = true
    expect(
      await failureOf(
        redditProvider.verify!(createContext()) as Promise<string>
      )
    ).toMatchObject({
      errorClass: "account_restricted",
    })
    expect(
      await failureOf(work(jobOf(), createContext("identity")))
    ).toMatchObject({
      errorClass: "permission",
      code: "insufficient_scope",
    })
  })

  it("offers its profile and its communities, and what a search finds", async () => {
    const look = async (query: string) =>
      (
        await redditProvider.lookups?.subreddits.run(
          createContext(),
          jobOf().account,
          query
        )
      )?.map(({ label, hint }) => `${label}: ${hint}`)
    expect(await look("")).toEqual([
      "u/adas_shop: your profile",
      "r/scarves: All about scarves, 4,200 members",
      "r/Knitting: Two needles and a thread, 4,200 members",
      "r/askScarves: Questions alone, 4,200 members",
    ])
    expect(await look("r/scarfdeals")).toEqual([
      "r/scarfDeals: Deals, once each, 98,000 members",
    ])
  })

  it("offers the flairs of the chosen community", async () => {
    const look = (chosen: object) =>
      redditProvider.lookups?.flairs.run(createContext(), jobOf().account, "", {
        ...chosen,
      })
    expect(await look({ subreddit: "r/knitting" })).toEqual([
      { value: FLAIR_ID, label: "For sale" },
      {
        value: expect.any(String),
        label: "Pattern",
        hint: "its text can be changed",
      },
    ])
    expect(await look({ subreddit: "scarves" })).toEqual([])
    expect(await look({})).toEqual([])
  })
})

describe("a post that is out", () => {
  const publish = async () => {
    const job = jobOf({ parts: [{ text: "Hello" }, { text: "A comment" }] })
    await work(job)
    return job.parts.map(({ published }) => published!)
  }
  const stateOf = (ref: { external_id: string; url: string | null }) =>
    redditProvider.fetchPostState?.(createContext(), jobOf().account, ref)

  it.each([
    ["moderator", "moderators have removed it"],
    ["automod_filtered", "AutoModerator holds it back"],
    ["reddit", "as spam"],
    ["copyright_takedown", "copyright"],
    ["something_new", "It was removed at Reddit."],
  ])("was removed: %s", async (by, words) => {
    const [post] = await publish()
    expect(await stateOf(post)).toEqual({ state: "public", url: post.url })
    reddit.state.posts[0].removed_by_category = by
    expect(await stateOf(post)).toEqual({
      state: "rejected",
      reason: expect.stringContaining(words),
    })
  })

  it("is deleted with its figures, and its comment by itself", async () => {
    const [post, comment] = await publish()
    const { account } = jobOf()
    const context = createContext()
    reddit.state.posts[0].score = 42
    expect(
      await redditProvider.fetchPostMetrics?.(context, account, post)
    ).toEqual([
      { name: "score", value: 42 },
      { name: "comments", value: 1 },
      { name: "upvote_ratio", value: 1 },
    ])
    for (const ref of [comment, post]) {
      expect((await stateOf(ref))?.state).toBe("public")
      await redditProvider.remove?.(context, account, ref)
      expect(await stateOf(ref)).toEqual({ state: "gone" })
    }
  })

  it.each([
    [
      "https://www.reddit.com/r/scarves/comments/1abc2d/the_title/",
      "t3_1abc2d",
    ],
    ["https://old.reddit.com/r/scarves/comments/1abc2d", "t3_1abc2d"],
    [
      "https://www.reddit.com/r/scarves/comments/1abc2d/the_title/k9xyz1/?context=3",
      "t1_k9xyz1",
    ],
    ["https://redd.it/1abc2d", "t3_1abc2d"],
    ["https://www.reddit.com/r/scarves/", null],
  ])("is known by its address %s", (url, id) => {
    expect(redditProvider.readPermalink?.(jobOf().account, url)).toBe(id)
  })
})

describe("what is known of a community while a post is written", () => {
  const factsOf = (subreddit: unknown) =>
    redditProvider.choice_facts!.run(createContext(), jobOf().account, {
      subreddit,
    })

  it("is what its moderators demand", async () => {
    expect(await factsOf("r/knitting")).toMatchObject({
      community: {
        name: "r/Knitting",
        closed: null,
        demands: { title_text_min_length: 10, is_flair_required: true },
        flairs: [{ text: "For sale" }, { text: "Pattern" }],
      },
    })
  })

  it.each([
    ["inner_circle", "moderators have approved"],
    ["grumpy", "has banned this account"],
    ["nowhere", "There is no r/nowhere"],
  ])("is that %s takes nothing", async (subreddit, words) => {
    expect(await factsOf(subreddit)).toMatchObject({
      community: { closed: { message: expect.stringContaining(words) } },
    })
  })

  it.each([undefined, "", "no name", 1])(
    "is nothing where %j is chosen",
    async (subreddit) => {
      expect(await factsOf(subreddit)).toEqual({})
      expect(reddit.requests).toEqual([])
    }
  )
})

describe("what Reddit takes everywhere", () => {
  const check = (settings: object, own: object) => {
    const limits = redditProvider.limits?.(
      { kind: "profile", facts: {} },
      { placement: "", settings: { ...settings } }
    )
    return checkPost(
      {
        title: null,
        link: null,
        parts: [{ text: "Hello", media: [], delay_s: 0 }],
        ...own,
      },
      limits!,
      "u/adas_shop",
      null
    ).map(({ code }) => code)
  }

  it.each([
    [{}, [300, 40_000, 10_000]],
    [{ max_title: "400", max_text: "50" }, [400, 50, 10_000]],
  ])("is as long as the settings %j say", async (settings, lengths) => {
    const context = createTestContext(redditProvider, { settings })
    const facts = await redditProvider.fetchFacts!(context, jobOf().account)
    const { text, parts } = redditProvider.limits!(
      { kind: "profile", facts },
      { placement: "", settings: {} }
    )
    const maxOf = (field: string) =>
      text.find((rule) => rule.field === field)?.max
    expect([maxOf("title"), maxOf("text"), parts.text?.[0].max]).toEqual(
      lengths
    )
  })

  it("is counted in characters, and has no media in comments", () => {
    expect(check({}, { title: "x".repeat(301) })).toEqual(["text_too_long"])
    expect(check({}, { title: "😀".repeat(300) })).toEqual([])
    const comment = { text: "x".repeat(10_001), media: [], delay_s: 0 }
    expect(
      check({}, { parts: [{ text: "Hello", media: [], delay_s: 0 }, comment] })
    ).toEqual(["text_too_long"])
  })
})
