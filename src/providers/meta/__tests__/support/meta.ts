import {
  type MetaSimulator,
  startMeta,
} from "../../../../../sandbox/networks/meta/server"
import type { Host } from "../../../../../sandbox/networks/meta/state"
import { testMedia } from "../../../__tests__/support/test-media"
import type { Media } from "../../../publication"
import { contractTests, createTestContext } from "../../../testing"
import type { TestJobOptions } from "../../../testing-job"
import type { SocialProvider } from "../../../types"

/** Meta for all tests of a file. */
export const useMeta = (): (() => MetaSimulator) => {
  let meta: MetaSimulator
  beforeAll(async () => {
    meta = await startMeta(0)
  })
  beforeEach(() => meta.reset())
  afterAll(() => meta.close())
  return () => meta
}

/** A JPEG that Meta can fetch. */
export const image = (meta: MetaSimulator, own: Partial<Media> = {}): Media =>
  testMedia({
    name: "scarf.jpg",
    content_type: "image/jpeg",
    publicUrl: async () => `${meta.url}/sample.jpg`,
    ...own,
  })

/** A video that Meta can fetch. */
export const video = (meta: MetaSimulator, own: Partial<Media> = {}): Media =>
  testMedia({
    name: "scarf.mp4",
    kind: "video",
    content_type: "video/mp4",
    publicUrl: async () => `${meta.url}/sample.mp4`,
    ...own,
  })

export interface Access {
  host: Host
  token: string
}

const optionsOf = (meta: MetaSimulator, { host, token }: Access) => ({
  settings: { base_url: meta.host(host), client_id: meta.state.apps[host].id },
  credentials: {
    access_token: token,
    client_secret: meta.state.apps[host].secret,
  },
})

export const contextOf = (
  provider: SocialProvider,
  meta: MetaSimulator,
  access: Access
) => createTestContext(provider, optionsOf(meta, access))

/** Publishes again and again, and crashes and loses responses wherever that is possible. */
export const requirePublishedOnce = async (
  provider: SocialProvider,
  meta: MetaSimulator,
  access: Access,
  job: Omit<TestJobOptions, "key">
): Promise<void> => {
  meta.state.processing_ms.video = 0
  meta.state.quota = { instagram: 1e6, threads: 1e6, replies: 1e6 }
  const tests = contractTests(provider, {
    ...optionsOf(meta, access),
    publishing: { job },
  }).filter(({ title }) => /^publish|^recover/.test(title))
  expect(tests).toHaveLength(7)
  for (const { run } of tests) {
    await run()
  }
  const used = meta.posts().flatMap(({ made_of }) => made_of)
  expect(new Set(used).size).toBe(used.length)
}

/** One of the Graph API's refusals, for a fault. */
export const refusal = (
  status: number,
  code: number,
  error_subcode?: number,
  headers: Record<string, string> = {}
) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({
    error: { message: "Refused.", type: "OAuthException", code, error_subcode },
  }),
})
