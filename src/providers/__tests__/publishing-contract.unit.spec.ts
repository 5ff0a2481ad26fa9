import NoticeboardProvider from "../../../integration-tests/fixtures/noticeboard/provider"
import { harbour } from "../../../integration-tests/fixtures/harbour/provider"
import {
  type HarbourService,
  startHarbour,
} from "../../../integration-tests/http/support/harbour-service"
import { contractTests, type Json, type SocialProvider } from "../../provider"
import { sandboxProvider } from "../sandbox/provider"
import { type PostingNetwork, startPostingNetwork } from "./support/sandbox"

/** What a runner would say: the titles of the tests that fail, with the reason. */
const failuresOf = async (
  tests: ReturnType<typeof contractTests>
): Promise<string[]> => {
  const failures: string[] = []
  for (const { title, run } of tests) {
    await run().catch((error: Error) => {
      failures.push(`${title}: ${error.message}`)
    })
  }
  return failures
}

describe("the contract of publish and recover", () => {
  let network: PostingNetwork
  let wall: HarbourService
  beforeAll(async () => {
    network = await startPostingNetwork()
    wall = await startHarbour()
  })
  afterAll(async () => {
    await network.close()
    await wall.close()
  })
  beforeEach(() => network.reset())

  const account = { external_id: "page_main" }
  const credentials = { access_token: "marked-token-91c4" }
  const thread = {
    account,
    parts: [{ text: "One" }, { text: "Two" }, { text: "Three" }],
    placement: "feed",
  }
  const testsOf = (provider: SocialProvider) =>
    contractTests(provider, {
      auth_type: "oauth2",
      settings: { base_url: network.url },
      credentials,
      publishing: { job: thread },
    })

  it("is kept by the sandbox's provider, part by part", async () => {
    expect(await failuresOf(testsOf(sandboxProvider))).toEqual([])
  })

  it("is kept by a provider whose service tells nothing of lost calls", async () => {
    const provider = new NoticeboardProvider(null, { base_url: network.url })
    expect(
      await failuresOf(
        contractTests(provider, {
          credentials,
          publishing: { job: { account } },
        })
      )
    ).toEqual([])
  })

  it("is kept by a provider with sessions of its own", async () => {
    wall.berths.seven = "berth-password"
    const begun = await fetch(`${wall.url}/sessions`, {
      method: "POST",
      body: new URLSearchParams({ berth: "seven", password: "berth-password" }),
    })
    const { access } = (await begun.json()) as { access: string }
    expect(
      await failuresOf(
        contractTests(harbour, {
          settings: { base_url: wall.url, berth: "seven" },
          credentials: { access_token: access },
          publishing: {},
        })
      )
    ).toEqual([])
  })

  const send = (text: string) => ({
    method: "POST",
    json: { account_id: account.external_id, text },
  })
  const careless = (change: Partial<SocialProvider>): SocialProvider => ({
    description: sandboxProvider.description,
    listAccounts: sandboxProvider.listAccounts,
    limits: sandboxProvider.limits,
    ...change,
  })

  it("shows a provider that arms too early, and sends more than it armed", async () => {
    const failures = await failuresOf(
      testsOf(
        careless({
          publish: async ({ request }, job) => {
            for (const { index, text } of job.parts) {
              await job.arm(index)
              await job.step(`look ${index}`, () => request<Json>("/api/me"))
              const { id } = await request<{ id: string }>(
                "/api/posts",
                send(text)
              )
              await job.done(index, { external_id: id, url: null })
            }
            return { state: "published" }
          },
        })
      )
    )
    expect(failures).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^publish arms each part .* goes on with "step look 0"/
        ),
        expect.stringMatching(/^publish leaves out .* which is out already/),
      ])
    )
  })

  it("shows a provider that never arms, and so would publish twice", async () => {
    const failures = await failuresOf(
      testsOf(
        careless({
          publish: async ({ request }, job) => {
            for (const { index, text, published } of job.parts) {
              if (!published) {
                const { id } = await request<{ id: string }>(
                  "/api/posts",
                  send(text)
                )
                await job.done(index, { external_id: id, url: null })
              }
            }
            return { state: "published" }
          },
        })
      )
    )
    expect(failures).toEqual([expect.stringMatching(/never arm\(0\)/)])
  })

  it("shows a recover that takes silence for proof", async () => {
    const failures = await failuresOf(
      testsOf(
        careless({
          publish: sandboxProvider.publish,
          recover: async () => ({
            outcome: "not_published",
            because: "listing",
          }),
        })
      )
    )
    expect(failures.join("\n")).toMatch(
      /recover says not_published of a part that was published|repeated the call/
    )
    expect(
      failures.filter((failure) => /concludes nothing/.test(failure))
    ).toHaveLength(3)
  })
})
