import {
  FacebookAdsApi,
  IGMedia,
  IGUser,
  Page,
} from "facebook-nodejs-business-sdk"
import { INSTAGRAM, PAGE } from "../../../../sandbox/networks/meta/state"
import { FACEBOOK_SCOPES } from "../facebook/provider"
import { INSTAGRAM_SCOPES } from "../instagram/provider"
import { useMeta } from "./support/meta"

const meta = useMeta()

/** Meta's own client. It sends no files itself: Meta fetches them. */
describe("the simulated Facebook and Instagram, to Meta's own client", () => {
  beforeEach(() => {
    meta().state.processing_ms.video = 0
    jest
      .spyOn(FacebookAdsApi, "GRAPH", "get")
      .mockReturnValue(meta().host("facebook"))
  })
  afterEach(() => jest.restoreAllMocks())

  /** Without its reports of crashes, which it would send to Meta. */
  const apiWith = (token: string) => new FacebookAdsApi(token, "en_US", false)

  const page = () =>
    new Page(PAGE.id, {}, null, apiWith(meta().makePageToken(FACEBOOK_SCOPES)))

  const instagram = () =>
    new IGUser(
      INSTAGRAM.id,
      {},
      null,
      apiWith(meta().makeToken("facebook", INSTAGRAM_SCOPES))
    )

  it("takes a page's post with several photos, lists it and removes it", async () => {
    const photos = await Promise.all(
      ["A scarf", "A hat"].map((alt_text_custom) =>
        page().createPhoto([], {
          url: `${meta().url}/sample.jpg`,
          published: false,
          alt_text_custom,
        })
      )
    )
    expect(meta().posts()).toEqual([])
    const { id } = await page().createFeed([], {
      message: "Warm & light",
      attached_media: photos.map((photo) => ({ media_fbid: photo.id })),
    })
    expect(meta().posts()).toMatchObject([
      {
        id,
        text: "Warm & light",
        files: [{ alt_text: "A scarf" }, { alt_text: "A hat" }],
      },
    ])
    const listed = await page().getFeed(["id", "message", "created_time"])
    expect(listed.map((post) => post.message)).toEqual(["Warm & light"])
    await page().createPhoto([], {
      url: `${meta().url}/sample.jpg`,
      caption: "At once",
    })
    expect(meta().posts()[1]).toMatchObject({ kind: "feed", text: "At once" })
    await new Page(id, {}, null, page().getApi()).delete()
    expect(meta().posts()).toMatchObject([{ text: "At once" }])
  })

  it("takes a page's video and reel, and says that they are public", async () => {
    const { id } = await page().createVideo([], {
      file_url: `${meta().url}/sample.mp4`,
      description: "Knitting",
    })
    const read = await new Page(id, {}, null, page().getApi()).read(["status"])
    expect(read.status).toMatchObject({ video_status: "ready" })
    const begun = (await page().createVideoReel([], {
      upload_phase: "start",
    })) as unknown as { video_id: string; upload_url: string }
    const file = Buffer.from("A film")
    const sent = await fetch(begun.upload_url, {
      method: "POST",
      headers: {
        authorization: `OAuth ${page().getApi().accessToken}`,
        offset: "0",
        file_size: String(file.length),
      },
      body: file,
    })
    expect(await sent.json()).toEqual({ success: true })
    await page().createVideoReel([], {
      upload_phase: "finish",
      video_id: begun.video_id,
      video_state: "PUBLISHED",
      description: "A reel",
    })
    expect(meta().posts()).toMatchObject([
      { id, kind: "feed", text: "Knitting" },
      {
        id: begun.video_id,
        kind: "reel",
        text: "A reel",
        files: [{ body: file }],
      },
    ])
  })

  it("takes a carousel for Instagram, tells its state and what is left of the day", async () => {
    const children = await Promise.all(
      ["sample.jpg", "sample.mp4"].map((name) =>
        instagram().createMedia([], {
          is_carousel_item: true,
          ...(name.endsWith("jpg")
            ? { image_url: `${meta().url}/${name}`, alt_text: "A scarf" }
            : { media_type: "VIDEO", video_url: `${meta().url}/${name}` }),
        })
      )
    )
    for (const { id } of children) {
      const child = new IGMedia(id, {}, null, instagram().getApi())
      expect((await child.read(["status_code"])).status_code).toBe("FINISHED")
    }
    const container = await instagram().createMedia([], {
      media_type: "CAROUSEL",
      caption: "Both",
      children: children.map(({ id }) => id).join(","),
    })
    const { id } = await instagram().createMediaPublish([], {
      creation_id: container.id,
    })
    expect(meta().posts()).toMatchObject([
      { id, text: "Both", files: [{ alt_text: "A scarf" }, {}] },
    ])
    const media = await instagram().getMedia(["id", "caption", "permalink"])
    expect(media.map(({ caption }) => caption)).toEqual(["Both"])
    const [{ quota_usage }] = await instagram().getContentPublishingLimit([
      "quota_usage",
      "config",
    ])
    expect(quota_usage).toBe(1)
  })

  it("says what is wrong in a form that the client can read", async () => {
    const stranger = new Page(PAGE.id, {}, null, apiWith("unknown"))
    await expect(
      stranger.createFeed([], { message: "Hi" })
    ).rejects.toMatchObject({
      status: 400,
      response: { type: "OAuthException", code: 190 },
    })
    await expect(
      instagram().createMedia([], { image_url: `${meta().url}/none.jpg` })
    ).rejects.toMatchObject({
      response: { code: 9004, error_subcode: 2207052 },
    })
  })
})
