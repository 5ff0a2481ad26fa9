import {
  startTikTok,
  type TikTokSimulator,
} from "../../../../../sandbox/networks/tiktok/server"
import { CREATOR } from "../../../../../sandbox/networks/tiktok/state"
import {
  createTestContext,
  isServiceError,
  type Media,
  type ProviderContext,
  type TestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../../../provider"
import { testMedia } from "../../../__tests__/support/test-media"
import { tiktokProvider } from "../../provider"

/** TikTok for all tests of a file, which processes at once. */
export const useTikTok = (): (() => TikTokSimulator) => {
  let tiktok: TikTokSimulator
  beforeAll(async () => {
    tiktok = await startTikTok(0)
  })
  beforeEach(() => {
    tiktok.reset()
    tiktok.state.processing_ms = 0
  })
  afterAll(() => tiktok.close())
  return () => tiktok
}

export const contextOf = (
  tiktok: TikTokSimulator,
  tokens: { access_token: string } = tiktok.makeTokens()
): ProviderContext =>
  createTestContext(tiktokProvider, {
    settings: { base_url: tiktok.url, client_id: "simulated" },
    credentials: { client_secret: "secret", ...tokens },
  })

export const film = (bytes = 64, own: Partial<Media> = {}): Media =>
  testMedia(
    { name: "film.mp4", kind: "video", content_type: "video/mp4", ...own },
    bytes
  )

/** A photo that TikTok fetches from the simulator itself. */
export const photo = (
  tiktok: TikTokSimulator,
  own: Partial<Media> = {}
): Media =>
  testMedia({
    name: "scarf.jpg",
    content_type: "image/jpeg",
    publicUrl: async () => `${tiktok.url}/sample.jpeg`,
    ...own,
  })

export const postOf = (
  media: readonly Media[],
  settings: object = {},
  text = "The autumn scarf #scarf"
): TestJobOptions => ({
  account: {
    external_id: CREATOR.open_id,
    kind: "profile",
    name: CREATOR.display_name,
    username: CREATOR.username,
    facts: {},
  },
  parts: [{ text, media }],
  settings: {
    post_mode: "direct",
    privacy_level: "PUBLIC_TO_EVERYONE",
    ...settings,
  },
})

/** Works as the engine does, also after a wait that is over; for no time that is to come. */
export const work = async (job: TestJob, context: ProviderContext) => {
  for (let look = 0; look < 10; look++) {
    const progress = await workOnTestJob(tiktokProvider, context, job)
    if (progress.state !== "wait" || progress.until.getTime() > Date.now()) {
      return progress
    }
  }
  throw new Error("It goes on waiting.")
}

export const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )
