import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import sharp from "sharp"
import { approveConsent } from "../../sandbox/consent-client"
import {
  type PinterestSimulator,
  startPinterest,
} from "../../sandbox/networks/pinterest/server"
import {
  APP_ID,
  APP_SECRET,
  AUTUMN,
  SCARVES,
  USER,
} from "../../sandbox/networks/pinterest/state"
import { countRequests } from "../../sandbox/networks/simulator"
import { PINTEREST_SCOPES } from "../../src/providers/pinterest/description"
import { accountOf, type Admin, createAdmin } from "./support/application"
import { storedPlatform } from "./support/database"
import { type FileServer, startFileServer } from "./support/file-server"
import {
  createPost,
  letTimeCome,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
} from "./support/posts"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

/** The call that makes a pin. */
const PINS = /^\/v5\/pins$/

const picture = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: "#aa0000" } })
    .jpeg()
    .toBuffer()

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let pinterest: PinterestSimulator
    let files: FileServer

    beforeAll(async () => {
      pinterest = await startPinterest(0)
      files = await startFileServer()
      const jpeg = "image/jpeg"
      files.files.set("tall.jpg", { body: await picture(300, 450), type: jpeg })
      files.files.set("wide.jpg", { body: await picture(400, 200), type: jpeg })
      files.files.set("film.mp4", {
        body: await makeVideo({ width: 180, height: 320, frames: 125 }),
        type: "video/mp4",
      })
    })
    afterAll(async () => {
      await pinterest.close()
      await files.close()
    })
    beforeEach(async () => {
      pinterest.reset()
      pinterest.state.processing_ms = 0
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const connect = async (own: object = {}): Promise<string> => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Our Pinterest",
        provider: "pinterest",
        api_config: {
          base_url: pinterest.url,
          client_id: APP_ID,
          client_secret: APP_SECRET,
          ...own,
        },
      })
      const { id } = data.social_platform
      const begun = await admin.get(`/admin/oauth/pinterest?platform_id=${id}`)
      const { searchParams } = new URL(
        await approveConsent(begun.data.location as string)
      )
      const finished = await admin.post("/admin/oauth/pinterest/callback", {
        state: searchParams.get("state"),
        code: searchParams.get("code"),
        platform_id: id,
      })
      expect([finished.status, finished.data.message]).toEqual([200, undefined])
      return id
    }

    const verify = async (id: string) =>
      (await admin.post(`/admin/social-platforms/${id}/verify`)).data
        .verification

    const account = async (): Promise<string> =>
      accountOf(admin, await connect(), USER.id)

    const write = async (body: object = {}, settings: object = {}) =>
      createPost(admin, {
        account_ids: [],
        publications: [
          {
            account_id: await account(),
            settings: { board: AUTUMN, ...settings },
          },
        ],
        caption: "Warm and light.",
        link: "https://shop.example.com/scarf",
        media: [{ url: `${files.url}/tall.jpg`, alt_text: "A red scarf" }],
        ...body,
      })

    it("connects with the scopes that it needs, and keeps the refresh token that each refresh brings", async () => {
      const id = await connect()
      const [[first, { scopes }]] = pinterest.state.refresh_tokens
      expect(scopes).toEqual(PINTEREST_SCOPES)
      for (const _ of ["once", "again"]) {
        pinterest.state.tokens.clear()
        expect(await verify(id)).toMatchObject({
          message: "The credentials belong to Ada's shop (@adasshop).",
        })
      }
      expect(pinterest.state.refresh_tokens.has(first)).toBe(false)
      expect(countRequests(pinterest, "POST", /\/oauth\/token$/)).toBe(3)
      const { api_config } = await storedPlatform(getContainer(), id)
      expect(Object.keys(api_config)).toContain("refresh_token_encrypted")
      expect(JSON.stringify(api_config)).not.toMatch(/pin[ar][._]/)
    })

    it("offers boards and sections, and asks for a board", async () => {
      const id = await account()
      const lookUp = async (name: string, q: string, settings: object = {}) =>
        (
          await admin.get(
            `/admin/social-accounts/${id}/lookups/${name}?q=${q}&settings=${JSON.stringify(settings)}`
          )
        ).data.options
      expect(await lookUp("boards", "aut")).toEqual([
        { value: AUTUMN, label: "Autumn", hint: "0 pins" },
      ])
      expect(await lookUp("sections", "scarves", { board: AUTUMN })).toEqual([
        { value: `${AUTUMN}/${SCARVES}`, label: "Scarves" },
      ])
      const { status, data } = await admin.post("/admin/social-posts", {
        caption: "Warm and light.",
        media: [{ url: `${files.url}/tall.jpg` }],
        publications: [{ account_id: id }],
      })
      expect(status).toBe(400)
      expect(data.message).toContain('"Board" is missing')
    })

    it("publishes an image in a section, with a link that finds it again", async () => {
      const { publications } = await publish(
        admin,
        await write({}, { section: `${AUTUMN}/${SCARVES}`, title: "The scarf" })
      )
      const [pin] = pinterest.posts()
      expect(publications[0]).toMatchObject({
        state: "published",
        external_id: pin.id,
        external_url: `${pinterest.url}/pin/${pin.id}/`,
      })
      expect(pin).toMatchObject({
        board_section_id: SCARVES,
        title: "The scarf",
        description: "Warm and light.",
        alt_text: "A red scarf",
        link: `https://shop.example.com/scarf?utm_source=pinterest&utm_medium=social&utm_content=${publications[0].id}`,
      })
      expect(pin.files[0].file).toEqual(files.files.get("tall.jpg")!.body)
    })

    it("publishes a carousel of images of different sizes, all made the same", async () => {
      const { publications } = await publish(
        admin,
        await write({
          media: [
            { url: `${files.url}/tall.jpg` },
            { url: `${files.url}/wide.jpg` },
          ],
        })
      )
      expect(publications[0].state).toBe("published")
      const [{ kind, files: images }] = pinterest.posts()
      expect(kind).toBe("multiple_images")
      const sizes = await Promise.all(
        images.map(async ({ file }) => {
          const { width, height } = await sharp(file).metadata()
          return [width, height]
        })
      )
      expect(sizes).toEqual([
        [299, 449],
        [299, 449],
      ])
    })

    it("sends a video ahead of its time, and pins it when that has come", async () => {
      pinterest.state.processing_ms = 60_000
      const id = await write({
        media: [{ url: `${files.url}/film.mp4` }],
        scheduled_at: new Date(Date.now() + 300_000).toISOString(),
      })
      await runPublishing(getContainer())
      const [waiting] = (await readPost(admin, id)).publications
      expect(waiting).toMatchObject({
        state: "waiting",
        waiting: { why: "Pinterest processes the video" },
      })
      for (const upload of pinterest.state.uploads.values()) {
        upload.processed_at = 0
      }
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect(pinterest.posts()).toEqual([])

      await letTimeCome(getContainer(), id)
      pinterest.requests.length = 0
      await runPublishing(getContainer())
      expect((await readPost(admin, id)).publications[0].state).toBe(
        "published"
      )
      // Nothing but the armed call was left.
      expect(pinterest.requests.map(({ path }) => path)).toEqual(["/v5/pins"])
      expect(pinterest.posts()[0]).toMatchObject({ kind: "video", cover: 0 })
    })

    it.each([
      ["with a link", {}],
      ["without one", { link: null }],
    ])("publishes once when the answer gets lost: %s", async (_, body) => {
      pinterest.fault({ method: "POST", path: PINS, kind: "drop_reply" })
      const { publications } = await publish(admin, await write(body))
      expect(publications[0].state).toBe("published")
      expect(pinterest.posts()).toHaveLength(1)
      expect(countRequests(pinterest, "POST", PINS)).toBe(1)
    })

    it("says what to do where the app has Trial access, and publishes once it has more", async () => {
      pinterest.state.access = "trial"
      const id = await write()
      expect((await publish(admin, id)).publications[0]).toMatchObject({
        state: "failed",
        last_error: {
          class: "config_error",
          message: expect.stringContaining("Apply for Standard access"),
        },
      })
      pinterest.state.access = "standard"
      expect((await retry(admin, id)).publications[0].state).toBe("published")
    })

    it("refuses a board that is gone, and waits as long as a limit lasts", async () => {
      const gone = await write({}, { board: "1" })
      expect((await publish(admin, gone)).publications[0]).toMatchObject({
        state: "failed",
        last_error: {
          class: "content_rejected",
          message: expect.stringContaining("Choose another board"),
        },
      })
      const id = await write()
      pinterest.state.calls = { limit: 0, used: 0, reset_s: 43 }
      const [{ last_error, next_attempt_at }] = (await publish(admin, id))
        .publications
      expect(last_error?.class).toBe("rate_limited")
      const wait = Date.parse(next_attempt_at!) - Date.parse(last_error!.at)
      expect(wait).toBeGreaterThan(35_000)
      expect(wait).toBeLessThan(90_000)
    })

    it("removes a pin at Pinterest", async () => {
      const { id, publications } = await publish(admin, await write())
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
      expect(pinterest.posts()).toEqual([])
    })
  },
})
