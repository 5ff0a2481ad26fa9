import {
  INSTAGRAM,
  PAGE,
  type Host,
} from "../../../../sandbox/networks/meta/state"
import type { SimulatorRequest } from "../../../../sandbox/networks/simulator"
import {
  findDeviations,
  operationOf,
  recordRequests,
  type Specification,
} from "../../__tests__/support/specification"
import {
  facebookSpecification,
  instagramSpecification,
} from "../../__tests__/support/specifications/meta"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import type { SocialProvider } from "../../types"
import { FACEBOOK_SCOPES, facebookProvider } from "../facebook/provider"
import { INSTAGRAM_SCOPES, instagramProvider } from "../instagram/provider"
import { contextOf, image, useMeta, video } from "./support/meta"

const meta = useMeta()

const link = {
  url: "https://shop.example.com/scarf",
  title: "Scarf",
  description: null,
  image: null,
}

/** Publishes all of it, and gives what was sent to make or change something. */
const publishAll = async (
  provider: SocialProvider,
  access: { host: Host; token: string },
  account: { external_id: string },
  posts: TestJobOptions[]
): Promise<SimulatorRequest[]> => {
  meta().state.processing_ms = { image: 0, video: 0, page_video: 0 }
  const sent = recordRequests(meta())
  for (const post of posts) {
    const job = createTestJob({ ...post, account })
    expect(
      await workOnTestJob(provider, contextOf(provider, meta(), access), job)
    ).toEqual({ state: "published" })
  }
  return sent.filter(({ method }) => method === "POST")
}

const onPage = (): Promise<SimulatorRequest[]> =>
  publishAll(
    facebookProvider,
    { host: "facebook", token: meta().makePageToken(FACEBOOK_SCOPES) },
    { external_id: PAGE.id },
    [
      { placement: "feed", link, parts: [{ text: "Autumn is here" }] },
      {
        placement: "feed",
        parts: [
          { text: "Scarves", media: [image(meta())] },
          { text: "Which colour?" },
        ],
      },
      { placement: "story", parts: [{ media: [image(meta())] }] },
    ]
  )

const onInstagram = (): Promise<SimulatorRequest[]> =>
  publishAll(
    instagramProvider,
    {
      host: "facebook",
      token: meta().makeToken("facebook", INSTAGRAM_SCOPES),
    },
    { external_id: INSTAGRAM.id },
    [
      {
        placement: "feed",
        settings: {
          collaborators: ["grace"],
          location_id: "77",
          user_tags: [{ username: "grace", x: 0.5, y: 0.5 }],
        },
        parts: [
          { text: "Scarves", media: [image(meta())] },
          { text: "Which colour?" },
        ],
      },
      {
        placement: "feed",
        parts: [{ text: "All", media: [image(meta()), video(meta())] }],
      },
      {
        placement: "reel",
        settings: { share_to_feed: false, audio_name: "Autumn" },
        parts: [{ text: "Knitting", media: [video(meta())] }],
      },
      { placement: "story", parts: [{ media: [image(meta())] }] },
    ]
  )

describe.each<[string, Specification, () => Promise<SimulatorRequest[]>]>([
  ["a page", facebookSpecification, onPage],
  ["Instagram", instagramSpecification, onInstagram],
])("what is published on %s", (_, specification, send) => {
  it("is sent as Meta documents it, and by every call that is known", async () => {
    const sent = await send()
    expect(
      sent.flatMap((request) => findDeviations(specification, request))
    ).toEqual([])
    expect(
      [
        ...new Set(sent.map((one) => operationOf(specification, one)?.call)),
      ].sort()
    ).toEqual(specification.operations.map(({ call }) => call).sort())
  })
})
