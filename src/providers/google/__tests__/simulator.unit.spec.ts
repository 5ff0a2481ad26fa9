import { Readable } from "node:stream"
import { auth, youtube } from "@googleapis/youtube"
import { approveConsent } from "../../../../sandbox/consent-client"
import {
  type GoogleSimulator,
  startGoogle,
} from "../../../../sandbox/networks/google/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
} from "../../../../sandbox/networks/google/state"

/** Google's own client. For posts of Business Profile it has made none. */
describe("the simulated YouTube, to Google's own client", () => {
  let google: GoogleSimulator

  beforeAll(async () => {
    google = await startGoogle(0)
  })
  afterAll(() => google.close())
  beforeEach(() => {
    google.reset()
    google.state.processing_ms = 0
  })

  const login = () =>
    new auth.OAuth2({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      redirectUri: "https://shop.example.com/callback",
      forceRefreshOnFailure: true,
      endpoints: {
        oauth2AuthBaseUrl: `${google.url}/o/oauth2/v2/auth`,
        oauth2TokenUrl: `${google.url}/token`,
        oauth2RevokeUrl: `${google.url}/revoke`,
      },
    })

  const apiWith = (credentials: ReturnType<typeof login>) =>
    youtube({ version: "v3", rootUrl: google.url, auth: credentials })

  const signedIn = () => {
    const credentials = login()
    credentials.setCredentials(google.makeTokens())
    return credentials
  }

  const FACTS = {
    snippet: { title: "A scarf", categoryId: "22", tags: ["wool"] },
    status: { privacyStatus: "unlisted", selfDeclaredMadeForKids: false },
  }

  it("lets a person in, gives new access when the old has ended, and revokes", async () => {
    const credentials = login()
    const asked = credentials.generateAuthUrl({
      access_type: "offline",
      scope: ["https://www.googleapis.com/auth/youtube"],
    })
    const back = new URL(await approveConsent(asked))
    const { tokens } = await credentials.getToken(
      back.searchParams.get("code") ?? ""
    )
    credentials.setCredentials(tokens)
    google.state.tokens.clear()
    const { data } = await apiWith(credentials).channels.list({
      part: ["snippet", "statistics", "contentDetails"],
      mine: true,
    })
    expect(data.items).toMatchObject([
      {
        snippet: { title: "Ada's shop", customUrl: "@adasshop" },
        statistics: { subscriberCount: "128" },
      },
    ])
    expect(credentials.credentials.access_token).not.toBe(tokens.access_token)
    await credentials.revokeCredentials()
    expect(google.state.tokens.size).toBe(0)
    expect(google.state.refresh_tokens.size).toBe(0)
  })

  it("takes a video in pieces, and tells how much has arrived", async () => {
    const credentials = signedIn()
    const file = Buffer.alloc(300 * 1024, 7)
    const begun = await apiWith(credentials).videos.insert(
      {
        part: ["snippet", "status"],
        notifySubscribers: false,
        uploadType: "resumable",
        requestBody: FACTS,
      },
      {
        url: `${google.url}/upload/youtube/v3/videos`,
        headers: {
          "X-Upload-Content-Type": "video/mp4",
          "X-Upload-Content-Length": String(file.length),
        },
      }
    )
    const send = (range: string, body?: Buffer) =>
      credentials.request<{ id?: string }>({
        url: begun.headers.location,
        method: "PUT",
        headers: { "Content-Range": range },
        body,
        validateStatus: (status) => status === 308 || status === 200,
      })
    const piece = 256 * 1024
    await send(`bytes 0-${piece - 1}/${file.length}`, file.subarray(0, piece))
    const asked = await send(`bytes */${file.length}`)
    expect(asked.status).toBe(308)
    expect(asked.headers.range).toBe(`bytes=0-${piece - 1}`)
    const done = await send(
      `bytes ${piece}-${file.length - 1}/${file.length}`,
      file.subarray(piece)
    )
    const [video] = google.posts()
    expect(video).toMatchObject({
      id: done.data.id,
      notified: false,
      ...FACTS,
    })
    expect(video.file.equals(file)).toBe(true)
  })

  it("takes a whole video, its cover and its place in a playlist, and removes it", async () => {
    const api = apiWith(signedIn())
    const { data: video } = await api.videos.insert(
      {
        part: ["snippet", "status"],
        requestBody: FACTS,
        media: {
          mimeType: "video/mp4",
          body: Readable.from([Buffer.from("A film")]),
        },
      },
      { rootUrl: google.url }
    )
    const id = video.id ?? ""
    expect(google.posts()).toMatchObject([
      { id, file: Buffer.from("A film"), notified: true },
    ])
    await api.thumbnails.set(
      {
        videoId: id,
        media: {
          mimeType: "image/png",
          body: Readable.from([Buffer.from("A cover")]),
        },
      },
      { rootUrl: google.url }
    )
    expect(google.posts()[0].cover?.file.toString()).toBe("A cover")
    const playlistId = (
      await api.playlists.list({ part: ["snippet"], mine: true })
    ).data.items?.[0].id
    await api.playlistItems.insert({
      part: ["snippet"],
      requestBody: {
        snippet: {
          playlistId,
          resourceId: { kind: "youtube#video", videoId: id },
        },
      },
    })
    const inside = await api.playlistItems.list({
      part: ["contentDetails"],
      playlistId: playlistId ?? "",
    })
    expect(inside.data.items).toMatchObject([
      { contentDetails: { videoId: id } },
    ])
    const listed = await api.videos.list({
      part: ["status", "processingDetails", "statistics"],
      id: [id],
    })
    expect(listed.data.items).toMatchObject([
      {
        status: { uploadStatus: "processed", privacyStatus: "unlisted" },
        processingDetails: { processingStatus: "succeeded" },
      },
    ])
    await api.videos.update({
      part: ["snippet", "status"],
      requestBody: { ...FACTS, id, status: { privacyStatus: "private" } },
    })
    expect(google.posts()).toEqual([])
    expect((await api.videos.delete({ id })).status).toBe(204)
    await expect(api.videos.delete({ id })).rejects.toMatchObject({
      code: 404,
      errors: [{ reason: "videoNotFound" }],
    })
  })

  it("says what is wrong in a form that the client can read", async () => {
    const api = apiWith(signedIn())
    google.state.units.used = google.state.units.limit
    await expect(
      api.videos.list({ part: ["status"], id: ["none"] })
    ).rejects.toMatchObject({
      code: 403,
      errors: [{ domain: "youtube.quota", reason: "quotaExceeded" }],
    })
  })
})
