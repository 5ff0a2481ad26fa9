import { createHash } from "node:crypto"
import { readdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import type { IFileModuleService } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import type { AxiosResponse } from "axios"
import sharp from "sharp"
import removeUnusedMedia from "../../src/jobs/remove-unused-media"
import type { SizedStream } from "../../src/http/body"
import { type StoredMedia, withMedia } from "../../src/publishing/media/media"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  logIn,
  sql,
} from "./support/application"
import { type FileServer, startFileServer } from "./support/file-server"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

const sha256 = (body: Buffer): string =>
  createHash("sha256").update(body).digest("hex")

const read = async ({ stream }: SizedStream): Promise<Buffer> =>
  Buffer.from(await new Response(stream).arrayBuffer())

const failureOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => {
      throw new Error("It did not fail.")
    },
    (error: unknown) => error
  )

/** Of this process: another one may be running other tests. */
const temporaryFiles = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) =>
    name.startsWith(`social-media-${process.pid}-`)
  )

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let token: string
    let server: FileServer
    let video: Buffer
    let jpeg: Buffer

    beforeAll(async () => {
      server = await startFileServer()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      token = (await logIn(getContainer(), "bob@example.com")).token
      video = await makeVideo()
      jpeg = await sharp({
        create: { width: 60, height: 40, channels: 3, background: "#c33" },
      })
        .jpeg()
        .withMetadata({ orientation: 6 })
        .toBuffer()
    })
    afterAll(() => server.close())
    beforeEach(() => {
      server.files.clear()
      server.files.set("clip.mp4", {
        body: video,
        type: "video/mp4",
        etag: '"one"',
      })
      server.files.set("scarf.jpg", { body: jpeg, type: "image/jpeg" })
      server.asked()
    })
    afterEach(async () => {
      expect(await temporaryFiles()).toEqual([])
    })

    const attach = (path: string, more: object = {}): Promise<AxiosResponse> =>
      admin.post("/admin/social-media", {
        url: `${server.url}/${path}`,
        ...more,
      })

    const attached = async (path: string): Promise<string> => {
      const { status, data } = await attach(path)
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_media.id
    }

    const upload = (
      name: string,
      body: Buffer,
      type: string
    ): Promise<AxiosResponse> =>
      api.put(
        `/admin/social-media/upload?name=${encodeURIComponent(name)}`,
        body,
        {
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": type,
          },
          validateStatus: () => true,
        }
      )

    const withOne = <T>(id: string, run: (media: StoredMedia) => Promise<T>) =>
      withMedia(getContainer(), [id], ([media]) => run(media))

    const countRows = async (): Promise<number> =>
      (await sql(getContainer(), `select count(*)::int from social_media`))[0]
        .count

    const files = (): IFileModuleService => getContainer().resolve(Modules.FILE)

    describe("attaching a file", () => {
      it("finds what a video is by reading parts of it alone", async () => {
        const big = await makeVideo({ frames: 5_000 })
        server.files.set("long.mp4", { body: big, type: "video/mp4" })
        const { status, data } = await attach("long.mp4", {
          alt_text: "A walk",
        })

        expect(status).toBe(200)
        expect(data.social_media).toMatchObject({
          id: expect.stringMatching(/^smed_/),
          name: "long.mp4",
          kind: "video",
          content_type: "video/mp4",
          bytes: big.length,
          sha256: null,
          width: 320,
          height: 180,
          duration_ms: 200_000,
          frame_rate: 25,
          video_codec: "avc",
          audio_codec: null,
          alt_text: "A walk",
          created_by: admin.id,
        })
        const asked = server.asked()
        expect(asked.every((range) => range.startsWith("bytes="))).toBe(true)
      })

      it("finds what an image is, with the orientation that it asks for", async () => {
        const { data } = await attach("scarf.jpg")
        expect(data.social_media).toMatchObject({
          kind: "image",
          content_type: "image/jpeg",
          bytes: jpeg.length,
          sha256: sha256(jpeg),
          width: 40,
          height: 60,
          duration_ms: null,
        })
      })

      it("tells a GIF that moves from one that does not", async () => {
        const frame = (background: string) =>
          sharp({ create: { width: 8, height: 8, channels: 3, background } })
            .png()
            .toBuffer()
        const moving = await sharp([await frame("#f00"), await frame("#00f")], {
          join: { animated: true },
        })
          .gif({ delay: [100, 200] })
          .toBuffer()
        const still = await sharp(await frame("#f00"))
          .gif()
          .toBuffer()
        server.files.set("a.gif", { body: moving, type: "image/gif" })
        server.files.set("b.gif", { body: still, type: "image/gif" })
        expect((await attach("a.gif")).data.social_media).toMatchObject({
          kind: "gif",
          width: 8,
          height: 8,
          duration_ms: 300,
          frame_rate: expect.closeTo(2 / 0.3, 3),
        })
        expect((await attach("b.gif")).data.social_media.kind).toBe("image")
      })

      it("goes by the bytes where a picture is of another picture's type", async () => {
        server.files.set("scarf.png", { body: jpeg, type: "image/png" })
        const { data } = await attach("scarf.png")
        expect(data.social_media.content_type).toBe("image/jpeg")
      })

      it("takes a server that gives no parts, and leaves no copy behind", async () => {
        server.files.set("whole.mp4", {
          body: video,
          type: "video/mp4",
          ranges: false,
        })
        const { data } = await attach("whole.mp4")
        expect(data.social_media).toMatchObject({
          duration_ms: 2_000,
          sha256: sha256(video),
        })
      })

      it("takes a product's image", async () => {
        const { data } = await admin.post("/admin/products", {
          title: "Scarf",
          options: [{ title: "Size", values: ["M"] }],
          images: [{ url: `${server.url}/scarf.jpg` }],
        })
        const answer = await admin.post("/admin/social-media", {
          product_image_id: data.product.images[0].id,
        })
        expect(answer.data.social_media).toMatchObject({
          file_id: null,
          source_url: `${server.url}/scarf.jpg`,
          name: "scarf.jpg",
        })
      })

      it.each([
        [
          "damaged",
          () => jpeg.subarray(0, jpeg.length - 60),
          "image/jpeg",
          "is damaged",
        ],
        [
          "a video without its end",
          () => video.subarray(0, video.length >> 1),
          "video/mp4",
          "its last picture is missing",
        ],
        [
          "a page",
          () => Buffer.from("<!doctype html><p>".padEnd(600)),
          "image/png",
          "said to be image/png, but its bytes are no image",
        ],
        [
          "of another kind than it says",
          () => jpeg,
          "video/mp4",
          "said to be video/mp4, but its bytes are image/jpeg",
        ],
        [
          "a drawing that can run scripts",
          () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
          "image/svg+xml",
          "its bytes are no image",
        ],
        ["empty", () => Buffer.alloc(0), "image/png", "The file is empty"],
      ])(
        "refuses a file that is %s, and stores nothing",
        async (_, body, type, message) => {
          server.files.set("bad", { body: body(), type })
          const { status, data } = await attach("bad")
          expect([status, data.type]).toEqual([400, "invalid_data"])
          expect(data.message).toContain(message)
          expect(await countRows()).toBe(0)
        }
      )

      it("refuses an image that is too large with its limit, whatever its server says", async () => {
        const body = Buffer.concat([jpeg, Buffer.alloc(52_428_800)])
        server.files.set("huge.jpg", { body, type: "image/jpeg" })
        server.files.set("hidden.jpg", {
          body,
          type: "image/jpeg",
          ranges: false,
        })
        for (const path of ["huge.jpg", "hidden.jpg"]) {
          const { status, data } = await attach(path)
          expect(status).toBe(400)
          expect(data.message).toContain("larger than the 50 MB")
        }
        expect(await countRows()).toBe(0)
      })

      it.each([
        [{}, "Give one of file_id, url and product_image_id"],
        [{ url: "http://169.254.169.254/x.png" }, "cannot be fetched"],
        [{ url: "http://127.0.0.1:1/x.png" }, "cannot be reached"],
        [{ url: "ftp://example.com/x.png" }, "must be an address"],
        [{ file_id: "nowhere.png" }, "not in the store's file storage"],
      ])("refuses %j", async (body, message) => {
        const { status, data } = await admin.post("/admin/social-media", body)
        expect(status).toBe(400)
        expect(data.message).toContain(message)
      })

      it("says that a product image is not there", async () => {
        const { status } = await admin.post("/admin/social-media", {
          product_image_id: "img_nowhere",
        })
        expect(status).toBe(404)
      })
    })

    describe("uploading a file", () => {
      it("stores it as it comes in, and deletes it with what was made of it", async () => {
        const { status, data } = await upload("My clip.mp4", video, "video/mp4")
        expect([status, data.message]).toEqual([200, undefined])
        const { id, file_id } = data.social_media
        expect(data.social_media).toMatchObject({
          name: "My clip.mp4",
          kind: "video",
          bytes: video.length,
          sha256: sha256(video),
        })
        expect(
          await withOne(id, async (media) => read(await media.open()))
        ).toEqual(video)
        expect(
          await withOne(id, async (media) => read(await media.range(5, 9)))
        ).toEqual(video.subarray(5, 10))

        await admin.delete(`/admin/social-media/${id}`)
        await expect(files().retrieveFile(file_id)).rejects.toThrow()
      })

      it("refuses what no network takes, and keeps nothing of it", async () => {
        for (const body of [
          Buffer.from("just text, and enough of it"),
          video.subarray(0, video.length >> 1),
        ]) {
          const { status, data } = await upload("none.mp4", body, "video/mp4")
          expect([status, data.type]).toEqual([400, "invalid_data"])
        }
        expect(await storedAs("none.mp4")).toEqual([])
        expect(await countRows()).toBe(0)
      })

      it("is read through the file module where its storage is on a private network", async () => {
        const moduleUrl = jest
          .spyOn(files(), "retrieveFile")
          .mockImplementation(async (id) => ({
            id,
            url: `http://10.0.0.1/${id}`,
          }))
        try {
          const { data } = await upload("clip.mp4", video, "video/mp4")
          const { id } = data.social_media
          expect(data.social_media.duration_ms).toBe(2_000)
          await withOne(id, async (media) => {
            expect(await read(await media.open())).toEqual(video)
            expect(await read(await media.range(5, 9))).toEqual(
              video.subarray(5, 10)
            )
          })
          expect(moduleUrl).toHaveBeenCalled()
          await admin.delete(`/admin/social-media/${id}`)
        } finally {
          moduleUrl.mockRestore()
        }
      })

      it("is for admins alone", async () => {
        const { status } = await api.put(
          "/admin/social-media/upload?name=x.mp4",
          video,
          { validateStatus: () => true }
        )
        expect(status).toBe(401)
      })
    })

    /** The other worker of the tests stores files in the same folder. */
    const storedAs = async (name: string): Promise<string[]> =>
      (await readdir("static").catch(() => [])).filter((file) =>
        file.endsWith(name)
      )

    describe("a file in a provider's hands", () => {
      it("gives exactly the bytes that are asked for", async () => {
        const id = await attached("clip.mp4")
        await withOne(id, async (media) => {
          const part = await media.range(10, 109)
          expect(part).toMatchObject({ size: 100, content_type: "video/mp4" })
          expect(await read(part)).toEqual(video.subarray(10, 110))
          expect(await read(await media.open())).toEqual(video)
          await expect(media.range(0, video.length)).rejects.toThrow("no bytes")
        })
      })

      it("is copied once where its server gives no parts, and the copy goes", async () => {
        server.files.get("clip.mp4")!.ranges = false
        const id = await attached("clip.mp4")
        server.asked()
        await withOne(id, async (media) => {
          await read(await media.range(0, 9))
          expect(await read(await media.range(10, 19))).toEqual(
            video.subarray(10, 20)
          )
          expect(await temporaryFiles()).toHaveLength(1)
        })
        expect(server.asked()).toHaveLength(2)
      })

      it("fails when it has changed since, before its last byte is out", async () => {
        const id = await attached("clip.mp4")
        const other = await makeVideo({ frames: 49 })
        const isChanged = {
          code: "media_changed",
          errorClass: "content_rejected",
        }
        server.files.set("clip.mp4", {
          body: video,
          type: "video/mp4",
          etag: '"two"',
        })
        await withOne(id, async (media) => {
          expect(await failureOf(media.range(0, 9))).toMatchObject(isChanged)
          expect(await failureOf(media.open())).toMatchObject(isChanged)
        })
        server.files.set("clip.mp4", { body: other, type: "video/mp4" })
        await withOne(id, async (media) => {
          expect(await failureOf(media.range(0, 9))).toMatchObject(isChanged)
          expect(await failureOf(media.open().then(read))).toMatchObject(
            isChanged
          )
        })

        const image = await attached("scarf.jpg")
        const same = Buffer.from(jpeg)
        same[same.length - 10] ^= 1
        server.files.set("scarf.jpg", { body: same, type: "image/jpeg" })
        await withOne(image, async (media) => {
          const { stream } = await media.open()
          let seen = 0
          const failure = await failureOf(
            (async () => {
              for await (const chunk of stream) {
                seen += chunk.byteLength
              }
            })()
          )
          expect(failure).toMatchObject(isChanged)
          expect(seen).toBeLessThan(jpeg.length)
        })
      })

      it("has a rendition made once, where it does not fit", async () => {
        const png = await sharp({
          create: { width: 900, height: 300, channels: 4, background: "#0000" },
        })
          .png()
          .toBuffer()
        server.files.set("wide.png", { body: png, type: "image/png" })
        const id = await attached("wide.png")
        const preset = {
          format: "jpeg",
          max_width: 400,
          ratio: [0.8, 1.91],
          fit: "pad",
        } as const
        const first = await withOne(id, async (media) => {
          const rendition = (await media.as(preset)) as StoredMedia
          expect(rendition).toMatchObject({
            content_type: "image/jpeg",
            width: 400,
            height: 209,
            kind: "image",
          })
          const body = await read(await rendition.open())
          expect(body).toHaveLength(rendition.bytes)
          expect(sha256(body)).toBe(rendition.sha256)
          return rendition.id
        })
        const again = await withOne(id, (media) =>
          media.as({
            ratio: preset.ratio,
            fit: "pad",
            max_width: 400,
            format: "jpeg",
          })
        )
        expect(again.id).toBe(first)
        expect(first).not.toBe(id)

        const { data } = await admin.get("/admin/social-media")
        expect(data.count).toBe(1)
        await admin.delete(`/admin/social-media/${id}`)
        await expect(withOne(first, async () => 1)).rejects.toThrow("no media")
      })

      it("is used as it is where it fits, and where it moves", async () => {
        const id = await attached("clip.mp4")
        const same = await withOne(id, (media) => media.as({ format: "jpeg" }))
        expect(same.id).toBe(id)
      })
    })

    describe("the public address", () => {
      const ask = (
        address: string,
        headers: Record<string, string> = {},
        method: "GET" | "HEAD" = "GET"
      ): Promise<AxiosResponse> =>
        api.request({
          url: address.replace(/^http:\/\/localhost:\d+/, ""),
          method,
          headers: { "user-agent": "facebookexternalhit/1.1", ...headers },
          responseType: "arraybuffer",
          maxRedirects: 0,
          validateStatus: () => true,
        })

      const addressOf = (id: string, ttl = 60) =>
        withOne(id, (media) => media.publicUrl(ttl))

      it("gives the file to whoever asks, without a session", async () => {
        const id = await attached("clip.mp4")
        const address = await addressOf(id)
        expect(address).toMatch(
          /^http:\/\/localhost:\d+\/social-media\/smed_.*\/clip\.mp4$/
        )
        const { status, data, headers } = await ask(address)
        expect(status).toBe(200)
        expect(data).toEqual(video)
        expect(headers).toMatchObject({
          "content-type": "video/mp4",
          "content-length": String(video.length),
          "accept-ranges": "bytes",
          "cache-control": "private",
          "x-content-type-options": "nosniff",
        })
        expect(headers["set-cookie"]).toBeUndefined()
      })

      it("answers HEAD with the same headers and no body", async () => {
        const address = await addressOf(await attached("clip.mp4"))
        const { status, data, headers } = await ask(
          address,
          { range: "bytes=0-1" },
          "HEAD"
        )
        expect([status, data.length]).toEqual([200, 0])
        expect(headers["content-length"]).toBe(String(video.length))
      })

      it.each([
        ["bytes=0-9", 0, 10],
        ["bytes=100-", 100, undefined],
        ["bytes=-7", -7, undefined],
        ["bytes=0-99999999", 0, undefined],
      ])("gives the part %s", async (range, start, end) => {
        const address = await addressOf(await attached("clip.mp4"))
        const { status, data, headers } = await ask(address, { range })
        const part = video.subarray(start, end)
        expect(status).toBe(206)
        expect(data).toEqual(part)
        const first = start < 0 ? video.length + start : start
        expect(headers["content-range"]).toBe(
          `bytes ${first}-${first + part.length - 1}/${video.length}`
        )
      })

      it("refuses a part that is not there, and ignores what is no part", async () => {
        const address = await addressOf(await attached("clip.mp4"))
        const beyond = await ask(address, { range: `bytes=${video.length}-` })
        expect(beyond.status).toBe(416)
        expect(beyond.headers["content-range"]).toBe(`bytes */${video.length}`)
        for (const range of ["bytes=0-1,4-5", "lines=0-1", "bytes=9-1"]) {
          expect((await ask(address, { range })).data).toEqual(video)
        }
        const other = await ask(address, {
          range: "bytes=0-1",
          "if-range": '"another"',
        })
        expect(other.status).toBe(200)
      })

      it("leads nowhere once it has expired, or when anything of it was changed", async () => {
        const id = await attached("clip.mp4")
        const other = await attached("scarf.jpg")
        const address = await addressOf(id)
        const gone = await ask(await addressOf(id, -60))
        expect([gone.status, gone.data.toString()]).toEqual([
          410,
          "This address has expired.",
        ])
        const [, claim, expires, signature] =
          /\/(smed_\w+)\.(\w+)\.([\w-]+)\//.exec(address)!
        for (const forged of [
          `${other}.${expires}.${signature}`,
          `${claim}.zzzzzzz.${signature}`,
          `${claim}.${expires}.${signature.slice(0, -1)}${signature.endsWith("A") ? "B" : "A"}`,
          `${claim}.${expires}.`,
          claim,
          "..%2f..",
        ]) {
          const { status, data, headers } = await ask(
            `/social-media/${forged}/clip.mp4`
          )
          expect(status).toBe(404)
          expect(headers["content-type"]).toMatch(/^text\/plain/)
          expect(data.toString()).toBe("There is no file at this address.")
        }
      })

      it("notes who came for the file and how far they got", async () => {
        const id = await attached("clip.mp4")
        await ask(await addressOf(id))
        await ask(await addressOf(id), { range: "bytes=0-9" })
        await ask(await addressOf(id, -60))
        const { data } = await admin.get(`/admin/social-media/${id}`)
        const common = {
          user_agent: "facebookexternalhit/1.1",
          method: "GET",
          at: expect.any(String),
        }
        expect(data.social_media.fetches).toEqual([
          { ...common, status: 410, bytes: 0 },
          { ...common, status: 206, bytes: 10 },
          { ...common, status: 200, bytes: video.length },
        ])
      })

      it("notes with a file who came for a rendition of it", async () => {
        const id = await attached("scarf.jpg")
        await ask(await addressOf(id))
        const made = await withOne(id, async (media) =>
          (await media.as({ format: "png" })).publicUrl(60)
        )
        await ask(made)
        const { data } = await admin.get(`/admin/social-media/${id}`)
        const { fetches } = data.social_media
        expect(fetches).toMatchObject([{ status: 200 }, { status: 200 }])
        expect(fetches[1].bytes).toBe(jpeg.length)
        expect(fetches[0].bytes).not.toBe(jpeg.length)
      })

      it("keeps the last fifty of them", async () => {
        const id = await attached("scarf.jpg")
        const address = await addressOf(id)
        for (let index = 0; index < 53; index++) {
          await ask(address, {}, "HEAD")
        }
        const { data } = await admin.get(`/admin/social-media/${id}`)
        expect(data.social_media.fetches).toHaveLength(50)
      })

      it("tells a network plainly that the file cannot be read", async () => {
        const address = await addressOf(await attached("clip.mp4"))
        server.files.clear()
        const { status, headers } = await ask(address)
        expect(status).toBe(502)
        expect(headers["content-type"]).toMatch(/^text\/plain/)
      })
    })

    describe("what is kept of a file", () => {
      it("shows the file to admins alone, which is no fetch of a network's", async () => {
        const id = await attached("scarf.jpg")
        const look = (headers: object) =>
          api.get(`/admin/social-media/${id}/content`, {
            headers: { ...headers },
            responseType: "arraybuffer",
            validateStatus: () => true,
          })
        expect((await look({})).status).toBe(401)
        const { status, data, headers } = await look({
          authorization: `Bearer ${token}`,
        })
        expect([status, headers["content-type"]]).toEqual([200, "image/jpeg"])
        expect(data).toEqual(jpeg)
        const row = await admin.get(`/admin/social-media/${id}`)
        expect(row.data.social_media.fetches).toBeNull()
      })

      it("can be described, given a poster, and listed", async () => {
        const clip = await attached("clip.mp4")
        const image = await attached("scarf.jpg")
        const change = (id: string, body: object) =>
          admin.post(`/admin/social-media/${id}`, body)

        const first = await change(clip, {
          alt_text: "A scarf in the wind",
          poster: { at_ms: 500 },
        })
        expect(first.data.social_media).toMatchObject({
          alt_text: "A scarf in the wind",
          poster: { at_ms: 500 },
        })
        const second = await change(clip, { poster: { media_id: image } })
        expect(second.data.social_media.poster).toEqual({ media_id: image })
        expect(second.data.social_media.alt_text).toBe("A scarf in the wind")
        await withOne(clip, async ({ poster }) => {
          const cover = (poster as { media: StoredMedia }).media
          expect(await read(await cover.open())).toEqual(jpeg)
        })

        for (const [id, poster] of [
          [clip, { at_ms: 2_001 }],
          [clip, { media_id: clip }],
          [image, { at_ms: 0 }],
        ] as const) {
          expect((await change(id, { poster })).status).toBe(400)
        }
        const { data } = await admin.get("/admin/social-media?kind=video")
        expect(data).toMatchObject({ count: 1, offset: 0, limit: 20 })
        expect(data.social_media[0].id).toBe(clip)
        expect(data.social_media[0]).not.toHaveProperty("fetches")
      })

      it("stays while a post or a poster uses it", async () => {
        const clip = await attached("clip.mp4")
        const image = await attached("scarf.jpg")
        await admin.post(`/admin/social-media/${clip}`, {
          poster: { media_id: image },
        })
        await sql(
          getContainer(),
          `insert into social_post (id, caption, status, media) values ('spost_1', 'x', 'draft', ?::jsonb)`,
          [JSON.stringify([{ id: clip }])]
        )
        for (const id of [clip, image]) {
          const { status, data } = await admin.delete(
            `/admin/social-media/${id}`
          )
          expect(status).toBe(400)
          expect(data.message).toContain(
            id === clip
              ? 'The file "clip.mp4" is used by the post "x" (spost_1). Take it out there'
              : `is used by the video "clip.mp4" (${clip}) as its poster.`
          )
        }
        const listed = await admin.get("/admin/social-media?order=kind")
        expect(listed.data.social_media.map(({ uses }: any) => uses)).toEqual(
          expect.arrayContaining([
            [{ kind: "post", id: "spost_1", title: "x" }],
            [{ kind: "video", id: clip, title: "clip.mp4" }],
          ])
        )
        await sql(getContainer(), `delete from social_post`)
        expect(
          (await admin.delete(`/admin/social-media/${clip}`)).data
        ).toEqual({ id: clip, object: "social_media", deleted: true })
        expect((await admin.get(`/admin/social-media/${clip}`)).status).toBe(
          404
        )
        expect((await admin.delete(`/admin/social-media/${clip}`)).status).toBe(
          404
        )
      })
    })

    describe("files that nothing uses", () => {
      const letTimePass = (days: number) =>
        sql(
          getContainer(),
          `update social_media set unused_since = unused_since - ? * interval '1 day'`,
          [days]
        )
      const removalOf = async (id: string): Promise<string | null> =>
        (await admin.get(`/admin/social-media/${id}`)).data.social_media
          .removed_after
      const statusOf = async (id: string): Promise<number> =>
        (await admin.get(`/admin/social-media/${id}`)).status

      const insertPost = (id: string, media: object[]) =>
        sql(
          getContainer(),
          `insert into social_post (id, caption, status, media) values (?, 'x', 'draft', ?::jsonb)`,
          [id, JSON.stringify(media)]
        )
      const insertPublication = (
        account: string,
        column: string,
        value: object
      ) =>
        sql(
          getContainer(),
          `insert into social_publication (id, post_id, account_id, placement, state, ${column})
           values (?, 'spost_1', ?, ?, 'pending', ?::jsonb)`,
          [`spub_${column}`, account, column, JSON.stringify(value)]
        )

      it("go after thirty days with what was made of them, and not a day sooner", async () => {
        const { data } = await upload("scarf.jpg", jpeg, "image/jpeg")
        const { id, file_id } = data.social_media
        expect(data.social_media.removed_after).toBeNull()
        const rendition = await withOne(id, async (media) =>
          media.as({ format: "png" })
        )
        const [{ file_id: made_file_id }] = await sql(
          getContainer(),
          "select file_id from social_media where id = ?",
          [rendition.id]
        )
        expect(await files().retrieveFile(made_file_id)).toBeDefined()

        await removeUnusedMedia(getContainer())
        const days = (Date.parse((await removalOf(id))!) - Date.now()) / 864e5
        expect(days).toBeGreaterThan(29.9)
        await letTimePass(29.9)
        await removeUnusedMedia(getContainer())
        expect(await statusOf(id)).toBe(200)

        await letTimePass(0.2)
        await removeUnusedMedia(getContainer())
        expect(await statusOf(id)).toBe(404)
        await expect(withOne(rendition.id, async () => 1)).rejects.toThrow(
          "no media"
        )
        await expect(files().retrieveFile(file_id)).rejects.toThrow()
        await expect(files().retrieveFile(made_file_id)).rejects.toThrow()
      })

      it("stay while a post, an account's own content, a comment, a change of the application's or a poster names them", async () => {
        const names = [
          "post.jpg",
          "address.jpg",
          "variant.jpg",
          "changed_content.jpg",
          "comments.jpg",
          "settings.jpg",
          "poster.jpg",
        ]
        const ids: Record<string, string> = {}
        for (const name of names) {
          server.files.set(name, { body: jpeg, type: "image/jpeg" })
          ids[name] = await attached(name)
        }
        const account = await accountOf(admin, await connectSandbox(admin))
        const clip = await attached("clip.mp4")
        await admin.post(`/admin/social-media/${clip}`, {
          poster: { media_id: ids["poster.jpg"] },
        })
        const file = (name: string) => ({ url: "x", media_id: ids[name] })
        await insertPost("spost_1", [
          file("post.jpg"),
          { url: `${server.url}/address.jpg` },
          { url: "y", media_id: clip },
        ])
        await insertPublication(account, "variant", {
          parts: [{ text: "", media: [file("variant.jpg")] }],
        })
        await insertPublication(account, "changed_content", {
          media: [file("changed_content.jpg")],
        })
        await insertPublication(account, "comments", [
          { text: "", media: [file("comments.jpg")] },
        ])
        await insertPublication(account, "settings", {
          cover: ids["settings.jpg"],
        })
        const rendition = await withOne(ids["post.jpg"], async (media) =>
          media.as({ format: "png" })
        )

        await removeUnusedMedia(getContainer())
        await letTimePass(400)
        await removeUnusedMedia(getContainer())
        for (const id of [...Object.values(ids), clip]) {
          expect([await statusOf(id), await removalOf(id)]).toEqual([200, null])
        }
        expect(await withOne(rendition.id, async () => "there")).toBe("there")

        // A file that a deleted post has shown has the whole time before it again.
        await sql(
          getContainer(),
          "update social_post set deleted_at = now() where id = 'spost_1'"
        )
        await removeUnusedMedia(getContainer())
        expect(await statusOf(clip)).toBe(200)
        expect(await removalOf(clip)).not.toBeNull()
      })

      it("are counted anew once something has used them again, and one that cannot be removed keeps no other", async () => {
        const again = await attached("scarf.jpg")
        const first = await attached("clip.mp4")
        const { data } = await upload("last.jpg", jpeg, "image/jpeg")
        const last = data.social_media.id
        await removeUnusedMedia(getContainer())
        await letTimePass(20)
        await insertPost("spost_2", [{ url: "x", media_id: again }])
        await removeUnusedMedia(getContainer())
        await sql(getContainer(), "delete from social_post")
        await removeUnusedMedia(getContainer())
        await letTimePass(11)
        const remove = jest
          .spyOn(files(), "deleteFiles")
          .mockImplementation(async (ids) => {
            if (ids.length) {
              throw new Error("The storage does not respond.")
            }
          })
        await removeUnusedMedia(getContainer())
        remove.mockRestore()
        expect(await Promise.all([again, first, last].map(statusOf))).toEqual([
          200, 404, 200,
        ])
        await removeUnusedMedia(getContainer())
        expect(await statusOf(last)).toBe(404)
      })
    })
  },
})
