import type { SimulatorRequest } from "../../../../sandbox/networks/simulator"
import { startX } from "../../../../sandbox/networks/x/server"
import { APP } from "../../../../sandbox/networks/x/state"
import {
  findDeviations,
  operationOf,
  recordRequests,
} from "../../__tests__/support/specification"
import { xSpecification } from "../../__tests__/support/specifications/x"
import { testMedia } from "../../__tests__/support/test-media"
import { createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import type { ProviderContext } from "../../types"
import { xProvider } from "../provider"

const ACCOUNT = { external_id: "2244994945", username: "adasshop" }

const POSTS: TestJobOptions[] = [
  {
    parts: [
      {
        text: "Autumn is here",
        media: [
          testMedia({ alt_text: "A red scarf" }),
          testMedia({ name: "blue.jpg", content_type: "image/jpeg" }),
        ],
      },
      {
        text: "It moves",
        media: [
          testMedia({ name: "a.gif", kind: "gif", content_type: "image/gif" }),
        ],
      },
      { text: "In five colours" },
    ],
    settings: {
      reply_settings: "verified",
      quote: "https://x.com/ada/status/1880028106020515840",
      community: "https://x.com/i/communities/1493446837214187523",
      made_with_ai: true,
      paid_partnership: true,
      sensitive_media: "other",
    },
  },
  {
    parts: [{ text: "Red or blue?" }],
    settings: {
      poll: { options: ["Red", "Blue"], duration_minutes: 1440 },
    },
  },
]

const publishAll = async (context: ProviderContext) => {
  await xProvider.verify?.(context)
  await xProvider.listAccounts?.(context)
  for (const post of POSTS) {
    const job = createTestJob({ account: ACCOUNT, ...post })
    await xProvider.fetchFacts?.(context, job.account)
    job.crash("before", "done 0")
    expect(await workOnTestJob(xProvider, context, job)).toEqual({
      state: "published",
    })
    const ref = job.parts[0].published!
    await xProvider.fetchPostState?.(context, job.account, ref)
    await xProvider.fetchPostMetrics?.(context, job.account, ref)
    await xProvider.fetchAccountMetrics?.(context, job.account)
    await xProvider.remove?.(context, job.account, ref)
  }
}

/** Everything that is sent to X's API, by both logins. */
const sendAll = async (): Promise<SimulatorRequest[]> => {
  const x = await startX(0)
  const recorded = recordRequests(x)
  const settings = { base_url: x.url, consumer_key: APP.consumer_key }
  x.state.processing_ms = 0
  const contexts = [
    createTestContext(xProvider, { settings, credentials: x.makeTokens() }),
    createTestContext(xProvider, {
      settings,
      auth_type: "oauth1",
      credentials: {
        consumer_secret: APP.consumer_secret,
        ...x.makeSignedTokens(),
      },
    }),
  ]
  for (const context of contexts) {
    await publishAll(context)
    x.state.posts = []
  }
  x.state.processing_ms = 60_000
  const film = testMedia({
    name: "film.mp4",
    kind: "video",
    content_type: "video/mp4",
    poster: { media: testMedia({ name: "cover" }) },
  })
  const job = createTestJob({
    account: ACCOUNT,
    parts: [{ media: [film] }],
  })
  await workOnTestJob(xProvider, contexts[0], job)
  await workOnTestJob(xProvider, contexts[0], job)
  x.state.media.forEach((media) => (media.ready_at = 0))
  expect(await workOnTestJob(xProvider, contexts[0], job)).toEqual({
    state: "published",
  })
  await x.close()
  return recorded
}

describe("what X is sent", () => {
  let sent: SimulatorRequest[]

  beforeAll(async () => {
    sent = await sendAll()
  })

  it("is what X documents, and nothing else", () => {
    expect(
      sent.flatMap((request) => findDeviations(xSpecification, request))
    ).toEqual([])
  })

  it("is every call that is known of X", () => {
    const asked = new Set(
      sent.map((request) => operationOf(xSpecification, request)?.call)
    )
    expect([...asked].sort()).toEqual(
      xSpecification.operations.map(({ call }) => call).sort()
    )
  })

  it("carries no key and no token in an address or a body", () => {
    const secrets = [APP.consumer_secret, APP.client_secret]
    for (const { url, body } of sent) {
      expect(secrets.filter((secret) => url.href.includes(secret))).toEqual([])
      expect(secrets.filter((secret) => body.includes(secret))).toEqual([])
    }
  })
})
